# Needs make and Python >= 3.11 with venv; everything else is installed into .venv from hashed locks.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check bench lock clean

run: .venv/run.stamp ## open the desk on the demonstration bay; without a terminal, play it and print its alerts
	@if [ -t 0 ] && [ -t 2 ]; then $(BIN)/fengqiao desk --demo; else $(BIN)/fengqiao replay --demo; fi

test: .venv/dev.stamp ## all that must pass; what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n 2 --dist worksteal

check: .venv/dev.stamp ## the same without the slow end-to-end part
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n 2 --dist worksteal -m "not slow"

bench: .venv/dev.stamp ## costs as ratios against named peers, both measured in one run
	$(BIN)/python -m benchmarks

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("fengqiao needs Python 3.11 or newer: make PYTHON=python3.12 run" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python requirements.lock pyproject.toml
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	touch $@

lock: ## resolve both locks anew for every platform (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group build --group dev pyproject.toml -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv
