UV := sh deploy/uv.sh
RUN := $(UV) run --frozen --no-sync
PACKAGES := bot actions desk webchat triage demo deploy

.PHONY: help install run train test lint evaluate benchmark-understanding benchmark-widget clean

help:  ## what can be done here
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 32

install:  ## the packages of uv.lock, in .venv
	@$(UV) sync --frozen --quiet --compile-bytecode --python-preference system || \
		{ echo "Python 3.10 is needed: install it (pyenv install 3.10) or let uv fetch it (needs the network)." >&2; exit 1; }
	@echo "✓ packages installed"

run: install  ## train if needed, start everything, print the addresses
	@$(RUN) python -m deploy

train: install  ## train the model of the present data, and promote it unless it is worse
	@$(RUN) python -W ignore -m bot.train

test: install  ## all tests
	@$(RUN) python -W ignore -m bot.train --no-promote
	@$(RUN) pytest -n 2 --dist loadfile

lint: install  ## ruff and mypy
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy $(PACKAGES) passwords.py settings.py

evaluate: install  ## measure the understanding on authors it has not seen
	@$(RUN) python -W ignore -m bot.evaluate

benchmark-understanding: install  ## accuracy, time and memory beside Rasa's default, nlp.js and plain TF-IDF
	@$(RUN) python -W ignore -m benchmarks.understanding
	@$(RUN) python -W ignore -m benchmarks.understanding --labels 16 200 2000

benchmark-widget: install  ## what the chat costs a page, beside its peers
	@PYTHONPATH=. $(RUN) python -W ignore benchmarks/widget.py

clean:  ## remove models, databases, caches and logs
	rm -rf models var .rasa .pytest_cache .ruff_cache .mypy_cache
