# `make demo` and `make test` set up everything they need in .venv. Python 3.10 to 3.13.
PYTHON ?= python3
VENV ?= .venv
MIDI ?=
OUTPUT ?= demo
TENSORFLOW ?= tensorflow-cpu  # TENSORFLOW=tensorflow[and-cuda] for an NVIDIA GPU
# A checkout may lie anywhere: recipes quote paths, and targets, which make splits at spaces, are
# relative to it.
BIN := "$(VENV)/bin"
SPACE := $(subst ,, )
STAMP := $(subst $(SPACE),\ ,$(VENV))/.installed
DOCS_STAMP := $(subst $(SPACE),\ ,$(VENV))/.docs-installed

# npm writes this file last.
WEB_PACKAGES := export/web/node_modules/.package-lock.json
ENGINE_PACKAGES := packages/engine/node_modules/.package-lock.json

# Where the home folder is missing or read-only, pip, uv and npm keep their caches in .home.
ifneq ($(shell test -d "$$HOME" && test -w "$$HOME" && echo writable),writable)
export HOME := $(CURDIR)/.home
endif

.PHONY: help setup demo web package tables test test-all test-rest test-slow test-clients test-web \
  test-units test-cluster test-corpora test-cpus fuzz fuzz-checkpoints fuzz-archives \
  fuzz-commands fuzz-http fuzz-coverage bench bench-compare bench-table docs gallery lint lint-docs lint-web \
  format wheel constraints clean

help:
	@echo "make demo              MIDI to new music, with songs of the built-in arranger, in demo/"
	@echo "make demo MIDI=path    the same with a folder, glob, .zip or .tar.* of MIDI files"
	@echo "make web               the web page, which gm-vae web serves (needs Node 20 and npm)"
	@echo "make package           the npm package of the page's engine, packages/engine/gm-vae-*.tgz"
	@echo "make tables            the tables that the page's engine shares with the package"
	@echo "make test              the tests of all parts, in 6 minutes on 2 cores"
	@echo "make test-all          these and all others but the fuzzers"
	@echo "make test-clients      all of the exports in magenta.js and TensorFlow.js"
	@echo "make test-slow         whole chains, runs that are killed, several processes that train together"
	@echo "make test-web          slow checks of the page in Chromium"
	@echo "make test-cluster      the pipeline on Prism and Flink, which it fetches into .cluster/"
	@echo "make test-corpora      slow checks against real corpora, where they are at hand"
	@echo "make test-cpus         tests that compare numbers, as other processors compute them"
	@echo "make fuzz              200,000 damaged MIDI files; FUZZ='--mutants=1000 --seed=7'"
	@echo "make fuzz-checkpoints  50,000 damaged checkpoint folders, likewise"
	@echo "make fuzz-archives     20,000 hostile archives, likewise"
	@echo "make fuzz-commands     20,000 odd command lines and JSON files, likewise"
	@echo "make fuzz-http         5,000 answers of servers that misbehave, likewise"
	@echo "make fuzz-coverage     an hour of inputs that reach new lines of three readers, by atheris"
	@echo "make bench             the benchmarks; BENCH=decoding ARGS='--repeats=3' measures one"
	@echo "make bench-compare     the same beside the committed figures, which it leaves as they are"
	@echo "make bench-table       benchmarks/RESULTS.md from the committed figures"
	@echo "make test-units        the page's engine, music and state in Node alone"
	@echo "make docs              the documentation site, in build/site/"
	@echo "make gallery           the music and pictures of the gallery again"
	@echo "make lint              ruff and mypy, spelling and prose, and tsc and eslint for the page"
	@echo "make format            ruff"
	@echo "make wheel             dist/*.whl"
	@echo "make constraints       resolve the pinned versions again"
	@echo "make clean             remove what make made"

setup: $(STAMP)

