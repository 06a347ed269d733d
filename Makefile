# Two commands do everything: `make run` and `make test`. Both set up what they need first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test check bench-sandbox clean help

help:
	@echo "make run      set up, turn a requirement into a program on a real ECG, carry out one command on the demo home"
	@echo "make test     set up, run every test that can run here"
	@echo "make check    format, lint, types, longest modules"
	@echo "make clean    remove the environment and out/"

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e '.[iot]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) install -c constraints.txt -r requirements-dev.txt -e '.[iot,peers,train,qlora,onnx,gguf,search]'
	@touch $@

run: $(VENV)/.run
	$(BIN)/tailorbird demo

test: $(VENV)/.dev
	@scripts/peers.sh
	$(BIN)/python -m pytest

check: $(VENV)/.dev
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/python scripts/sizes.py

clean:
	rm -rf $(VENV) out
