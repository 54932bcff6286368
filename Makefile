# One command per chore; the same ones in CI.
SHELL := /bin/bash
.DEFAULT_GOAL := help
RUN := .venv/bin
.PHONY: help demo test check bench lock screenshot clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## a generated Ningbo on http://127.0.0.1:8050; Ctrl-C stops it
	@scripts/install
	@exec $(RUN)/onemap demo

test: ## lint, types, contracts and every test, browser tests included
	@scripts/install --dev
	@$(MAKE) --no-print-directory check
	@exec $(RUN)/python tests/with_database.py --hasty $(RUN)/pytest $(if $(PYTEST),$(PYTEST),-n 2 --dist loadscope)

check: ## lint, types, import contracts
	@scripts/install --dev
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports

bench: ## measure; prints what it measured, compares with peers
	@scripts/install --dev
	@command -v ogr2ogr >/dev/null || apt-get install -y --no-install-recommends gdal-bin
	@exec $(RUN)/python tests/with_database.py $(RUN)/python -m tests.benchmarks $(BENCH)

screenshot: ## make docs/images anew from a running demo
	@scripts/install --dev
	@exec $(RUN)/python -m tests.screenshots

lock: ## the newest versions that fit together
	@scripts/install --dev
	$(RUN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	$(RUN)/uv pip compile -q --upgrade --generate-hashes --universal --python-version 3.11 --custom-compile-command 'make lock' -c requirements.lock --extra dev pyproject.toml -o requirements-dev.lock

clean: ## stop the embedded database and remove all that was generated
	@[ ! -x $(RUN)/onemap ] || $(RUN)/onemap db stop
	rm -rf .onemap
