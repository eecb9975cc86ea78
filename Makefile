# Kith. `make demo` is the only command a newcomer needs; PORT= chooses the port.
PORT    ?= 8000
PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
LOCKED  := $(VENV)/.kith-lock
STAMP   := $(VENV)/.kith-setup
BENCHED := $(VENV)/.kith-bench
PYTEST  := $(BIN)/python -m pytest
SERVE   := KITH_PORT=$(PORT) KITH_BASE_URL=$${KITH_BASE_URL:-http://localhost:$(PORT)}

# Compiled modules are kept, or every start and every test that starts one compiles all of them anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo run pages dev check test test-fast test-sqlite test-rules test-server test-browser test-pages pictures format migration bench lock clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-14s %s\n", $$1, $$2}'

setup: $(STAMP)  ## install into .venv

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Kith needs Python 3.11 or newer ($(PYTHON) is older): make setup PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "Python's venv module is missing (on Debian: apt install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(LOCKED): requirements.lock | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes -r requirements.lock
	@touch $@

$(STAMP): $(LOCKED) pyproject.toml
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: setup  ## build, load the demo company, serve
	@$(SERVE) exec $(BIN)/kith demo

run: setup  ## build and serve; an empty database asks for its first user
	@$(SERVE) exec $(BIN)/kith run

pages: setup  ## build the pages, where their sources have changed
	$(BIN)/python -c 'from crm_app.build import build; build()'

dev: setup  ## serve with hot reload, on loopback only
	@$(SERVE) exec $(BIN)/kith run --dev

test: setup  ## everything, on SQLite and PostgreSQL, browser journeys included
	$(MAKE) --no-print-directory -j2 pages test-rules
	$(MAKE) --no-print-directory -j2 --output-sync=target test-browser test-server test-pages

test-fast: setup  ## rules and structure, in seconds: no database, no server
	$(PYTEST) -q -x -n auto --dist worksteal --hypothesis-profile=fast -m "not stored and not redis and not slow and not server"

test-sqlite: setup  ## rules and services on SQLite
	$(PYTEST) -q -x -n auto --dist worksteal -m "not postgres and not redis and not slow and not server"

test-rules: setup  ## what needs no running server, on SQLite and PostgreSQL
	$(PYTEST) -n auto --dist worksteal -m "not server"

test-server: setup  ## what needs the running server
	$(PYTEST) -m "server and not browser"

test-browser: setup  ## browser journeys
	$(PYTEST) -m "browser and not pages"

test-pages: setup  ## every page in the browser: sizes, themes, axe, empty, waiting
	$(PYTEST) -m pages

check: setup  ## lint, format, types, import rules, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/codespell

format: setup  ## apply the formatter and the safe fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

pictures: setup  ## take the pictures of docs/guide anew
	$(BIN)/python -m tests.browser.pictures

$(BENCHED): requirements-bench.lock $(STAMP)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes -r requirements-bench.lock
	@touch $@

bench: $(BENCHED)  ## measure what docs/benchmarks.md promises
	$(BIN)/kith bench

migration: setup  ## write the next migration: make migration M="what changes"
	$(BIN)/python -m crm_app.migrations.new $(M)

lock: | $(BIN)/python  ## compile requirements.lock from pyproject.toml
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --extra dev pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --python-version 3.11 --extra bench --constraint requirements.lock pyproject.toml -o requirements-bench.lock

clean:  ## remove what was built, keep the data
	rm -rf $(VENV) .web .states build *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache
