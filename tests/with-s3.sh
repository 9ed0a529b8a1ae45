#!/usr/bin/env bash
# Runs a command beside a throw-away S3 server (s3s-fs, which keeps buckets as folders and checks signatures) on a free port of 127.0.0.1;
# XIANFENG_TEST_S3 names it, its one bucket is `xianfeng`. Where the server is not installed, the command runs without it, and that is said.
set -euo pipefail
server=${XIANFENG_S3_SERVER:-${XDG_CACHE_HOME:-$HOME/.cache}/xianfeng/tools/bin/s3s-fs}
if [ ! -x "$server" ]; then
  echo "tests/with-s3.sh: s3s-fs is not installed (tests/install.sh s3); going on without an S3 server" >&2
  exec "$@"
fi
folder=$(mktemp -d); port=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
mkdir "$folder/xianfeng"
"$server" --host 127.0.0.1 --port "$port" --access-key test-key --secret-key test-secret "$folder" >"$folder.log" 2>&1 &
pid=$!
finish() { kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$folder" "$folder.log"; }
trap finish EXIT
for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.05; done
export XIANFENG_TEST_S3="http://127.0.0.1:$port" XIANFENG_TEST_S3_FOLDER="$folder"
"$@"
