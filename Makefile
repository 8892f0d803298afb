# Each target does its own set-up on a machine with Python >= 3.11, git and make.
# The network is used for installing the pinned packages and for nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# The first Python that is new enough; `make app PYTHON=...` names another.
PYTHON ?= $(shell for python in python3 python python3.13 python3.12 python3.11 python3.14; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo $$python; break; fi; done)

.PHONY: help setup app test slow check lint types format docs sample clean

help: ## Show the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

setup: .venv/kernel.stamp ## Make .venv with what the program needs; leaves .venv/bin/allweather

app: .venv/kernel.stamp ## Open the app on the sample data
	$(BIN)/allweather app

test: lint types .venv/kernel.stamp ## Lint, types and all tests but the slow ones
	$(BIN)/python -m pytest -q -m "not slow"

# No slow test at all (exit status 5) is no failure.
slow: .venv/test.stamp .venv/kernel.stamp ## The slow tests
	$(BIN)/python -m pytest -q -m slow || [ $$? -eq 5 ]

check: test slow ## Everything that the continuous integration runs

lint: .venv/test.stamp ## Style and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

types: .venv/test.stamp ## Static types of the library packages
	$(BIN)/mypy

format: .venv/test.stamp ## Put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/run-time.stamp ## Write docs/scenario.md from the models
	$(BIN)/python -m scenario.reference

sample: .venv/run-time.stamp ## Make the sample data again, byte for byte
	$(BIN)/python data/make.py

clean: ## Remove the virtual environment and what tools left behind
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info build

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed, and none was found." >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run-time.stamp: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing the packages that the program needs: a minute or two, once."
	$(PIP_INSTALL) -e .
	@touch $@

.venv/test.stamp: .venv/run-time.stamp
	@echo "Installing the packages that the tests and benchmarks need."
	$(PIP_INSTALL) -e ".[test,benchmark]"
	@touch $@

# Says a line if it has to compile; the machine code is kept outside of this folder.
.venv/kernel.stamp: .venv/run-time.stamp $(wildcard simulate/*.py simulate/*/*.py)
	@$(BIN)/python -m simulate.warm_up
	@touch $@
