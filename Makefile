# Matchpoint's commands; `make` alone lists them. Needs Python 3.11 or newer, with venv.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
URL ?= http://$(if $(findstring :,$(HOST)),[$(HOST)],$(HOST)):$(PORT)
export HOST PORT

VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip install -qq --disable-pip-version-check --no-input -r

# An environment of another version is made again only for a PYTHON that was asked for.
ifneq ($(origin PYTHON),file)
SAME_VERSION := && [ "$$($(PY) -V)" = "$$($(PYTHON) -V 2>&1)" ]
endif

# The settings' own defaults, whatever the caller's shell has set.
UNSET := env $(foreach name,DATABASE_URL DATABASE_URL_FILE REDIS_URL REDIS_URL_FILE SECRET_KEY \
	SECRET_KEY_FILE DEBUG ALLOWED_HOSTS PUBLIC_URL \
	RATE_LIMITS STATIC_ROOT HOST PORT DJANGO_SETTINGS_MODULE,-u $(name))
PRODUCTION := $(UNSET) PUBLIC_URL=https://play.example.org ALLOWED_HOSTS=play.example.org \
	DATABASE_URL=sqlite://:memory: SECRET_KEY=for-checks-only-0123456789-abcdefghijklmnopqrstuvwxyz

# Every command that loads the settings needs a secret; not on a command line, where `ps` shows it.
WITH_SECRET = export SECRET_KEY="$${SECRET_KEY:-$$(cat .local/secret_key)}"

# What touches the database of its pass: the apps. Engines touch none, and what tests the whole from
# outside (tests/) starts its own servers on databases of its own: one run of those is enough.
APPS := --override-ini 'testpaths=*/tests'

# A process for each processor; a file's tests stay together, since some share a server.
WORKERS ?= auto
PARALLEL := --numprocesses $(WORKERS) --dist loadfile

# Tests that failed beside others (1) run once more, alone: a fault fails again, a wait that was too short
# on a busy machine does not. The first run has named both.
AGAIN := --last-failed --last-failed-no-failures none
ONCE_MORE = [ $$? -eq 1 ] && echo "== Once more, alone: what failed beside others" &&

.DEFAULT_GOAL := help
.PHONY: help run demo bot admin test check deploy-check bench clean venv requirements games tools

help: ## list these commands
	@echo "Matchpoint. HOST and PORT say where (now $(HOST) and $(PORT))."
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 \t/p' Makefile

run: requirements $(if $(GAMES),games) .local/secret_key ## install what is needed, and serve; GAMES=1 brings chess and more
	@set -e; $(WITH_SECRET); \
	$(PY) manage.py collectstatic --noinput --verbosity 0 & \
	$(PY) manage.py migrate --verbosity 0; \
	wait $$!; \
	exec $(PY) manage.py serve

demo: requirements .local/secret_key ## fill the running lobby with players who queue, chat and play
	@set -e; $(WITH_SECRET); URL="$(URL)" exec $(PY) manage.py demo $(ARGS)

bot: requirements .local/secret_key ## a computer that queues and plays Pong on the running site
	@set -e; $(WITH_SECRET); URL="$(URL)" exec $(PY) manage.py bot $(ARGS)

admin: requirements .local/secret_key ## make an account for the admin pages
	@set -e; $(WITH_SECRET); \
	$(PY) manage.py migrate --verbosity 0; \
	exec $(PY) manage.py createsuperuser

test: tools ## run every test on SQLite, then on throwaway PostgreSQL and Redis
	@code=0; \
	test_on_sqlite() { $(UNSET) $(PY) -m pytest -m 'not image' $(ARGS) "$$@"; }; \
	test_on_postgresql() { $(UNSET) $(PY) -m tests.services -- $(PY) -m pytest $(APPS) $(ARGS) "$$@"; }; \
	echo "== On SQLite, with the in-memory layer"; \
	test_on_sqlite $(PARALLEL) || { $(ONCE_MORE) test_on_sqlite $(AGAIN); } || code=$$?; \
	echo "== On PostgreSQL, with Redis"; \
	test_on_postgresql $(PARALLEL) || { $(ONCE_MORE) test_on_postgresql $(AGAIN); } || exit $$?; \
	[ $$code -eq 0 ] || echo "The tests on SQLite failed; see above." >&2; \
	exit $$code

check: tools ## lint, types, layers, migrations, settings and known vulnerabilities
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PRODUCTION) $(PY) -m mypy .
	@$(PY) -m tests.structure
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@$(PRODUCTION) $(PY) manage.py makemigrations --check --dry-run
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	@$(PY) -m tests.audit

deploy-check: tools ## check what is in deploy/, build the container image and start it
	@$(UNSET) $(PY) -m pytest tests/deploy $(ARGS)

bench: tools ## measure what is claimed about speed
	@$(PRODUCTION) $(PY) manage.py collectstatic --noinput --verbosity 0
	@$(UNSET) $(PY) -m benchmarks $(ARGS)

clean: ## remove the environment and caches; your data, in .local, stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .local/static
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@set -e; \
	if [ -f $(VENV)/made ] && $(PY) -c '' 2>/dev/null $(SAME_VERSION); then exit 0; fi; \
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "Matchpoint needs Python 3.11 or newer, and $(PYTHON) is: $$($(PYTHON) -V 2>&1 | head -n 1)" >&2; \
		echo "Install one, and name it if it is not python3: PYTHON=python3.12 make run" >&2; \
		exit 1; \
	fi; \
	if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$(PYTHON) comes without venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
		exit 1; \
	fi; \
	echo "Making the environment in $(VENV)"; \
	$(PYTHON) -m venv --clear $(VENV); \
	touch $(VENV)/made

# What is installed is remembered by content: a copy of the file it came from.
requirements: venv
	@cmp -s requirements.txt $(VENV)/requirements.txt || { \
		echo "Installing requirements.txt; this takes a minute" && \
		$(INSTALL) requirements.txt && cp requirements.txt $(VENV); }

games: venv
	@cmp -s requirements-games.txt $(VENV)/requirements-games.txt || { \
		echo "Installing requirements-games.txt" && \
		$(INSTALL) requirements-games.txt --no-deps && cp requirements-games.txt $(VENV); }

tools: venv games
	@{ cmp -s requirements.txt $(VENV)/requirements.txt && \
		cmp -s requirements-dev.txt $(VENV)/requirements-dev.txt; } || { \
		echo "Installing requirements-dev.txt; this takes a minute" && \
		$(INSTALL) requirements-dev.txt && cp requirements.txt requirements-dev.txt $(VENV); }

.local/secret_key: | venv
	@umask 077; mkdir -p .local && \
	$(PY) -c 'import secrets; print(secrets.token_urlsafe(50))' > $@.new && mv $@.new $@
