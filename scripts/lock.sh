#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Write the lock files anew from setup.cfg and lock/*.in. Versions in the present lock files stay unless UPGRADE=1.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
compile() {
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --custom-compile-command 'make lock' ${UPGRADE:+--upgrade} "$@"
}
echo 'lock/environment.txt'
compile setup.cfg lock/ros.in lock/torch-needs.in --extra sim --extra tune --extra console --extra dev \
  --override lock/without-torch.txt --output-file lock/environment.txt
echo 'lock/torch-cuda.txt'
compile lock/torch-cuda.in --constraint lock/environment.txt --output-file lock/torch-cuda.txt
echo 'lock/model.txt'
compile --no-deps lock/model.in --output-file lock/model.txt
