#!/usr/bin/env bash
# `make test`: every part in turn, with its seconds; the first that fails ends it.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=()
part() { # name command…
  local name=$1 began=$SECONDS; shift
  echo "── $name"
  "$@"
  seconds+=("$(printf '%6d s  %s' $((SECONDS - began)) "$name")")
}
report() { echo; printf '%s\n' "${seconds[@]}"; echo "$((SECONDS)) s in all"; }
school=$(mktemp -d)
trap 'report; rm -rf "$school"' EXIT

schema_is_current() {
  cargo run -q -p api -- schema | diff -u web/schema.graphql - || { echo "web/schema.graphql is not current: make schema"; return 1; }
  (cd web && npm run --silent codegen && git diff --exit-code --stat -- src/shared/gql) || { echo "the generated types are not current: make schema"; return 1; }
}
lints() {
  cargo clippy -q --workspace --all-targets -- -D warnings
  cargo clippy -q -p tests --test suites -- -D warnings
  cargo clippy -q -p api --all-targets --features test-clock -- -D warnings
}
web_tests() { (cd web && npm test --silent && npm run --silent size); }
browser() { (cd web && ../tests/with-s3.sh npm run --silent e2e); }

# Made once and copied by whoever wants a school of its own.
demo_school() {
  "${CARGO_TARGET_DIR:-target}/debug/xianfeng" seed --demo --students 40 --logins 10 --date 2026-11-20 --data-dir "$school/demo" >/dev/null
  export XIANFENG_SCHOOL="$school/demo"
}

part "install what the tests need" tests/install.sh ffmpeg poppler node postgresql redis chromium s3
part "web app" make -s web
part "format" cargo fmt --all --check
part "lints" lints
part "web checks" bash -c 'cd web && npm run --silent check'
part "program" cargo build -q -p api
part "schema" schema_is_current
part "web tests" web_tests
part "demo school" demo_school
part "tests on SQLite, PostgreSQL and S3" tests/with-postgres.sh tests/with-s3.sh cargo test -q --workspace -- --skip kills:: --skip cuts::
part "kills and power cuts" tests/with-postgres.sh cargo test -q -p tests --test torture
part "adversaries and honest students" make -s suites
part "journeys in Chromium" browser
