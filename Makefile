# The front door. What a user gives is untrusted: make must never expand it (that would run $(shell …)), and the shell
# must only see it as quoted variables of the environment. The environment make hands on as it is; what stands on its
# command line it would expand first, so that each of these is taken as it was written.
$(foreach given,$(.VARIABLES),$(if $(filter command,$(origin $(given))),$(eval override export $(given) := $$(value $(given)))))
override given :=
# Vietnamese is read and written whatever the locale of the machine is, also where Python does not know it.
export PYTHONUTF8 := 1
# A user's settings for Python would replace libraries, wait at a prompt, or warn; PYTHON is ours, the others do neither.
unexport $(filter-out PYTHON PYTHONUTF8 PYTHONHASHSEED PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX,$(filter PYTHON%,$(.VARIABLES)))
# RUN names a run to the user; in recipes it is the interpreter, whatever the user says.
override export RUN_ID := $(value RUN)
override RUN := .venv/bin/python

SHELL := /bin/sh
PYTHON ?= python3
# Judging is what takes long: these judge some 300 tables, or marked workbooks again. Sites are made from nothing some 40 times.
JUDGING := tests/intake/test_thresholds.py tests/intake/test_earlier_periods.py tests/senders/test_marked_workbook.py
COUNTRY := tests/run/test_make_site.py tests/site/test_roll_up.py
QUICK := tests $(addprefix --ignore=tests/,e2e audit_e2e faults corpus browser fork cluster benchmarks dataset digitise) $(addprefix --ignore=,$(JUDGING) $(COUNTRY))
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report report-all why verify audit sign-off bundle backup validate template explain compare-methods overview dataset due reminders read understand plans plan-draft rules schema lab test coverage test-intake test-e2e test-audit test-faults test-benchmarks test-kernels test-cluster test-browser bench synthetic check fix lock release environment clean

help:  ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" read -r target text; do printf '  make %-16s %s\n' "$$target" "$$text"; done

environment:  ## bring .venv in line with requirements.lock (every other target does this first)
	@$(PYTHON) tools/environment.py

report: environment  ## report of one locality: LOCALITY=cat-hai [PERIOD=2025] [KNOWN_AT=2026-05-01] [PAGE_LANG=en] [FORCE=1]
	@$(RUN) -m pipeline report $${FORCE:+--force} --known-at="$$KNOWN_AT" --page-lang="$$PAGE_LANG" -- "$$LOCALITY" "$$PERIOD"

report-all: environment  ## reports of all localities that are out of date: [PERIOD=2025] [JOBS=2] [SCHEDULER=tcp://…] [PAGE_LANG=en] [FORCE=1]
	@$(RUN) -m pipeline report-all $${FORCE:+--force} --jobs="$$JOBS" --scheduler="$$SCHEDULER" --page-lang="$$PAGE_LANG" -- "$$PERIOD"

why: environment  ## what made a report stale: LOCALITY=cat-hai [PERIOD=2025]
	@$(RUN) -m pipeline why -- "$$LOCALITY" "$$PERIOD"

verify: environment  ## is everything as it was published: files, store, log: [LOCALITY=cat-hai] [PERIOD=2025] [HEAD=12:…] [SIGNERS=file]
	@$(RUN) -m pipeline verify --head="$$HEAD" --signers="$$SIGNERS" -- "$$LOCALITY" "$$PERIOD"

audit: environment  ## make a recorded run again in an empty place, compare every byte: LOCALITY=cat-hai [PERIOD=2025] [KNOWN_AT=2026-05-01] [RUN=7a5fcce8]; or BUNDLE=file
	@$(RUN) -m pipeline audit --known-at="$$KNOWN_AT" --run="$$RUN_ID" --bundle="$$BUNDLE" -- "$$LOCALITY" "$$PERIOD"

