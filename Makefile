# Everything a person needs. `make help` lists it. PYTHON chooses the interpreter (3.10 or newer).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test test-browser test-schedulers lint docs format emulator check-live bench bench-many clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

$(VENV)/.run: requirements-run.txt requirements-dev.txt requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Slipway needs Python 3.10 or newer: make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/.run ## watch a whole chain work, on a local emulator, with no account
	@$(BIN)/python -m demo.run

test: $(VENV)/.run ## run the tests
	$(BIN)/python -m pytest

test-browser: $(VENV)/.run ## the freshness page in a real Chromium (.ci/install-chromium gets one)
	SLIPWAY_BROWSER=1 $(BIN)/python -m pytest -n 2 tests/browser

test-schedulers: $(VENV)/.run ## the scheduler examples in their real engines (minutes, 900 MB)
	PYTHON=$(PYTHON) schedulers/test_all.sh $(BIN)/python

lint: $(VENV)/.run ## ruff, mypy --strict, hadolint, the arrows between rooms, generated documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	$(BIN)/python -m docs.tables --check

docs: $(VENV)/.run ## rewrite the tables of the documentation
	$(BIN)/python -m docs.tables

format: $(VENV)/.run ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

emulator: $(VENV)/.run ## start the emulator on port 8000
	$(BIN)/python -m emulator --port 8000

check-live: $(VENV)/.run ## read-only: which guesses of docs/unverified.md hold, with your own credentials
	@$(BIN)/python -m live

bench: $(VENV)/.run ## what a run costs before it does anything
	@$(BIN)/python -m benchmarks.startup

bench-many: $(VENV)/.run ## what many connectors cost in one process, beside a loop that asks for each
	@$(BIN)/python -m benchmarks.many

clean: ## remove what make made
	rm -rf $(VENV) .venv-engines .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
