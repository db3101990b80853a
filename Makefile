# `make app` opens the app on the example of Cornwall; `make demo` builds its map; `make test` passes the tests. Each makes what it needs.
# On a system without make, the same steps stand in README.md as plain python lines.

PYTHON ?= python3
BIN := .venv/bin

TESTS := -m pytest -n 2 --dist worksteal
INSTALL ?= $(BIN)/python -m pip install --quiet --no-compile
EFFORT ?= 10
SEED ?= 1

# Every test worker and every process that a test starts would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE
# Two workers have two cores: threads of a library would only wait for each other.
test test-fast test-pages journeys test-all lowest: export OMP_NUM_THREADS = 1
test test-fast test-pages journeys test-all lowest: export OPENBLAS_NUM_THREADS = 1

.PHONY: app demo test test-fast test-pages test-all journeys long explore fuzz lowest pythons lint types js notebooks check kills bench mutants clean browser office node docs docs-check coverage recipe release offline

demo: .venv/.demo-ready
	$(BIN)/assetmap demo --output assetmap-demo
	@echo "To do the rest in the browser, without commands: make app"

# The app on a copy of the example: open the address that it prints.
app: .venv/.demo-ready
	@test -f assetmap-projects/cornwall/assetmap.toml || $(BIN)/assetmap new assetmap-projects/cornwall
	$(BIN)/assetmap app assetmap-projects/cornwall

# Every room; neither a browser nor a whole job.
test: .venv/.test-ready office
	$(BIN)/python $(TESTS) -m "not browser and not journey and not long"

# Maps, reports, reviews and the app, opened in a browser.
test-pages: .venv/.test-ready browser
	$(BIN)/python $(TESTS) -m "browser and not journey and not long"

# Whole jobs from end to end, as their users do them: tutorials, the app by keyboard and on a phone, projects built and reviewed, a place
# from official files, programs that are killed. Each part of them is a test of `make test` too.
journeys: .venv/.test-ready browser office
	$(BIN)/python $(TESTS) -m "journey and not long"

# The three together, as CI runs them: read once, and what they share made once.
test-all: .venv/.test-ready browser office
	$(BIN)/python $(TESTS) -m "not long"

# More places from official files, where those are beside the project.
long: .venv/.test-ready
	$(BIN)/python $(TESTS) -m long

# No browser, nothing that builds whole projects: under a minute.
test-fast: .venv/.test-ready
	$(BIN)/python $(TESTS) -m "not browser and not slow and not long"

# The tests of properties with fresh seeds and EFFORT times the examples. They pass in `make test` with fixed ones.
explore: .venv/.test-ready
	$(BIN)/python $(TESTS) -m hypothesis --effort $(EFFORT)

# Damages EFFORT times 100 files of every format and runs the commands on them; SEED chooses the damage.
fuzz: .venv/.test-ready
	$(BIN)/python -W ignore tests/fuzz.py --files $$((100 * $(EFFORT))) --seed $(SEED)

# The lowest versions that pyproject.toml declares. Old releases warn about newer ones of other packages,
# so only here a DeprecationWarning is no error.
lowest: .venv-lowest/.ready
	.venv-lowest/bin/assetmap demo --full --output .venv-lowest/demo
	.venv-lowest/bin/python $(TESTS) -m "not browser and not slow and not long" -W ignore::DeprecationWarning

# The fast tests on every Python from 3.11 to 3.13 on PATH or in pyenv; names each that is not there.
pythons: .venv/.test-ready
	$(BIN)/python scripts/run_pythons.py

lint: .venv/.test-ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.test-ready
	$(BIN)/mypy --strict src

# The site of the documents, for a browser, without a network: open build/site/index.html.
docs: .venv-docs/.ready
	.venv-docs/bin/python scripts/site/build.py build/site

# The site in a browser: search from a file, accessibility, no request to another host.
docs-check: docs .venv/.test-ready browser
	ASSETMAP_SITE=build/site $(BIN)/python -m pytest -n 0 tests/browser/test_site.py

notebooks: .venv/.test-ready
	$(BIN)/python scripts/run_notebooks.py

check: lint types notebooks js test-all lowest

