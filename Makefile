# Everything a developer runs. Needs Python 3.11+ with pip and venv, make and git; the rest is installed below this folder.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

export UV_PROJECT_ENVIRONMENT := .venv
export PYTHONDONTWRITEBYTECODE := 1
UV := .tools/bin/uv
PY := .venv/bin/python
RUN := .venv/bin/

.PHONY: help setup lock check unit test up down reset token send doctor deploy clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.tools/.installed: requirements/tools.txt
	@python3 -m venv --clear .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
	@touch $@

.venv/.installed: .tools/.installed requirements/dev.txt .python-version
	@test -x $(PY) || $(UV) venv --quiet --python "$$(cat .python-version)" .venv
	@$(UV) pip sync --quiet --python $(PY) --require-hashes requirements/dev.txt
	@touch $@

.ministack/.installed: .tools/.installed requirements/emulator.txt .python-version
	@test -x .ministack/bin/python || $(UV) venv --quiet --python "$$(cat .python-version)" .ministack
	@$(UV) pip sync --quiet --python .ministack/bin/python --require-hashes requirements/emulator.txt
	@touch $@

setup: .venv/.installed .ministack/.installed ## install everything below this folder

LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.13
lock: .tools/.installed ## pin the requirements again from pyproject.toml
	@$(LOCK) requirements/tools.in -o requirements/tools.txt
	@$(LOCK) pyproject.toml -o requirements/runtime.txt
	@$(LOCK) pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
	@$(LOCK) --group emulator -o requirements/emulator.txt

lint: .venv/.installed
	@$(RUN)ruff check .
	@$(RUN)ruff format --check .
	@$(RUN)lint-imports
types: .venv/.installed
	@$(RUN)mypy
unit: .venv/.installed ## the pure core's tests
	@$(RUN)pytest tests/unit
check: lint types unit ## ruff, mypy, import contracts, unit tests: under a minute
