# Everything a developer or CI runs. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# The apps: what they are built from, and marks of what has been done with it.
SOURCES := $(shell find frontend -name node_modules -prune -o -type f -print)
PACKAGES := frontend/node_modules/.installed
ENGINE := tests/search_engine/node_modules/.installed
CHECKED := frontend/node_modules/.checked
SCREENS := backend/static/.built

.PHONY: help install screens pictures run migrate test faults check format bench lock schema clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) $(PACKAGES) $(ENGINE) ## Create .venv from the locks (done by the other targets when needed)

# Only a change of the locks, of pyproject.toml or of the interpreter's .venv reinstalls.
$(STAMP): requirements/build.lock requirements/runtime.lock requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Crossdock needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1 || true)." \
			"Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@echo "Installing the locked dependencies into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(PACKAGES): frontend/package-lock.json frontend/package.json $(wildcard frontend/*/*/package.json)
	@command -v npm >/dev/null || { echo "The apps need Node.js 20.19 or newer; there is no npm." >&2; exit 1; }
	@echo "Installing the locked packages of the apps ..."
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(ENGINE): tests/search_engine/package-lock.json
	@echo "Installing the locked search engine of the tests ..."
	@cd tests/search_engine && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

screens: $(SCREENS) ## Build the apps into backend/static (done by the other targets when needed)

$(SCREENS): $(PACKAGES) $(SOURCES)
	@echo "Building the apps ..."
	@cd frontend && npm run --silent build
	@touch $@

$(CHECKED): $(PACKAGES) $(SOURCES) backend/schema/schema.graphql
	cd frontend && npm run --silent check
	@touch $@

run: $(STAMP) ## Start server, worker and an embedded PostgreSQL on this machine
	@$(MAKE) --no-print-directory screens || echo "Going on without the screens." >&2
	$(BIN)/crossdock dev

migrate: $(STAMP) ## Apply the migrations to the configured database
	$(BIN)/crossdock migrate

# On all cores, then what wants the machine for itself.
test: $(STAMP) $(SCREENS) $(ENGINE) ## Run the tests (ARGS="-k payments" narrows them, in one process)
ifdef ARGS
	$(BIN)/python -m pytest $(ARGS)
else
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile -m "not alone"
	$(BIN)/python -m pytest -m alone
endif

faults: $(STAMP) ## Kill processes and crash the database for some minutes, in real time
	CROSSDOCK_TEST_FAULTS=long $(BIN)/python -m pytest tests/faults tests/concurrency

check: $(STAMP) $(CHECKED) $(SCREENS) ## Formatting, lint, types, import law, schema and lock drift; the apps too
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/crossdock export-schema --check
	$(BIN)/python requirements/lock.py --check

format: $(STAMP) ## Format and apply the safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pictures: $(STAMP) $(SCREENS) ## Take the pictures of the documentation from a running `make run`
	$(BIN)/python -m tests.browser.pictures

bench: $(STAMP) ## Measure what the README quotes
	$(BIN)/python -m bench

schema: $(STAMP) ## Write backend/schema/schema.graphql from the types
	$(BIN)/crossdock export-schema

lock: $(STAMP) ## Recompile requirements/*.lock (UPGRADE=1 takes the newest releases)
	$(BIN)/python requirements/lock.py $(if $(UPGRADE),--upgrade)
	@$(MAKE) --no-print-directory install

clean: ## Remove caches and the development data (not .venv)
	rm -rf .crossdock backend/static .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find backend tests bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
