# Paths stay relative and quoted, so that the project may lie anywhere, below directories with spaces too.
PYTHON ?= $(if $(shell command -v python3.11),python3.11,python3)
VENV_PYTHON := .venv/bin/python
SERVERS := processes or kills or browser or acceptance
# A .venv whose Python is gone has nothing installed, whatever its stamps say.
$(shell test -x $(VENV_PYTHON) || rm -f .venv/.run-installed .venv/.test-installed)

# Without its compiled files every process of the tests compiles the whole project anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run demo test lint bench

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

run: .venv/.run-installed ## start everything on http://127.0.0.1:3000; Ctrl-C stops it
	@exec $(VENV_PYTHON) app.py

demo: .venv/.run-installed ## an organization with six months of a company's life; beside `make run` or before it
	@$(VENV_PYTHON) app.py demo

test: .venv/.test-installed ## the whole test suite, on servers of its own
	$(VENV_PYTHON) -m pytest -n 2 --dist loadfile -m "not ($(SERVERS))"
	$(VENV_PYTHON) -m pytest -m "$(SERVERS)"

lint: .venv/.test-installed ## style, types, and the direction of imports
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m mypy --strict lago/pricing lago/core
	$(VENV_PYTHON) -c "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"

bench: .venv/.test-installed ## measure ingestion and billing
	$(VENV_PYTHON) -m benchmarks

$(VENV_PYTHON):
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear .venv

.venv/.run-installed: requirements.txt | $(VENV_PYTHON)
	$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.test-installed: tests/requirements.txt requirements.txt | $(VENV_PYTHON)
	$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@ .venv/.run-installed
