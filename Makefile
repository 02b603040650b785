# `make` prints what can be done. Everything happens in .venv, which is made and kept up to date on the way.

.DEFAULT_GOAL := help
.PHONY: help run dev test check format seed manage bench bench-faults handbook screenshots lighthouse clean requirements messages environment bench-scale
MAKEFLAGS += --no-print-directory

PORT ?= 8000
HOST ?= 127.0.0.1
ARGS ?=
export PORT HOST PYTHON

BIN := .venv/bin
LOCAL := $(BIN)/python -m qianhai_site.local
COMPILE := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.12 --python $(BIN)/python \
	--generate-hashes --no-emit-index-url --no-header $(ARGS)

help: ## print this list
	@echo "make TARGET [PORT=8000] [HOST=127.0.0.1] [PYTHON=/path/to/python3] [ARGS='...']"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='|' read -r target purpose; do printf '%-14s %s\n' "$$target" "$$purpose"; done

run: environment ## serve the site as production would, with database, worker and mail inbox
	@exec $(LOCAL) run

dev: environment ## the same with debugging and reload on change
	@exec $(LOCAL) dev

test: environment ## run every test, browser journeys included (ARGS='-k word' passes on)
	@$(LOCAL) test $(ARGS)

check: environment ## check style, imports, templates, types and migrations
	@$(LOCAL) check

format: environment ## write Python and templates in the one style
	@$(BIN)/ruff check --quiet --fix-only . && $(BIN)/ruff format . && $(BIN)/djlint --quiet --reformat qianhai_site/templates

seed: environment ## load the demo into the local run's database (again)
	@$(LOCAL) manage migrate --verbosity 0 && $(LOCAL) manage seed_demo $(ARGS)

manage: environment ## run manage.py on the local run's database: make manage ARGS='changepassword admin'
	@$(LOCAL) manage $(ARGS)

bench: environment ## measure how quickly the demo's pages are rendered, answered from memory, and its forms taken
	@$(BIN)/python -m tests.bench.pages && echo && $(BIN)/python -m tests.bench.page_cache && echo && $(BIN)/python -m tests.bench.behind_nginx && echo && $(BIN)/python -m tests.bench.form_posts

bench-faults: environment ## break things at length, and print what was lost, doubled and late (ARGS='-k storm' passes on)
	@$(BIN)/python -m tests.bench.faults $(ARGS)

bench-scale: environment ## compare a site of 100,000 articles and a million requests with small ones; makes both (ARGS='--only search')
	@$(BIN)/python -m tests.bench.scale $(ARGS)

handbook: environment ## take the pictures of docs/submissions.md anew, of the site with made-up people
	@$(BIN)/python -m tests.handbook

screenshots: environment ## look at every page: pictures of them all in var/screenshots (ARGS='article' takes some)
	@$(BIN)/python -m tests.screenshots $(ARGS)

lighthouse: environment ## ask Lighthouse about the site's pages, on a phone and a desktop; needs Node (ARGS='article' asks about some)
	@$(BIN)/python -m tests.lighthouse $(ARGS)

clean: ## delete .venv, the local database, files, mail and secrets
	@if [ -x $(BIN)/python ] && $(BIN)/python -c 'import psutil, psycopg' 2>/dev/null; then $(LOCAL) clean; fi
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

requirements: environment ## compile requirements*.in anew (ARGS='--upgrade' takes the newest)
	@env -u PIP_FIND_LINKS -u UV_FIND_LINKS $(COMPILE) requirements.in -o requirements.txt
	@env -u PIP_FIND_LINKS -u UV_FIND_LINKS $(COMPILE) requirements-dev.in -o requirements-dev.txt

# The date of collection goes: it would make a difference where no word has changed.
messages: environment ## collect translatable words into locale/ and compile them (needs GNU gettext)
	@$(BIN)/python manage.py makemessages --locale zh_Hant --locale zh_Hans --no-obsolete --add-location file --no-wrap \
		--ignore tests --ignore var --ignore .venv && \
	sed -i.bak '/^"POT-Creation-Date: /d' locale/*/LC_MESSAGES/django.po && rm locale/*/LC_MESSAGES/django.po.bak && \
	$(BIN)/python manage.py compilemessages --locale zh_Hant --locale zh_Hans --ignore var --ignore .venv

# Not a file's rule: whether .venv is right depends on more than its age. Takes a tenth of a second when it is.
environment:
	@new_enough() { "$$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; }; \
	if ! new_enough $(BIN)/python; then \
		for candidate in $${PYTHON:-python3 python3.14 python3.13 python3.12}; do \
			if new_enough "$$candidate"; then found=$$candidate; break; fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo "No Python 3.12 or later found$${PYTHON:+ at PYTHON=$$PYTHON}: install one, or name it: make PYTHON=/path/to/python3.13" >&2; \
			exit 1; \
		fi; \
		if ! "$$found" -m venv --clear .venv >.venv.log 2>&1; then \
			cat .venv.log >&2; rm -rf .venv .venv.log; \
			echo "$$found cannot make a virtual environment: on Debian, install its package python3-venv" >&2; \
			exit 1; \
		fi; \
		rm -f .venv.log; \
	fi; \
	$(BIN)/python -m qianhai_site.local.install
