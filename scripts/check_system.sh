#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Look for what must come from Debian or Ubuntu; install it as root or with APT=1, else print the one line and stop.
# Usage: check_system.sh PYTHON
set -euo pipefail
python=$1

if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
  echo "agent_planner's wheels are for Linux on x86_64; this is $(uname -s) on $(uname -m)" >&2
  exit 2
fi

libraries=$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p)
has_library() { [[ $libraries == *"$1"* ]]; }
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

missing=()
need() { missing+=("$@"); }
command -v c++ >/dev/null || need build-essential
command -v cmake >/dev/null || need cmake
command -v git >/dev/null || need git
# Offscreen rendering: EGL (or OSMesa) with Mesa's software renderer.
if ! has_library libOSMesa.so; then
  has_library libEGL.so.1 || need libegl1
  has_library libEGL_mesa.so.0 || has_library libEGL_nvidia.so.0 || need libegl-mesa0 libgl1-mesa-dri
  has_library libOpenGL.so.0 || need libopengl0
fi
"$python" -c 'import ensurepip, venv' 2>/dev/null || need "python$version-venv"
"$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_paths()["include"] + "/Python.h"))' \
  || need "python$version-dev"
[ ${#missing[@]} -gt 0 ] || exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo="sudo "
line="${sudo}apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" = 0 ] || [ "${APT:-}" = 1 ]; then
  ${sudo}apt-get update -q
  echo "Installing: ${missing[*]}"
  DEBIAN_FRONTEND=noninteractive $line
else
  printf 'Packages are missing. Install them, then repeat (or let make do it: APT=1 make setup):\n  %s\n' "$line" >&2
  exit 2
fi
