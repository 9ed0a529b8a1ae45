# The verbs of this project; `make help` lists them. CARGO_TARGET_DIR is honoured.
SHELL := /bin/bash
target := $(or $(CARGO_TARGET_DIR),target)
binary := $(target)/release/xianfeng
data   := $(or $(XIANFENG_DATA_DIR),./data)
questions := ../shared/data/search
listen := $(or $(XIANFENG_LISTEN),127.0.0.1:8080)

.PHONY: help run build test suites torture check schema bench bench-search pictures web clean-test

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: build ## build what is missing, fill ./data with the demo school, serve http://127.0.0.1:8080
	@tests/demo.sh "$(binary)" "$(data)"
	@exec "$(binary)" serve --data-dir "$(data)" --listen "$(listen)"

build: web ## build target/release/xianfeng with the web app inside
	@tests/install.sh ffmpeg poppler
	cargo build --release -p api

web: web/dist/index.html ## build the web app

web/node_modules/.ready: web/package.json web/package-lock.json
	@tests/install.sh node
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.ready web/schema.graphql $(shell find web/src web/build web/public web/index.html web/console.html web/vite.config.ts -type f 2>/dev/null)
	cd web && npm run --silent build
	@touch $@

test: ## everything that CI runs: checks, unit and use-case tests on both databases, end to end, real Chromium
	@tests/run.sh

suites: ## adversaries and honest students against the real server, in virtual time (XIANFENG_SEED plays a run again)
	cargo build -q -p api --bin xianfeng
	cargo build -q -p api --features test-clock --bin xianfeng-test-clock
	cargo test -q -p tests --test suites

torture: web ## the long runs: 1000 kills, 200 power cuts, 50 deaths of a conversion, a million steps of each property, 10 000 edits of the ledger, more students and seeds (XIANFENG_KILLS, XIANFENG_CUTS, XIANFENG_STEPS, XIANFENG_EDITS, XIANFENG_SEED)
	@tests/install.sh ffmpeg postgresql node s3
	XIANFENG_HONEST=300 XIANFENG_SEEDS=20 XIANFENG_LEASE_WAR=500 $(MAKE) -s suites
	cargo build -q -p api
	XIANFENG_STEPS=$${XIANFENG_STEPS:-1000000} XIANFENG_EDITS=$${XIANFENG_EDITS:-10000} tests/with-postgres.sh cargo test -q -p kernel -p learning -p credits -p gamification
	XIANFENG_CONVERT_KILLS=$${XIANFENG_CONVERT_KILLS:-50} cargo test -q -p media deaths::
	XIANFENG_KILLS=$${XIANFENG_KILLS:-1000} XIANFENG_CUTS=$${XIANFENG_CUTS:-200} tests/with-postgres.sh cargo test -q -p tests --test torture
	cd web && XIANFENG_UPLOAD_CUTS=$${XIANFENG_UPLOAD_CUTS:-1000} ../tests/with-s3.sh npx playwright test --project=protocol cuts

check: web ## format, lints and types
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy -p tests --test suites -- -D warnings
	cargo clippy -p api --all-targets --features test-clock -- -D warnings
	cd web && npm run --silent check

schema: web/node_modules/.ready ## write web/schema.graphql and the generated types
	cargo run -q -p api -- schema > web/schema.graphql.new && mv web/schema.graphql.new web/schema.graphql
	cd web && npm run --silent codegen

bench: web ## measure, with the bare limits beside the figures (tests/bench); PART=ledger measures one part
	@tests/install.sh ffmpeg poppler postgresql redis nginx chromium node
	cargo build --release -p api -p tests --bin xianfeng --example bench
	@XIANFENG_TEST_FSYNC=on tests/with-postgres.sh "$(target)/release/examples/bench" "$(binary)" $(PART)

bench-search: ## how good the search is on labelled questions (CORPUS=file QUERIES=file; default ../shared/data/search)
	@cargo build -q --release -p search --example quality
	@"$(target)/release/examples/quality" "$(or $(CORPUS),$(questions)/cmrc2018_corpus.jsonl)" "$(or $(QUERIES),$(questions)/cmrc2018_queries.tsv)" | tee "$(target)/bench-search.md"

pictures: web ## take the pictures of the README into web/pictures
	@tests/install.sh chromium ffmpeg
	cargo build -q -p api
	cd web && npm run --silent pictures
