# Everything a developer runs. `make` alone lists the targets.
#   PYTHON  makes the environment: Python 3.11 or newer, used when .venv does not exist yet
#   ARGS    goes to the command behind the target:  make test ARGS="tests/rules -k COI"
PYTHON ?= python3
ARGS ?=

BIN := .venv/bin
MADE := .venv/made
READY := .venv/ready
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Set-up talks on stderr: stdout belongs to the command behind the target.
SAY = printf 'setup: %s\n' >&2
# What the network page runs in a browser: pinned in package-lock.json, kept out of the repository.
BROWSER := services/aiqyn/services/http/browser
VENDOR := services/aiqyn/services/http/static/vendor

.PHONY: help setup demo test unit lint bench docs pictures faults fuzz mutants kafka postgres
.DELETE_ON_ERROR:

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "%-12s %s\n", $$1, $$2}'

setup: $(READY) ## make .venv with the pinned requirements and Aiqyn itself

demo: setup ## stream a fictional country in and show what the records show
	@$(BIN)/aiqyn demo $(ARGS)

test: setup ## pytest
	$(BIN)/pytest $(ARGS)

unit: setup ## the tests of schemas, rules and streams alone: no database, no browser, no cluster
	$(BIN)/pytest tests/schemas tests/rules tests/streams $(ARGS)

lint: setup ## style, types, direction of imports; ARGS: folders or files
	$(BIN)/ruff check $(ARGS)
	$(BIN)/ruff format --check $(ARGS)
	$(BIN)/mypy $(ARGS)
	$(BIN)/lint-imports

bench: setup ## measure speed
	@$(BIN)/python -m benchmarks $(ARGS)

faults: setup ## workers killed, stopped and cut off while events flow; ARGS="--list" names them, "--runner loop --fault 'dead letters refused'" does one
	@$(BIN)/python -m tests.faults $(ARGS)

mutants: setup ## the code changed on purpose: do the tests notice? ARGS: files, --limit, --seed, --tests
	@$(BIN)/python -m tests.mutants $(ARGS)

fuzz: setup ## requests made by machine to the whole of the HTTP interface, by every role; ARGS="CASES SEED"
	@$(BIN)/python -m tests.services.http.fuzz $(ARGS)

kafka: setup ## a Kafka cluster until interrupted; ARGS="--brokers 3 --version 3.9"
	@exec $(BIN)/python -m servers.kafka $(ARGS)

postgres: setup ## a PostgreSQL server until interrupted
	@exec $(BIN)/python -m servers.postgres $(ARGS)

pictures: setup ## take the pictures of the documentation anew, with Chromium
	@$(BIN)/python -m tests.workbench.pictures $(ARGS)

docs: setup ## write a page for each rule
	$(BIN)/aiqyn rules docs $(ARGS)

$(READY): requirements-dev.lock pyproject.toml $(BROWSER)/package-lock.json | $(MADE)
	@$(SAY) "installing the pinned requirements, each checked against its hash"
	@$(PIP) install --require-hashes --no-deps --only-binary :all: -r requirements-dev.lock >&2
	@$(SAY) "installing Aiqyn from this folder"
	@$(PIP) install --quiet --no-deps --no-build-isolation -e . >&2
	@if command -v npm >/dev/null; then \
	  mkdir -p .venv/browser $(VENDOR) && cp $(BROWSER)/package.json $(BROWSER)/package-lock.json .venv/browser/ \
	  && (cd .venv/browser && npm ci --ignore-scripts --no-audit --no-fund --silent >&2) \
	  && cp .venv/browser/node_modules/cytoscape/dist/cytoscape.min.js $(VENDOR)/ \
	  || $(SAY) "the graph of the network page is not there (npm ci failed): the page shows tables alone"; \
	else $(SAY) "without Node (npm) the network page shows tables alone"; fi
	@touch $@
	@$(SAY) "done; the command is $(BIN)/aiqyn"

# Scripts in an environment hold its absolute path: one that came here by a copy or a move is made anew.
ifneq ($(wildcard $(MADE)),)
ifneq ($(shell cat $(MADE)),$(CURDIR))
$(shell rm -f $(MADE) $(READY))
VENV_OPTIONS := --clear
endif
endif

$(MADE):
	@command -v "$(PYTHON)" >/dev/null || { $(SAY) "there is no '$(PYTHON)'; name a Python 3.11 or newer: make setup PYTHON=python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { $(SAY) "Aiqyn needs Python 3.11 or newer, '$(PYTHON)' is $$("$(PYTHON)" --version 2>&1); name another: make setup PYTHON=python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { $(SAY) "'$(PYTHON)' cannot make environments: its modules venv and ensurepip are missing; on Debian and Ubuntu install python3-venv"; exit 1; }
	@$(SAY) "making .venv with $$("$(PYTHON)" --version 2>&1)"
	@"$(PYTHON)" -m venv $(VENV_OPTIONS) .venv >&2
	@printf '%s\n' '$(CURDIR)' > $@