bundle: environment  ## one file with all that an auditor needs: LOCALITY=cat-hai [PERIOD=2025] [KNOWN_AT=2026-05-01] [RUN=7a5fcce8] [TO=folder]
	@$(RUN) -m pipeline bundle --known-at="$$KNOWN_AT" --run="$$RUN_ID" --to="$$TO" -- "$$LOCALITY" "$$PERIOD"

backup: environment  ## one .tar of reports, store, log and raw data: TO=/media/usb
	@$(RUN) -m pipeline backup --to="$$TO"

sign-off: environment  ## record that a report is sent, returned, accepted level by level, issued: LOCALITY=cat-hai [PERIOD=2025] [KNOWN_AT=2026-05-01] STATE=sent BY="UBND đặc khu Cát Hải" [REASON="…"]
	@$(RUN) -m pipeline sign-off --known-at="$$KNOWN_AT" --state="$$STATE" --by="$$BY" --reason="$$REASON" -- "$$LOCALITY" "$$PERIOD"

template: environment  ## form to fill in, as .xlsx: LOCALITY=cat-hai PERIOD=2026-Q1 [AGENCY=phong-kinh-te]
	@$(RUN) -m pipeline template --agency="$$AGENCY" -- "$$LOCALITY" "$$PERIOD"

validate: environment  ## only check what was sent, and answer the senders: LOCALITY=cat-hai [PERIOD=2026-Q1]
	@$(RUN) -m pipeline validate -- "$$LOCALITY" "$$PERIOD"

explain: environment  ## one figure from cell to rate: LOCALITY=binh-giang INDICATOR=binh-giang-2026/II/14 [PERIOD=2025] [KNOWN_AT=…]
	@$(RUN) -m pipeline explain --known-at="$$KNOWN_AT" -- "$$LOCALITY" "$$PERIOD" "$$INDICATOR"

compare-methods: environment  ## what flips under other methods: LOCALITY=cat-hai [PERIOD=2026] [METHODS=linear,open-sdg,destatis,sdsn]
	@$(RUN) -m pipeline compare-methods --methods="$$METHODS" -- "$$LOCALITY" "$$PERIOD"

overview: environment  ## the site of all localities, reports/index.html: [PERIOD=2025] [PAGE_LANG=en] [AS_OF=2026-05-01] [FORCE=1]
	@$(RUN) -m pipeline overview $${FORCE:+--force} --page-lang="$$PAGE_LANG" --as-of="$$AS_OF" -- "$$PERIOD"

dataset: environment  ## the rows of all published reports as Parquet and CSV, reports/data/: [FORCE=1]
	@$(RUN) -m pipeline dataset $${FORCE:+--force}

due: environment  ## who owes which report by when: [PERIOD=2026-Q1] [LOCALITY=cat-hai] [AS_OF=2026-05-01]
	@$(RUN) -m pipeline due --as-of="$$AS_OF" -- "$$LOCALITY" "$$PERIOD"

reminders: environment  ## messages to paste, to who lacks what, with the form: [PERIOD=2026-Q1] [LOCALITY=cat-hai] [AS_OF=2026-05-01]
	@$(RUN) -m pipeline reminders --as-of="$$AS_OF" -- "$$LOCALITY" "$$PERIOD"

read: environment  ## show how one file is read, as JSON: FILE=so-lieu.xlsx
	@$(RUN) -m pipeline read -- "$$FILE"

understand: environment  ## how wordings are read, one JSON a line: WHAT=target|deadline|result [FILE=cau-chu.txt]
	@$(RUN) -m pipeline understand -- "$$WHAT" "$$FILE"

plan-draft: environment  ## draft of a plan from a document, to be reviewed: FILE=ke-hoach.docx LOCALITY=an-bien [FORCE=1]
	@$(RUN) -m pipeline plan-draft $${FORCE:+--force} --locality="$$LOCALITY" -- "$$FILE"

rules: environment  ## write docs/rules.md, the table of rules, from expectations/
	@$(RUN) -m pipeline rules

plans: environment  ## check the plan registry and write data/processed/plans/*.csv
	@$(RUN) -m pipeline plans

