# `make demo` builds the map of Cornwall; `make test` passes the tests. Each makes what it needs.
# On a system without make, the same steps stand in README.md as plain python lines.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint types js notebooks check bench clean browser node

demo: .venv/.demo-ready
	$(BIN)/assetmap demo --output assetmap-demo

test: .venv/.test-ready browser
	$(BIN)/python -m pytest -n 2

lint: .venv/.test-ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.test-ready
	$(BIN)/mypy --strict src

notebooks: .venv/.test-ready
	$(BIN)/python scripts/run_notebooks.py

check: test lint types js notebooks

bench: .venv/.test-ready
	$(BIN)/python benchmarks/demo.py

# Programs that some tests need and that Debian has. Without apt-get, install them by hand; without them those
# tests are skipped and say so, and fail where CI is set.
# $(call from_debian,PROGRAM OR ITS OTHER NAMES,PACKAGES,WHAT IS SKIPPED)
define from_debian
	@if command -v $(1) >/dev/null 2>&1; then :; \
	elif ! command -v apt-get >/dev/null 2>&1; then echo "No $(firstword $(1)): $(3) will be skipped."; \
	elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq $(2) >/dev/null; \
	elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then \
		sudo apt-get update -qq && sudo apt-get install -y -qq $(2) >/dev/null; \
	else echo "No $(firstword $(1)): run 'sudo apt-get install $(2)', or $(3) will be skipped."; fi
endef

browser:
	$(call from_debian,chromium chromium-browser google-chrome,chromium,the browser tests)

node:
	$(call from_debian,npm,nodejs npm,the tests of the map's scripts)

# The scripts of the map: tests and types.
js: node
	@if command -v npm >/dev/null 2>&1; then cd tests/js && npm ci --silent && npm test --silent && npm run types --silent; \
	elif [ -n "$$CI" ]; then echo "No npm: the scripts of the map are not tested (apt-get install nodejs npm)."; exit 1; \
	else echo "No npm: the tests of the map's scripts are skipped."; fi

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "assetmap needs Python 3.11 or later: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv

.venv/.demo-ready: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/.test-ready: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[test,lint]"
	@touch $@ .venv/.demo-ready

clean:
	rm -rf .venv assetmap-demo dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
