# Thin on purpose: the work is done by the small programs in tools/.
PYTHON ?= python3
VENV := .venv/bin
# Two cores are what a small machine has; two more work while those wait for browsers and programs.
WORKERS ?= 4
TESTS ?= tests
# How often a run under fire is struck; the suite has time for a few.
MOMENTS ?= 30

.PHONY: run setup test check bench media vendor messages worker faults lock clean environment tools

run: setup            ## serve on http://127.0.0.1:8000 with a worker; Ctrl-C stops all of it
	@exec $(VENV)/python -m tools.serve

setup: environment    ## everything "run" needs, without serving
	@$(VENV)/python -m tools.setup

test: tools           ## the whole suite, with what it needs of the machine
	@$(VENV)/python -m tools.machine
	@$(VENV)/pytest -q -n $(WORKERS) --dist worksteal $(TESTS)

faults: tools         ## kill, restart, replay
	@$(VENV)/python -m tools.machine
	@$(VENV)/pytest -q tests/faults --moments $(MOMENTS)
	@$(VENV)/pytest -q -n $(WORKERS) tests/browser -m one_engine --every-engine

check: tools          ## lint, types, import contracts, templates, migrations, translations
	@$(VENV)/python -m tools.check

bench: tools          ## one line a figure: name value unit ratio-to-limit
	@$(VENV)/python -m tools.machine
	@$(VENV)/python -m bench

vendor: tools         ## fetch the scripts others wrote, as pinned, into static/vendor/
	@$(VENV)/python -m tools.vendor

messages: tools       ## merge the Chinese words and name the sentences that lack them
	@$(VENV)/python -m tools.messages

media: tools          ## make the videos of the lessons whose script changed
	@$(VENV)/python -m tools.machine
	@$(PYTHON) -m tools.media.environment
	@var/media-venv/bin/python -m tools.media course_content

worker: setup         ## run jobs on this machine, besides the one that serves
	@exec $(VENV)/python -m flask worker

lock: tools           ## pin the newest packages with their hashes
	@$(PYTHON) -m tools.lock

clean:                ## remove everything made here but var/, which holds the site's data
	rm -rf .venv .venv.lock .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results

environment:
	@$(PYTHON) -m tools.environment

tools:
	@$(PYTHON) -m tools.environment --dev
