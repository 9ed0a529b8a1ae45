#!/usr/bin/env bash
# Fills a data folder with the demo school where there is none yet. It is made beside and moved, so that a cut leaves nothing half filled.
set -euo pipefail
binary=$1; data=$2; shift 2
if [ -e "$data" ]; then
  echo "使用已有数据 Using the data in $data"
  [ ! -e "$data/demo" ] || echo "演示账号 demo accounts: student (/), lecturer, admin, secretary, auditor (/console/) · demo-xianfeng"
else
  echo "正在准备示例学校，约需一分钟。Preparing the demo school; this takes about a minute."
  rm -rf "$data.new"
  XIANFENG_LOG=${XIANFENG_LOG:-warn} "$binary" seed --demo --data-dir "$data.new" "$@"
  touch "$data.new/demo" && mv "$data.new" "$data"
fi
