# Everything that a person needs. `make help` lists it. PYTHON chooses the interpreter (3.10 or newer).
# Each target adds to .venv what it needs, in the versions that requirements/*.lock pin; RANGES=1 takes the newest that
# requirements/*.txt allow instead.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run test soak test-browser test-install test-workflows test-schedulers coverage lint audit docs format emulator check-live bench bench-many bench-scale dist push lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Slipway needs Python 3.10 or newer: make PYTHON=python3.12 run")'
	@echo "making an environment for Python packages in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# One stamp for each set of packages: emulator, test, lint, dist, workflows, audit.
$(VENV)/.%: requirements/%.lock requirements/%.txt | $(VENV)/.python
	@echo "installing into $(VENV) what requirements/$*.$(if $(RANGES),txt,lock) lists"
	@$(PIP) $(if $(RANGES),--upgrade -r requirements/$*.txt,--no-deps --require-hashes -r requirements/$*.lock)
	@touch $@

run: $(VENV)/.emulator ## watch a whole chain work, on a local emulator, with no account
	@$(BIN)/python -m demo.run

test: $(VENV)/.test ## run the tests
	@echo "running the tests: about 3 minutes on two idle cores"
	$(BIN)/python -m pytest

coverage: $(VENV)/.test ## run the tests and report which lines of shared/ and blueprints/ they run, also in processes
	@rm -f .coverage .coverage.*
	@echo "running the tests with coverage: about 5 minutes on two idle cores"
	$(BIN)/python -m coverage run -m pytest -m "not bare"
	@$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

soak: $(VENV)/.test ## play all faults and the randomized tests, with one table (SOAK=small: a tenth, SEED=n: the same again, PARTS="kills weeks")
	@SLIPWAY_SOAK=$(if $(filter small,$(SOAK)),0.1,$(or $(SOAK),1)) SLIPWAY_SOAK_SEED=$(SEED) $(BIN)/python -m tests.soak $(PARTS)

test-browser: $(VENV)/.test ## the freshness page in a real Chromium (.ci/install-chromium gets one)
	SLIPWAY_BROWSER=1 $(BIN)/python -m pytest -n 2 tests/browser

test-install: $(VENV)/.test $(VENV)/.dist ## each way of installing, for real (PYTHONS: for which Pythons)
	SLIPWAY_INSTALL="$(or $(PYTHONS),$(abspath $(BIN))/python)" $(BIN)/python -m pytest -n 2 --dist load tests/install

test-workflows: $(VENV)/.workflows ## the action, as the CI workflow tries it, by act: without Docker and without GitHub
	.ci/act $(BIN)/act action

test-schedulers: $(VENV)/.test ## the scheduler examples in their real engines (minutes, 900 MB)
	PYTHON=$(PYTHON) schedulers/test_all.sh $(BIN)/python

lint: $(VENV)/.lint ## ruff, mypy --strict, hadolint, zizmor, actionlint, the arrows between packages, generated documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile
	$(BIN)/zizmor --offline --quiet .
	.ci/actionlint/run $(VENV)/actionlint
	$(BIN)/python -m docs.tables --check

audit: $(VENV)/.audit ## check whether a locked package has a known vulnerability
	@set -e; for lock in requirements.lock requirements/*.lock; do \
	  echo "$$lock"; $(BIN)/pip-audit --disable-pip --no-deps --require-hashes --progress-spinner off --requirement $$lock; done

docs: $(VENV)/.emulator ## rewrite the tables of the documentation, and the picture of the polls
	$(BIN)/python -m docs.tables
	$(BIN)/python -m benchmarks.polling

format: $(VENV)/.lint ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

emulator: $(VENV)/.emulator ## start the emulator on port 8000
	$(BIN)/python -m emulator --port 8000

check-live: $(VENV)/.emulator ## check the guesses of docs/unverified.md with your own credentials, by reading only
	@$(BIN)/python -m live

bench: $(VENV)/.emulator $(VENV)/.dist ## compare the cost of one trigger with other ways to do it (BASE=v0.1.0: and with that commit; ROUNDS=1: a try)
	@echo "installing each way, then starting each $(or $(ROUNDS),25) times: minutes"
	@BASE="$(BASE)" ROUNDS="$(ROUNDS)" $(BIN)/python -m benchmarks.startup

bench-many: $(VENV)/.emulator ## compare many connectors in one process with a loop over each of them
	@echo "measuring 1 to 5000 connectors: minutes"
	@$(BIN)/python -m benchmarks.many

bench-scale: $(VENV)/.emulator ## how far one process goes: 20,000 connectors on the emulator, 100,000 on paper
	@echo "measuring: minutes"
	@$(BIN)/python -m benchmarks.scale

dist: $(VENV)/.dist ## build the wheel, the sdist and slipway.pyz into dist/ (PYTHONS: for which Pythons it is compiled)
	rm -rf dist
	$(BIN)/hatchling build --directory dist
	$(BIN)/python -m release.pyz dist/*.whl $(PYTHONS)

push: ## build the image, push it and name it in every example: IMAGE=ghcr.io/you/slipway:0.1.0
	@$(PYTHON) -m release.image $(IMAGE)

lock: $(VENV)/.dist ## renew the locks from the ranges (UPGRADE=1 takes the newest that they allow)
	@echo "resolving requirements/*.txt for every Python and system"
	@requirements/lock.sh $(BIN) $(if $(UPGRADE),--upgrade)

clean: ## remove what make made
	rm -rf demo-output $(VENV) .venv-engines dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