schema: environment  ## write the JSON Schemas of the plan files to docs/schema
	@$(RUN) -m pipeline schema

lab: environment  ## open JupyterLab on the notebooks; nothing is asked of any network
	@JUPYTER_CONFIG_PATH=tools/jupyter $(RUN) -m jupyterlab --notebook-dir=notebooks

test: environment  ## the quick tests (three minutes)
	@$(RUN) -m pytest -n auto --dist worksteal $(QUICK)

coverage: environment  ## branches of pipeline/ that the quick tests take (five minutes)
	@$(RUN) -m coverage run -m pytest -q $(QUICK)
	@$(RUN) -m coverage combine --quiet
	@$(RUN) -m coverage report

test-intake: environment  ## intake on 710 made files, 500 cases of each property, thresholds, marked copies, planted faults; drafts of plans (3 minutes)
	@$(RUN) -m pytest tests/corpus tests/digitise $(JUDGING)

test-e2e: environment  ## end-to-end tests: real make, real kernels
	@$(RUN) -m pytest tests/e2e

test-audit: environment  ## reports prove themselves: verify, audit, altered files, older code, the recorded environment, sign-off, bundles, backups (5 minutes)
	@$(RUN) -m pytest tests/audit_e2e

test-faults: environment  ## faults on purpose, counted in docs/reliability.md (8 minutes; ALL=1: every case, an hour) [DATE=2026-05-01]
	@TMPDIR="$${TMPDIR:-/tmp}" $(RUN) -m pytest tests/faults $${ALL:+--all-faults} --date="$$DATE"

bench: environment  ## one table of what a report costs, beside stock papermill; benchmarks/RESULTS.md (18 minutes)
	@$(RUN) -m benchmarks.bench

synthetic: environment  ## write a made-up country, labelled so, for size and time: TO=../mo-phong [LOCALITIES=20]
	@$(RUN) -m benchmarks.synthetic --localities="$$LOCALITIES" -- "$$TO"

test-benchmarks: environment  ## the synthetic country, its data set and site, and the measuring of it (three minutes)
	@$(RUN) -m pytest tests/benchmarks tests/dataset $(COUNTRY)

test-kernels: environment  ## forked kernels: isolation, limits, signals, nothing left behind (one minute)
	@$(RUN) -m pytest tests/fork

test-cluster: environment  ## many machines: real Dask scheduler and workers, killed, stopped, of other code (three minutes)
	@$(RUN) -m pytest tests/cluster

test-browser: environment  ## pages in Chromium: accessibility, no request, figures, payloads; Nu validator (five minutes)
	@cd tests/browser && { sha256sum package-lock.json | cmp -s - node_modules/.lock-hash \
	  || { npm ci --silent && sha256sum package-lock.json > node_modules/.lock-hash; }; }
	@$(RUN) -m pytest tests/browser

check: environment  ## lint, types, import directions, stripped notebooks, documents that agree with the code; changes nothing
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check --diff .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/nbstripout --verify notebooks/*.ipynb
	@$(RUN) -m pytest -q tests/intake/test_handbook.py tests/test_documents.py

fix: environment  ## mend what ruff and nbstripout can mend
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .
	@.venv/bin/nbstripout notebooks/*.ipynb

lock: environment  ## resolve pyproject.toml again into requirements.lock, with every hash
	@.venv/bin/uv pip compile pyproject.toml --extra dev --extra cluster --universal --python-version 3.11 --upgrade \
	  --generate-hashes --no-emit-index-url --quiet --custom-compile-command "make lock" --output-file requirements.lock

release: environment  ## check all that a tag says, then tag: VERSION=0.1.0
	@$(RUN) tools/release.py "$$VERSION"
	@$(MAKE) --no-print-directory check test
	@git tag --annotate "v$$VERSION" --message "Phiên bản $$VERSION"

clean:  ## delete what can be made again: data/processed (reports and raw data stay)
	@rm -rf data/processed
