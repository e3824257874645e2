# Thin on purpose: the work is done by the small programs in tools/.
PYTHON ?= python3
VENV := .venv/bin

.PHONY: run setup test check bench media messages vendor worker faults lock clean environment tools

run: setup            ## serve on http://127.0.0.1:8000 with a worker; Ctrl-C stops all of it
	@exec $(VENV)/python -m tools.serve

setup: environment    ## everything "run" needs, without serving
	@$(VENV)/python -m tools.setup

environment:
	@$(PYTHON) -m tools.environment

tools:
	@$(PYTHON) -m tools.environment --dev

lock: tools               ## pin the newest packages with their hashes
	@$(PYTHON) -m tools.lock
