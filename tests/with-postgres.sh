#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL cluster on a free port of 127.0.0.1; XIANFENG_TEST_POSTGRES names it. Nothing is left behind.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "PostgreSQL is missing: apt-get install postgresql" >&2; exit 1; }
folder=$(mktemp -d); port=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])')
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres "$folder"
finish() { as "$bin/pg_ctl" -D "$folder/data" -m immediate -s stop || true; rm -rf "$folder"; }
trap finish EXIT
as "$bin/initdb" -D "$folder/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 >"$folder/initdb.log"
# Durability is PostgreSQL's own affair and not what tests look at; a bench does (XIANFENG_TEST_FSYNC=on).
as "$bin/pg_ctl" -D "$folder/data" -s -w -l "$folder/log" -o "-p $port -h 127.0.0.1 -k $folder -c fsync=${XIANFENG_TEST_FSYNC:-off} -c max_connections=200" start
export XIANFENG_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port"
"$@"
