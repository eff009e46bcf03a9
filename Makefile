# One command from a fresh machine: `make demo`. `make help` lists the rest.
# PYTHON=... chooses the interpreter; by default the first of these that is 3.11 to 3.13.
CANDIDATES = python3 python3.13 python3.12 python3.11 python
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	$$p -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" 2>/dev/null \
	&& { echo $$p; break; }; done)
VENV = .venv
BIN = $(VENV)/bin
UV_VERSION = 0.13.8
INSTALL = install --quiet --compile-bytecode --link-mode=copy
export UV_NO_PROGRESS = 1
# What the environments of the other backends have besides the requirements.
JAX = jax==0.10.2
TORCH = torch==2.13.0
PYTEST = -m pytest -q -n 2 --dist loadfile
# Most of the time on JAX goes into compiling: quickly rather than well, and each thing only once.
ON_JAX = KERAS_BACKEND=jax JAX_DISABLE_MOST_OPTIMIZATIONS=1 JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS=0 \
	JAX_COMPILATION_CACHE_DIR=$(CURDIR)/.venv-jax/compiled .venv-jax/bin/python $(PYTEST)

.DEFAULT_GOAL = help
.PHONY: help demo test lab notebooks lint docs test-jax test-backends requirements clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

demo: $(VENV)/installed ## install, train the document's CNN on real digits, draw the pictures
	@$(BIN)/dl-course train cnn --data digits --recipe fast --seed 0 --out runs/demo --overwrite
	@echo "Next: 'make lab' opens the notebooks; begin with 00_start_here.ipynb."

test: $(VENV)/installed ## the whole test suite
	@$(BIN)/python $(PYTEST)

lab: $(VENV)/installed ## JupyterLab on your own copy of the notebooks, in work/
	@$(BIN)/dl-course lab work

notebooks: $(VENV)/installed ## run every notebook and compare its seconds with its budget
	@$(BIN)/python -m benchmarks.notebooks

lint: $(VENV)/installed ## ruff: errors, import order, formatting; ty: types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/ty check

docs: $(VENV)/installed ## rewrite the generated parts of the documentation
	@$(BIN)/python -m docs.generate

test-jax: .venv-jax/installed ## a few tests of every subpackage on JAX, in three minutes
	@$(ON_JAX) -m "backend and jax" tests

test-backends: .venv-jax/installed .venv-torch/installed ## the tests that touch a backend, on JAX and PyTorch
	@$(ON_JAX) -m backend
	@KERAS_BACKEND=torch .venv-torch/bin/python $(PYTEST) -m backend

requirements: $(VENV)/installed ## pin all dependencies again, for every supported system
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --upgrade \
		--custom-compile-command "make requirements" pyproject.toml -o requirements.txt

clean: ## remove the virtual environments and what tools left behind
	@rm -rf .venv .venv-jax .venv-torch build *.egg-info .pytest_cache .ruff_cache

# pip brings uv, and uv the rest: a minute faster. Bytecode is compiled here, once,
# so that the first import of TensorFlow is not the slow one.
$(VENV)/installed .venv-jax/installed .venv-torch/installed: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 to 3.13 found. Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" 2>/dev/null || { echo "PYTHON must be Python 3.11 to 3.13. Received: PYTHON=$(PYTHON). Name another: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -c "import venv, ensurepip" 2>/dev/null || { echo "$(PYTHON) has no working venv module. On Debian or Ubuntu: sudo apt install python3-venv; or name another Python: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 2; }
	@echo "Installing into $(@D) (once, a minute or two) ..."
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(@D)/bin/uv pip $(INSTALL) --python $(@D)/bin/python -r requirements.txt
	@$(@D)/bin/uv pip $(INSTALL) --python $(@D)/bin/python --no-deps -e .
	@case $(@D) in \
	.venv-jax) $(@D)/bin/uv pip $(INSTALL) --python $(@D)/bin/python $(JAX) ;; \
	.venv-torch) $(@D)/bin/python -m pip install --quiet --disable-pip-version-check $(TORCH) ;; esac
	@touch $@
