# Everything that is done with this checkout. `make` alone lists it.
#
# Each target first makes .venv ready (setup/prepare.sh), which takes some minutes once and
# no time afterwards.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:

BIN := .venv/bin
OUT := cicatrix-demo
FUZZ := .cache/fuzz
FUZZ_SECONDS := 60

# Caches stay inside the checkout, and packages of the user do not reach in.
export XDG_CACHE_HOME := $(CURDIR)/.cache
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib
export PYTHONNOUSERSITE := 1
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_USER PIP_TARGET PIP_PREFIX

.PHONY: help ready demo test lint format docs bench validate lock clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | \
	    while IFS='|' read -r name says; do printf '  make %-9s %s\n' "$$name" "$$says"; done

ready:  ## set up .venv and the system packages, nothing more
	@setup/prepare.sh

demo: ready  ## the whole main job on the example patient, written to cicatrix-demo/
	@echo "Measuring and planning for the example patient"
	@$(BIN)/cicatrix demo --out $(OUT)

lint: ready  ## style, types, floors of the house, and whether the knowledge pages are sound
	@echo "Style";            $(BIN)/ruff check --quiet --output-format concise .
	@echo "Layout";           $(BIN)/ruff format --quiet --check . || \
	    { echo "Run: make format" >&2; exit 1; }
	@echo "Types";            $(BIN)/mypy
	@echo "Who sees whom";    $(BIN)/lint-imports --no-cache
	@echo "Knowledge pages";  $(BIN)/cicatrix knowledge check

test: lint  ## everything in lint, then every test
	@echo "Tests"
	@$(BIN)/pytest

format: ready  ## lay the code out as the layout check wants it
	@$(BIN)/ruff format .

docs:  ## make the pictures and tables of docs/ again (draws with chromium)
	@setup/prepare.sh chromium
	@for script in docs/make_*.py; do \
	    [ -e "$$script" ] || { echo "No docs/make_*.py yet: nothing to make"; continue; }; \
	    echo "$$script"; $(BIN)/python "$$script" || exit 1; \
	done

bench: ready  ## ours beside its peers, as a table from one run
	@$(BIN)/python -m benchmarks

validate: ready  ## safety and patients told one by one, readers fuzzed, measuring beside peers
	@$(BIN)/pytest -n 0 --verbose tests/test_patients.py tests/test_every_patient.py tests/planning
	@echo "Changed files that no reader may fail on, for $(FUZZ_SECONDS) seconds"
	@[ -d $(FUZZ)/atheris ] || $(BIN)/python -m pip -qq --disable-pip-version-check install \
	    --only-binary=:all: --target $(FUZZ) atheris==3.0.0 || true
	@if [ -d $(FUZZ)/atheris ]; then \
	    PYTHONPATH=$(FUZZ) $(BIN)/python tests/capturing/fuzz_readers.py $(FUZZ_SECONDS); \
	else echo "Left out: atheris could not be installed" >&2; fi
	@echo "Measuring, with Gwyddion and surfalize (about twenty minutes on two cores)"
	@$(BIN)/python -m benchmarks.validate_measuring

lock: ready  ## pin the newest fitting packages in requirements.lock
	@$(BIN)/python -m pip -qq --disable-pip-version-check install uv
	@UV_PYTHON_DOWNLOADS=never $(BIN)/uv lock --quiet --upgrade --python $(BIN)/python
	@echo "# Every package of make demo, make test and make bench, pinned. Made by make lock." \
	    >requirements.lock
	@$(BIN)/uv export --quiet --all-extras --all-groups --no-emit-project --no-header \
	    >>requirements.lock
	@echo "requirements.lock is new; run make test, then commit it"

clean:  ## remove everything that make made
	rm -rf .venv .cache .ruff_cache .mypy_cache .pytest_cache .hypothesis .import_linter_cache \
	    build dist $(OUT)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
