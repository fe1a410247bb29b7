# Two commands on a fresh machine with Python >= 3.11: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
# Byte code is kept whatever the shell says: else every process of the tests compiles the tree and the SDKs anew.
export PYTHONDONTWRITEBYTECODE :=
# One worker more than the two processors of a small machine: the longest tests wait for servers.
TEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not soak" tests

.PHONY: setup demo test check lint types soak lock up clean

setup: .venv/.ready

# --no-compile halves the time: byte code is written at the first import. --no-deps: the lock names all there is.
.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kampanya needs Python 3.11 or later")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

demo: setup
	$(BIN)/kampanya demo

test: setup
	$(TEST)

check: setup lint types
	$(TEST)

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

soak: setup
	$(BIN)/python -m pytest -m soak -s tests

up: setup
	$(BIN)/kampanya up

# Needs uv; the lock carries hashes and no addresses.
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --group pyproject.toml:dev pyproject.toml -o requirements.lock --custom-compile-command "make lock"

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
