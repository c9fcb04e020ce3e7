# Few verbs; pre-commit and CI call the same ones. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# cpu, or cuda (several GB from PyPI)
TORCH ?= cpu
INSTRUCTION ?= put the red cube in the blue bin
TESTS ?=
# the ROS-free core: tests/ros and the like need the built workspace even to be read
FAST_TESTS ?= $(filter-out tests/packaging tests/ros tests/cli tests/tuning tests/testing tests/motion tests/sim tests/end_to_end,\
  $(patsubst %/,%,$(wildcard tests/*/)) $(wildcard tests/test_*.py))

VENV := .venv
DONE := $(VENV)/done
WORKSPACE := ros_ws/install/.built
# A checkout that was moved or copied, or another TORCH, is set up anew: a virtual environment holds absolute paths.
PLACE := $(CURDIR) $(TORCH)
ifneq ($(shell cat $(DONE)/place 2>/dev/null),$(PLACE))
.PHONY: $(DONE)/place
endif

INTERFACES := $(wildcard ros_ws/src/agent_planner_interfaces/*/*.action) \
  $(wildcard ros_ws/src/agent_planner_interfaces/*/*.msg) \
  $(wildcard ros_ws/src/agent_planner_interfaces/*/*.srv) \
  $(wildcard ros_ws/wheels_only/*/msg/*.msg) $(wildcard ros_ws/wheels_only/*/CMakeLists.txt) \
  ros_ws/src/agent_planner_interfaces/CMakeLists.txt
SETUPS := $(wildcard setup.* sim/setup.* ros_ws/src/agent_planner_motion/setup.*)
MANIFESTS := $(wildcard package.xml sim/package.xml ros_ws/*/*/package.xml)
# files that a package's share folder links to
SHARED := $(wildcard launch/* ros_ws/src/agent_planner_motion/agent_planner_motion/config/*.yaml)
IN_ROS := . scripts/env.sh &&
CHECKED := agent_planner sim ros_ws/src launch tests scripts benchmarks setup.py

##@ Use
.PHONY: demo
demo: setup ## set up, then carry out one instruction in simulation (INSTRUCTION="...")
	@$(VENV)/bin/agent-planner demo "$(INSTRUCTION)"

.PHONY: setup
setup: $(WORKSPACE) ## create .venv from the lock, build ros_ws (TORCH=cuda for a GPU, APT=1 to install Debian packages)

##@ Check
.PHONY: test
test: setup ## set up, then the whole test suite (TESTS=tests/scene for a part)
	@scripts/check_test_system.sh
	@$(IN_ROS) scripts/run_tests.sh $(TESTS)

.PHONY: test-fast
test-fast: $(DONE)/project ## the tests that need neither ROS nor a simulator nor the model
	@$(VENV)/bin/python -m pytest -m "not ros and not sim and not model" $(FAST_TESTS)

.PHONY: lint
lint: $(DONE)/project ## ruff: rules and format
	@$(VENV)/bin/ruff check $(wildcard $(CHECKED)) && $(VENV)/bin/ruff format --check $(wildcard $(CHECKED))

.PHONY: format
format: $(DONE)/project ## ruff: mend what can be mended
	@$(VENV)/bin/ruff check --fix $(wildcard $(CHECKED)) && $(VENV)/bin/ruff format $(wildcard $(CHECKED))

.PHONY: typecheck
typecheck: setup ## pyright
	@$(VENV)/bin/pyright

.PHONY: bench
bench: setup ## the benchmarks in benchmarks/
	@$(IN_ROS) for file in benchmarks/*.py; do echo "== $$file"; python "$$file"; done

.PHONY: stock
stock: $(DONE)/project ## resolve what is needed beside a stock ROS 2 Jazzy (numpy below 2), as lock/stock.txt has it
	@scripts/lock.sh check

##@ Build
.PHONY: model
model: setup ## train the default model's adapter (hours on two cores; resumes)
	@scripts/make_model.sh

.PHONY: reproduce
reproduce: setup ## every step of docs/tuning.md once, small (resumes)
	@scripts/reproduce.sh

.PHONY: lock
lock: $(DONE)/project ## write the lock files anew (UPGRADE=1 to take newer versions)
	@scripts/lock.sh

.PHONY: clean
clean: ## remove the environment and everything built
	@rm -rf $(VENV) build dist *.egg-info sim/*.egg-info ros_ws/src/*/*.egg-info ros_ws/{build,install,log}

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {print "\n" substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' \
	  $(MAKEFILE_LIST)

# What follows are files that say that a step is done.
$(DONE)/place:
	@python=$$(scripts/find_python.sh) && scripts/check_system.sh "$$python" && \
	  if [ -e $@ ]; then rm -rf $(VENV); fi && \
	  echo "environment: $$python" && "$$python" -m venv $(VENV) && mkdir -p $(DONE) && echo "$(PLACE)" > $@

$(DONE)/packages: $(DONE)/place $(wildcard lock/*.txt) scripts/install_packages.sh scripts/fix_wheels.py
	@TORCH=$(TORCH) scripts/install_packages.sh
	@touch $@

$(DONE)/project: $(DONE)/packages $(SETUPS) pyproject.toml
	@echo "the three Python packages, in place"
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --use-pep517 --no-deps --no-build-isolation \
	  -e . -e sim -e ros_ws/src/agent_planner_motion
	@touch $@

$(WORKSPACE): $(DONE)/project $(INTERFACES) $(MANIFESTS) $(SHARED) scripts/build_workspace.sh
	@scripts/build_workspace.sh
	@touch $@
