#!/usr/bin/env bash
# Installs what the operating system lacks, by apt-get as root or with sudo; elsewhere it says in one line what to install.
set -euo pipefail
missing=()
need() { # command package
  command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}
# A real S3 server for tests: no distribution has one, crates.io does. Kept with the caches of this person, built once.
s3() {
  local tools=${XDG_CACHE_HOME:-$HOME/.cache}/xianfeng/tools
  [ -x "$tools/bin/s3s-fs" ] && return
  echo "installing: s3s-fs"
  CARGO_TARGET_DIR=$tools/build cargo install -q --root "$tools" --locked s3s-fs@0.14.1 --features binary ||
    echo "s3s-fs could not be built; tests on S3 will be skipped" >&2
  rm -rf "$tools/build"
}
for what in "$@"; do
  case "$what" in
    ffmpeg) need ffmpeg ffmpeg; need bwrap bubblewrap ;;
    poppler) need pdftoppm poppler-utils; [ -e /usr/share/poppler/cMap ] || missing+=(poppler-data) ;;
    node) command -v npm >/dev/null 2>&1 || missing+=(nodejs npm) ;;
    postgresql) ls -d /usr/lib/postgresql/*/bin >/dev/null 2>&1 || missing+=(postgresql) ;;
    redis) need redis-server redis-server ;;
    nginx) [ -x /usr/sbin/nginx ] || need nginx nginx ;;
    s3) s3 ;;
    chromium) need chromium chromium; [ -e /usr/share/doc/fonts-noto-cjk ] || missing+=(fonts-noto-cjk) ;;
    *) echo "tests/install.sh: $what is not known here" >&2; exit 2 ;;
  esac
done
[ ${#missing[@]} -gt 0 ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "请先安装 Please install first: ${missing[*]}" >&2; exit 1
fi
sudo=""
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo "请先安装 Please install first: apt-get install ${missing[*]}" >&2; exit 1; }
  sudo=sudo
fi
echo "installing: ${missing[*]}"
log=$(mktemp)
if ! { $sudo apt-get update && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "请先安装 Please install first: apt-get install ${missing[*]}" >&2; exit 1
fi
rm -f "$log"
