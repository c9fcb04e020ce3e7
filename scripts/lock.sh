#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Write the lock files anew from setup.cfg and lock/*.in. Versions in the present lock files stay unless UPGRADE=1.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
compile() {
  "$uv" pip compile --quiet --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' \
    ${UPGRADE:+--upgrade} "$@"
}
ours() { # for both of our Python versions
  compile --universal --python-version 3.11 "$@"
}
stock() { # of a stock ROS 2 Jazzy, whose Python is 3.12
  compile setup.cfg lock/torch-needs.in --constraint lock/stock.in --extra perception --extra tune --extra console --extra mcp \
    --python-version 3.12 --override lock/without-torch.txt --output-file "$1"
}
if [ "${1:-}" = check ]; then # whether it still can be resolved, from nothing
  made=$(mktemp)
  trap 'rm -f "$made"' EXIT
  stock "$made"
  echo "beside a stock ROS: $(grep -c == "$made") packages, $(grep -o '^numpy==[0-9.]*' "$made")"
  exit
fi
echo 'lock/environment.txt'
ours setup.cfg lock/ros.in lock/torch-needs.in --extra sim --extra tune --extra console --extra mcp --extra dev \
  --override lock/without-torch.txt --output-file lock/environment.txt
echo 'lock/torch-cuda.txt'
ours lock/torch-cuda.in --constraint lock/environment.txt --output-file lock/torch-cuda.txt
echo 'lock/model.txt'
ours --no-deps lock/model.in --output-file lock/model.txt
echo 'lock/stock.txt'
stock lock/stock.txt
