# Needs Python 3.11+ and make; everything else is installed into .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo demo-browser test check format pins clean

help: ## List these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; choose one with: make PYTHON=/path/to/python3 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# Standard input belongs to the bot (printf '/syncerrors\n' | make demo), so installers get none.
$(VENV)/.runtime: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Setting up $(VENV) (once, about half a minute) ..." >&2
	@$(PIP) install --require-hashes -r requirements.txt </dev/null
	@$(PIP) install --no-deps --no-build-isolation -e . </dev/null
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.runtime
	@$(PIP) install --require-hashes -r requirements-dev.txt </dev/null
	@touch $@

demo: $(VENV)/.runtime ## Try the bot here: terminal Slack, simulated Business Central
	@$(BIN)/syncerrors demo

demo-browser: $(VENV)/.runtime ## The same in a web page; needs npm
	@$(BIN)/syncerrors demo-browser

test: $(VENV)/.dev ## Run all tests, those on PostgreSQL included
	@$(BIN)/python -m pytest -n 2

check: $(VENV)/.dev ## Format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

pins: ## Renew the pinned requirements (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --upgrade pyproject.toml build-requirements.in -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --upgrade --group dev -c requirements.txt pyproject.toml build-requirements.in \
		-o requirements-dev.txt

clean: ## Remove what the targets made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
