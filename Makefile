# Everything runs from .venv beside this file; no rule needs an activated environment, and paths may contain spaces.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	"$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo "$$name" && break; done)
RUN := .venv/bin/python
PYTEST_ARGS ?=
N ?= 1000000
PIP_INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check --no-input --no-compile --require-hashes --only-binary :all:

.DEFAULT_GOAL := help
.PHONY: help run test check chaos soak races crash-matrix bench ledger-bench stock-storm search-eval image-search-eval growth merchants-bench format lint deploy-check

help: ## Show these targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 14

run: .venv/.run ## Start the whole shop on http://localhost:8000 (PORT, DEMO=small|none, DEMO_PASSWORD, DATA_DIR)
	@exec $(RUN) manage.py up

test: .venv/.dev ## Run every test on its own PostgreSQL and Valkey (PYTEST_ARGS="-k cart")
	@$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

soak: .venv/.dev ## Play random histories of the market for SECONDS=600, checking the books after every step (SEED=1)
	@SECONDS=$(or $(SECONDS),600) SEED=$(SEED) $(RUN) -m pytest -q tests/stateful $(PYTEST_ARGS)

chaos: .venv/.dev ## 2,000 checkouts of 50 buyers under 60 kills of anything (SEED=1; 10 to 25 minutes on two cores)
	@$(RUN) -m tests.chaos --seed $(or $(SEED),1)

races: .venv/.dev ## Play every pair of actors against each other at every single SQL statement and commit (minutes)
	@RACE_STRIDE=1 $(RUN) -m pytest -q tests/concurrency -k "interleavings or payouts_races" $(PYTEST_ARGS)

crash-matrix: .venv/.dev ## Die before and after every SQL statement and provider call of every flow of money (minutes)
	@CRASH_STRIDE=1 $(RUN) -m pytest -q tests/concurrency/test_crash_matrix.py $(PYTEST_ARGS)

check: lint deploy-check test ## All that CI runs: style, types, layers, templates, migrations, deployment settings, tests

lint: .venv/.dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check --quiet .
	$(RUN) -m mypy .
	.venv/bin/lint-imports
	$(RUN) -m djlint templates --lint --quiet

# Settings as on a public server; no database is asked.
deploy-check: .venv/.dev
	$(RUN) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@echo "$(RUN) manage.py check --deploy --fail-level WARNING"
	@DEBUG= HTTPS=1 ALLOWED_HOSTS=shop.example SECRET_KEY=$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(60))') \
		$(RUN) manage.py check --deploy --fail-level WARNING

bench: .venv/.dev ## Measure the shop and a large merchant's back office beside a bare Django view
	@$(RUN) -m benchmarks
	@$(RUN) -m benchmarks.merchants

ledger-bench: .venv/.dev ## Post a million ledger transactions, print the rate, verify them (N=20000 for fewer)
	@$(RUN) -m benchmarks.ledger -n $(N)

merchants-bench: .venv/.dev ## The second half of bench: every list of a shop with 100,000 products and 100,000 orders (ARGS)
	@$(RUN) -m benchmarks.merchants $(ARGS)

stock-storm: .venv/.dev ## Make 100,000 stock movements and 50 allocations at once over 20 warehouses, print rates and invariants (MOVEMENTS, ALLOCATIONS, WAREHOUSES)
	@$(RUN) -m benchmarks.stock --movements $(or $(MOVEMENTS),100000) --allocations $(or $(ALLOCATIONS),50) --warehouses $(or $(WAREHOUSES),20)

growth: .venv/.dev ## Measure lists, searches and suggestions at 10,000 and at 100,000 products
	@$(RUN) -m benchmarks.growth

search-eval: .venv/.dev ## Ask the search 270 queries of a golden set, print NDCG@10 and what found nothing (OLIST=PATH: 80 more over that catalogue)
	@$(RUN) -m benchmarks.search

image-search-eval: .venv/.run ## Search with distorted copies of every picture of the running shop; print shares and times
	@$(RUN) manage.py image_search_eval

format: .venv/.dev ## Format Python and sort imports
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

.venv/.python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found (Debian: apt install python3 python3-venv)."; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing (Debian: apt install python3-venv)."; exit 1; }
	@"$(PYTHON)" -m venv --clear .venv
	@touch $@

.venv/.run: requirements.txt | .venv/.python
	@echo "Installing the shop's packages into .venv (once, about a minute)"
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

# The development lock contains the runtime lock, so one installation serves both.
.venv/.dev: requirements-dev.txt | .venv/.python
	@echo "Installing the shop's packages and the test tools into .venv (once, about two minutes)"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch .venv/.run $@
