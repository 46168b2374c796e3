# Short names for what manage.py and .ci do; nothing here that they do not.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help run test check bench ci lock clean

help:  ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

run:  ## Start with the sample year on http://127.0.0.1:8000
	$(PYTHON) manage.py run

test:  ## Run the tests on SQLite (ARGS="tests/law -x")
	$(PYTHON) manage.py test $(ARGS)

check:  ## Lint, types, architecture, migrations, translations
	$(PYTHON) manage.py test --version
	.ci/run check

bench:  ## Measure ratios side by side (ARGS="--contracts 50"; docs/performance.md)
	$(PYTHON) manage.py bench $(ARGS)

ci:  ## All that CI does (`.ci/run full`: every test on PostgreSQL too)
	.ci/run

lock:  ## Resolve pyproject.toml again into the two lock files (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url pyproject.toml --extra dev -o requirements-dev.txt

clean:  ## Remove the environment and the local data
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