# Every package is pinned by constraints.txt. tf-keras asks for `tensorflow` by name;
# overrides.txt says that the form of it chosen above will do.
$(STAMP): pyproject.toml constraints.txt overrides.txt
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 10) <= v <= (3, 13) \
	  else "GM-VAE needs Python 3.10 to 3.13 and $(PYTHON) is %d.%d: make PYTHON=python3.12" % v)'
	"$(PYTHON)" -m venv "$(VENV)"
	$(BIN)/python -m pip install -q -c constraints.txt uv
	$(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode -c constraints.txt \
	  --overrides overrides.txt -e ".[dev]" "$(strip $(TENSORFLOW))"
	@touch "$@"
	@echo "$(VENV)/bin/gm-vae is installed; make demo makes music with it."

demo: setup
	$(BIN)/gm-vae demo --output="$(OUTPUT)" --force $(if $(MIDI),--midi="$(MIDI)")

web: $(WEB_PACKAGES)
	cd export/web && npm run build

$(WEB_PACKAGES): $(wildcard export/web/package-lock.json)
	@command -v npm >/dev/null || \
	  { echo "the page needs Node 20 and npm, which are not installed"; exit 1; }
	cd export/web && npm ci --no-audit --no-fund

$(ENGINE_PACKAGES): $(wildcard packages/engine/package-lock.json)
	@command -v npm >/dev/null || \
	  { echo "the engine's package needs Node 20 and npm, which are not installed"; exit 1; }
	cd packages/engine && npm ci --no-audit --no-fund

# Builds packages/engine/dist too.
package: $(ENGINE_PACKAGES)
	cd packages/engine && npm pack

# The file is in the repository, so that `make web` needs no Python; a test compares it.
tables: setup
	$(BIN)/python packages/engine/tables.py

# Four processes, each with files of its own (up to 2 GB each): tests wait for other processes half
# of the time.
test: setup
	$(BIN)/python -m pytest tests -n 4 --dist loadfile

# All but what takes hours: fuzzing, and the tests as other processors compute them.
test-all: test test-rest

test-rest: test-clients test-slow test-web test-corpora test-cluster

# Whole chains, runs that are killed, several processes that train together, JAX and XLA.
test-slow: setup
	$(BIN)/python -m pytest tests -m slow -n 2 --dist loadfile

# Both need Node, npm and Chromium.
test-clients: setup
	$(BIN)/python -m pytest tests/js tests/npm -m clients

test-web: setup
	$(BIN)/python -m pytest tests/web -m web

# Needs Go for Prism; Java and Maven for Flink.
test-cluster: setup
	$(BIN)/python -m pytest -rs tests/cluster

test-corpora: setup
	$(BIN)/python -m pytest tests -m corpora

# TensorFlow and NumPy with other instructions and threads.
test-cpus: setup
	PYTHON=$(BIN)/python sh tests/cpus.sh

fuzz: setup
	$(BIN)/python tests/fuzz/fuzz_midi.py $(FUZZ)

fuzz-checkpoints: setup
	$(BIN)/python tests/fuzz/fuzz_checkpoints.py $(FUZZ)

fuzz-archives: setup
	$(BIN)/python tests/fuzz/fuzz_archives.py $(FUZZ)

fuzz-commands: setup
	$(BIN)/python tests/fuzz/fuzz_commands.py $(FUZZ)

fuzz-http: setup
	$(BIN)/python tests/fuzz/fuzz_http.py $(FUZZ)

# Needs atheris, which is no dependency.
fuzz-coverage: setup
	for target in archives midi tensors; do \
	  $(BIN)/python tests/fuzz/fuzz_coverage.py --target=$$target $(FUZZ) || exit 1; done

# Without BENCH, the list of them.
bench: setup
	$(BIN)/python -m benchmarks $(BENCH) \
	  $(if $(BENCH),--output="$(or $(RESULT),benchmarks/$(BENCH)/results.json)") $(ARGS)

bench-compare: setup
	$(BIN)/python -m benchmarks $(BENCH) $(if $(BENCH),--compare) $(ARGS)

bench-table: setup
	$(BIN)/python -m benchmarks.table

# The site: strict, so that a broken link or a missing page is an error.
docs: $(DOCS_STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -q
	@echo "build/site/index.html is the documentation; any static host serves the folder."

# The music and pictures of docs/gallery.md, by its own commands.
gallery: setup
	$(BIN)/python docs/hooks/gallery.py

$(DOCS_STAMP): $(STAMP)
	$(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode -c constraints.txt \
	  --overrides overrides.txt -e ".[docs]"
	@touch "$@"

lint: setup lint-docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@if command -v npm >/dev/null; then $(MAKE) lint-web; \
	  else echo "no npm: the page is not checked"; fi

PROSE := README.md BUILD.md SECURITY.md $(wildcard CHANGELOG.md CONTRIBUTING.md) docs

# Spelling, and the habits of prose that docs/hooks/prose.py lists, in comments and docstrings too.
lint-docs: setup
	$(BIN)/codespell $(PROSE) mkdocs.yml
	$(BIN)/python docs/hooks/prose.py $(PROSE) gm_vae pipelines export benchmarks tests packages

lint-web: $(WEB_PACKAGES)
	cd export/web && npm run lint

# engine/, music/ and state/ of the page, without Python and without a browser.
test-units: $(WEB_PACKAGES) $(ENGINE_PACKAGES)
	cd export/web && npm test

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# With the page, where npm is at hand.
wheel: setup
	@command -v npm >/dev/null && $(MAKE) web || echo "no npm: the wheel will lack the page"
	$(BIN)/python -m build --wheel

# One file for all Pythons, with markers where versions differ.
constraints: setup
	printf 'tensorflow-cpu\nuv\n' | $(BIN)/uv pip compile -q --universal --python-version 3.10 \
	  --no-annotate --no-header --extra dev --extra docs --overrides overrides.txt --upgrade pyproject.toml - \
	  -o constraints.new
	(echo "# Tested versions, made by 'make constraints'."; cat constraints.new) > constraints.txt
	rm constraints.new

clean:
	rm -rf "$(VENV)" .home .cluster build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache tests/*/node_modules \
	  tests/js/*/node_modules export/web/node_modules export/web/dist packages/engine/node_modules \
	  packages/engine/dist packages/engine/*.tgz
