# Everything here needs Python 3.11 or newer, Node.js 18 or newer and npm; the rest is installed on the way.
# What a target installs stays in .venv/ and node_modules/, and is installed again only when its list changes.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
BENCH := .bench
OUT := weights/trained
MINUTES := 60
LARGE := tests/browser/models/test_full_size.py tests/browser/hosting/test_other_browsers.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup serve check test site size offline model model-name bench screenshots train train-text lint clean tools vendor

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/requirements-dev.txt vendor ## install what building and testing need

serve: site ## build the site and open it in the browser (LAN=1 serves the class too; SERVE_ARGS="--port 8080 --no-browser")
	$(RUN) -m build.serve $(if $(LAN),--lan) $(SERVE_ARGS)

check: setup lint ## the tests that need no browser, in a minute or two (PYTEST_ARGS as for test)
	$(RUN) -m pytest tests/model tests/unit $(PYTEST_ARGS)

# In two processes, a file at a time; what is large by itself then has the memory alone. What PYTEST_ARGS picks runs in
# one. Arrays of a megabyte go back to the system when they are freed.
test: setup lint ## run every test (PYTEST_ARGS="-k tokenizer" picks some)
	browser=$$($(RUN) -m build.browser) && export GLASSFORMER_BROWSER="$$browser" MALLOC_MMAP_THRESHOLD_=1000000 && \
	$(if $(PYTEST_ARGS),$(RUN) -m pytest $(PYTEST_ARGS), \
	$(RUN) -m pytest -n 2 --dist loadfile $(LARGE:%=--ignore=%) && $(RUN) -m pytest $(LARGE))

site: $(VENV)/requirements.txt vendor ## build the site into dist/
	$(RUN) -m build.site.site

size: site ## print how much of the site a reader fetches, and when
	$(RUN) -m build.size

offline: $(VENV)/requirements.txt vendor ## make glassformer.zip, a classroom folder for machines without a network (MODELS="gpt2")
	$(RUN) -m build.classroom.offline_folder $(MODELS)

model: model-name setup ## get GPT-2 for the site (NAME=gpt2, distilgpt2, gpt2-medium, or SRC=folder; BITS=4, EVAL=text file)
	$(RUN) -m build.weights.fetch_model "$(NAME)" $(if $(SRC),--source "$(SRC)") $(if $(BITS),--bits $(BITS)) $(if $(EVAL),--eval "$(EVAL)")

model-name:
	@test -n "$(NAME)" || { echo "NAME is missing: make model NAME=gpt2" >&2; exit 1; }

bench: setup $(if $(PARITY),$(VENV)/requirements-parity.txt,$(VENV)/requirements-bench.txt $(BENCH)/node_modules/.package-lock.json) ## measure it beside onnxruntime-web (QUICK=1 for less), or compare it with Hugging Face (PARITY=1)
	$(if $(PARITY),PYTHONPATH=py:. $(RUN) -m tests.bench.parity, \
	browser=$$($(RUN) -m build.browser) && GLASSFORMER_BROWSER="$$browser" PYTHONPATH=py:. $(RUN) -m tests.bench $(if $(QUICK),--quick))

screenshots: setup ## take pictures of the page in every size into screenshots/
	browser=$$($(RUN) -m build.browser) && GLASSFORMER_BROWSER="$$browser" $(RUN) -m build.screenshots

train: train-text $(VENV)/requirements-train.txt node_modules/.package-lock.json ## train a model (TEXT=folder, OUT=weights/trained, MINUTES=60, TRAIN_ARGS)
	$(RUN) -m build.train.train --text "$(TEXT)" --out "$(OUT)" --minutes $(MINUTES) $(TRAIN_ARGS)

train-text:
	@test -n "$(TEXT)" || { echo "TEXT is missing: make train TEXT=folder, one with .txt files." >&2; exit 1; }

lint: $(VENV)/requirements-dev.txt ## check style, formatting and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

clean: ## remove what was built; keep what was installed
	rm -rf dist vendor $(BENCH)/gpt2-* .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find build py tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- what the targets above stand on ---

tools:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: please install Python 3.11 or newer." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is $$($(PYTHON) --version), too old: please install Python 3.11 or newer (make PYTHON=python3.12 names one)." >&2; exit 1; }
	@command -v node >/dev/null || { echo "node is missing: please install Node.js 18 or newer." >&2; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' \
		|| { echo "node is $$(node --version), too old: please install Node.js 18 or newer." >&2; exit 1; }
	@command -v npm >/dev/null || { echo "npm is missing: please install npm, which comes with Node.js." >&2; exit 1; }

$(VENV)/bin/python: | tools
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The copy of each list inside .venv says what is installed there.
$(VENV)/requirements.txt: requirements.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --disable-pip-version-check -r $<
	cp $< $@

$(VENV)/requirements-dev.txt: requirements-dev.txt $(VENV)/requirements.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --disable-pip-version-check -r $<
	cp $< $@

$(VENV)/requirements-train.txt: requirements-train.txt $(VENV)/requirements-dev.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check -r $<
	cp $< $@

$(VENV)/requirements-bench.txt: requirements-bench.txt $(VENV)/requirements-dev.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check -r $<
	cp $< $@

$(VENV)/requirements-parity.txt: requirements-parity.txt $(VENV)/requirements-train.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check -r $<
	cp $< $@

$(BENCH)/node_modules/.package-lock.json: tests/bench/package-lock.json | tools
	mkdir -p $(BENCH)
	cp tests/bench/package.json tests/bench/package-lock.json $(BENCH)
	npm ci --ignore-scripts --prefix $(BENCH)
	touch $@

# npm leaves this one when it is done.
node_modules/.package-lock.json: package-lock.json | tools
	npm ci --ignore-scripts
	touch $@

vendor: node_modules/.package-lock.json $(VENV)/bin/python
	$(RUN) -m build.vendor
