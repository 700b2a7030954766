# Every command of the project. `make help` lists them; .ci/run calls `make check test`.
# Needs Python 3.11 or newer, make and a package index. Everything else goes into .venv/.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
BIN := .venv/bin
UV_VERSION := 0.9
GERMAN := src/umschlag/locale/de/LC_MESSAGES/django.po
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
# Container images often set it. The hundreds of processes that tests start would each compile every
# module anew, 1.5 to 5 seconds a process.
unexport PYTHONDONTWRITEBYTECODE
UV_SYNC := $(BIN)/uv sync --quiet --locked --inexact --python $(BIN)/python

.PHONY: help setup setup-dev setup-spark run test check format bench docs messages clean-install
.DEFAULT_GOAL := help

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/bin/uv:
	@test -n "$(PYTHON)" || { echo "Umschlag needs Python 3.11 or newer; install it and try again." >&2; exit 1; }
	@echo "Setting up .venv (once) …"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "Python cannot make virtual environments; on Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=$(UV_VERSION)"

.venv/.ready: .venv/bin/uv pyproject.toml uv.lock
	@$(UV_SYNC) --no-default-groups
	@touch $@

.venv/.ready-dev: .venv/bin/uv pyproject.toml uv.lock
	@$(UV_SYNC)
	@touch $@ .venv/.ready

# statsforecast, the baselines of the forecasting benchmarks; nothing else needs it.
.venv/.ready-bench: .venv/bin/uv pyproject.toml uv.lock
	@$(UV_SYNC) --group bench
	@touch $@ .venv/.ready-dev .venv/.ready

setup: .venv/.ready  ## Set up .venv/ from the lock file

setup-dev: .venv/.ready-dev  ## The same, with what tests and checks need

setup-spark: .venv/bin/uv  ## Add Spark, for a lake in a cluster (450 MB; Java 17 comes from the system)
	@$(UV_SYNC) --no-default-groups --extra spark

run: setup  ## Run the main job on the demo world, then serve http://localhost:8003 (ONCE=1 stops after the report)
	@$(BIN)/umschlag run

# One process a processor, a file at a time in each; what TESTS names runs in this process alone.
# The second line runs the database tests, which are all in tests/integration, once more on every
# database that the variable names; 5 is pytest's word for none, which TESTS may well name.
SIDE_BY_SIDE := --numprocesses=auto --dist=loadfile --no-loadscope-reorder
test: setup-dev  ## Run all tests (TESTS=path runs these alone)
	@$(BIN)/pytest $(or $(TESTS),$(SIDE_BY_SIDE))
	@for url in $(subst $(comma), ,$(UMSCHLAG_TEST_DATABASES)); do \
		echo "Database tests on $${url%%:*}"; \
		DATABASE_URL=$$url $(BIN)/pytest -m database -q $(or $(TESTS),$(SIDE_BY_SIDE) tests/integration) \
			|| { [ $$? -eq 5 ] && [ -n "$(TESTS)" ]; } || exit 1; done

comma := ,

check: setup-dev  ## Format, lint, types, import contracts, Dockerfile, compose file
	@$(BIN)/ruff format --check --quiet . || { echo "make format puts it right" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml

format: setup-dev  ## Put format and what the linter can mend right
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

bench: .venv/.ready-bench  ## Run every benchmark (SMALL=1 for a quick look)
	@for script in benchmarks/*.py; do echo "== $$script"; \
		$(BIN)/python $$script $(if $(SMALL),--small) || exit 1; done

docs: setup-dev  ## Write docs/reference/ from the code
	@$(BIN)/umschlag reference

messages: setup-dev  ## Collect the texts that people see, and compile the German ones (needs gettext)
	@command -v xgettext >/dev/null || { echo "make messages needs gettext: apt install gettext" >&2; exit 1; }
	@cd src/umschlag && DJANGO_SETTINGS_MODULE=umschlag.web.settings \
		../../$(BIN)/python -m django makemessages --locale de --add-location file --verbosity 0
# Sorted, of one width and with one date: else every run would rewrite the whole file.
	@msgattrib --sort-output --width=100 --no-obsolete --output-file=$(GERMAN).new $(GERMAN)
	@sed 's/^"POT-Creation-Date: .*/"POT-Creation-Date: 2026-11-21 00:00+0000\\n"/' $(GERMAN).new > $(GERMAN)
	@rm $(GERMAN).new
	@$(BIN)/pybabel --quiet compile --domain django --directory src/umschlag/locale

clean-install: setup  ## Install and start in a clean directory, step by step as the Dockerfile does
	@deploy/check-clean-install
