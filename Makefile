# Everything a newcomer runs. `make help` lists it.
# The environment is .venv, made from a lock file with hashes; nothing outside the folder is touched.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
export DAGSTER_HOME ?= $(CURDIR)/.dagster

.DEFAULT_GOAL := help
.PHONY: help warehouse test ui lint format types check bench score soak test-ui docs lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | expand -t 14

warehouse: $(VENV)/.runtime  ## read raw/ and publish warehouse/trials.duckdb
	$(BIN)/trialhouse build

test: $(VENV)/.dev check  ## lint, types and the whole test suite
	$(BIN)/python -m pytest -n auto

ui: $(VENV)/.runtime  ## open the Dagster UI on http://127.0.0.1:3000
	$(BIN)/python -c "from pipeline.home import dagster_home; dagster_home()"
	$(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p 3000

check: lint types  ## lint and types only

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev  ## rewrite the code in its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev
	$(BIN)/mypy

bench: $(VENV)/.dev  ## time and memory, beside what a user would pick instead
	$(BIN)/python -m benchmarks

score: $(VENV)/.dev  ## quality of time frames and regimens against labelled examples
	$(BIN)/python -m benchmarks.score timepoints
	$(BIN)/python -m benchmarks.score regimens

soak: $(VENV)/.dev  ## what is too long for `make test`: kills, fuzzing, giant inputs
	$(BIN)/python -m pytest -m soak

test-ui: $(VENV)/.dev  ## the UI and the report in a headless browser (needs Chromium)
	$(BIN)/python -m pytest -m ui

docs: $(VENV)/.dev  ## render the pages that are made from the code
	$(BIN)/python -m schemas > docs/data-dictionary.md
	$(BIN)/python -m pipeline.building.views > docs/views.md

$(VENV)/.runtime: locks/requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Trialhouse needs Python 3.11 or newer: name one with 'make PYTHON=/path/to/python3.11'"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python has no ensurepip, so that no environment can be made: install the package python3-venv \
	(Debian, Ubuntu), or name another Python with 'make PYTHON=...'"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --no-deps --require-hashes -r locks/requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# The older DuckDB that analysts still use lies in a folder of its own, for the test that opens the file with it.
$(VENV)/.dev: locks/dev.txt locks/duckdb-1.5.txt $(VENV)/.runtime
	$(PIP) install --no-deps --require-hashes -r locks/dev.txt
	rm -rf $(VENV)/duckdb-1.5
	$(PIP) install --no-deps --require-hashes --target $(VENV)/duckdb-1.5 -r locks/duckdb-1.5.txt
	@touch $@

lock: $(VENV)/.runtime  ## resolve the dependencies anew (needs the network)
	$(PIP) install uv
	cd locks && for lock in "requirements --extra build" "dev --extra build --extra dev"; do set -- $$lock; out=$$1; shift; \
	  ../$(BIN)/uv pip compile ../pyproject.toml $$@ --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --no-strip-extras --upgrade --quiet \
	  -o $$out.txt || exit 1; done
	cd locks && echo "duckdb==1.5.*" | ../$(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade --quiet -o duckdb-1.5.txt

clean:  ## remove the environment and everything that was built
	rm -rf $(VENV) .dagster warehouse/.archive warehouse/*.duckdb warehouse/report.html .pytest_cache .mypy_cache .ruff_cache .hypothesis