# Two hundred kills at random moments, and a share of them of each command that writes (about an hour).
kills: .venv/.test-ready
	ASSETMAP_KILLS=200 $(BIN)/python -m pytest -n 0 tests/test_project_output.py

bench: .venv/.test-ready
	$(BIN)/python benchmarks/demo.py

# Change one thing in a module at a time and see whether its tests notice: make mutants MODULE=access/overland.
# NUMBER changes are drawn with SEED. docs/mutants.md lists what survived, and why.
NUMBER ?= 60
SEED ?= 1
mutants: .venv/.test-ready
	$(INSTALL) --editable ".[mutants]"
	$(BIN)/python scripts/mutants.py $(MODULE) --number $(NUMBER) --seed $(SEED)

# Programs that some tests need and that Debian has. Without apt-get, install them by hand; without them those
# tests are skipped and say so, and fail where CI is set.
# $(call from_debian,PROGRAM OR ITS OTHER NAMES,PACKAGES,WHAT IS SKIPPED,PACKAGES OF OLDER RELEASES)
define from_debian
	@if command -v $(1) >/dev/null 2>&1; then :; \
	elif ! command -v apt-get >/dev/null 2>&1; then echo "No $(firstword $(1)): $(3) will be skipped."; \
	elif [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && { apt-get install -y -qq $(2) >/dev/null || apt-get install -y -qq $(or $(4),$(2)) >/dev/null; }; \
	elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then \
		sudo apt-get update -qq && { sudo apt-get install -y -qq $(2) >/dev/null || sudo apt-get install -y -qq $(or $(4),$(2)) >/dev/null; }; \
	else echo "No $(firstword $(1)): run 'sudo apt-get install $(2)', or $(3) will be skipped."; fi
endef

browser:
	$(call from_debian,chromium-headless-shell chromium chromium-browser google-chrome,chromium-headless-shell,the browser tests,chromium)

office:
	$(call from_debian,soffice,libreoffice-writer-nogui poppler-utils,the look at papers as pages)

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

# Python compiles what the tests load when they load it; pip would compile everything.
.venv/.test-ready: pyproject.toml | .venv/bin/python
	$(INSTALL) --editable ".[test,lint]"
	@touch $@ .venv/.demo-ready

.venv-docs/.ready: pyproject.toml
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --editable ".[docs]"
	@touch $@

.venv-lowest/.ready: pyproject.toml | .venv/.test-ready
	rm -rf .venv-lowest
	$(BIN)/python -m venv --without-pip .venv-lowest
	$(BIN)/uv pip compile --quiet --python .venv-lowest --resolution lowest-direct --extra test pyproject.toml \
		--output-file .venv-lowest/versions.txt
	$(BIN)/uv pip sync --quiet --python .venv-lowest .venv-lowest/versions.txt
	$(BIN)/uv pip install --quiet --python .venv-lowest --no-deps --editable .
	@touch $@

# Lines that the tests reach, by room, and those of the rooms that compute that none reaches (about twenty minutes).
coverage: .venv/.test-ready
	$(INSTALL) --editable ".[coverage]"
	$(BIN)/python -m coverage erase
	$(BIN)/python $(TESTS) -m "not long and not browser" --cov=assetmap --cov-report=
	-$(BIN)/python -m coverage combine -q --append  # of child processes that ended last
	$(BIN)/python -m coverage json -q --ignore-errors -o build/coverage.json  # of programs that ran from a wheel there is no source
	$(BIN)/python scripts/coverage_rooms.py build/coverage.json docs/coverage.md

# The conda recipe, read and rendered by rattler-build: an unknown or misspelt field is an error.
recipe: .venv/.test-ready
	$(INSTALL) --editable ".[recipe]"
	$(BIN)/python scripts/recipe.py

# A release in dist/: what CI runs, then both archives built twice, installed as a new user would, and their sums. Sends nothing.
release: check docs-check recipe
	$(BIN)/python scripts/release.py

# Folders for laptops without a network: packages for Windows, macOS and Linux, Python 3.11 to 3.13, with the start files.
offline: .venv/.test-ready
	$(BIN)/python scripts/offline.py $(SYSTEM)

clean:
	rm -rf .venv .venv-docs .venv-lowest .venv-pythons assetmap-demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
