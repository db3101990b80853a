# `make demo` builds the map of Cornwall; `make test` passes the tests. Each makes what it needs.
# On a system without make, the same steps stand in README.md as plain python lines.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint types notebooks check kills bench clean browser

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

check: test lint types notebooks

# Two hundred kills at random moments, and a share of them of whole commands (about ten minutes).
kills: .venv/.test-ready
	ASSETMAP_KILLS=200 $(BIN)/python -m pytest -n 0 tests/test_project_output.py

bench: .venv/.test-ready
	$(BIN)/python benchmarks/demo.py

# A browser for the tests of the pages. Without apt-get, install Chromium by hand; without any browser
# those tests are skipped and say so, and fail where CI is set.
browser:
	@if command -v chromium chromium-browser google-chrome >/dev/null 2>&1; then :; \
	elif ! command -v apt-get >/dev/null 2>&1; then echo "No Chromium: the browser tests will be skipped."; \
	elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
	elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then \
		sudo apt-get update -qq && sudo apt-get install -y -qq chromium >/dev/null; \
	else echo "No Chromium: run 'sudo apt-get install chromium', or the browser tests will be skipped."; fi

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
