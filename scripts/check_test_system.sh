#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What tests alone take from Debian: `ign sdf` checks the worlds written for Gazebo, the console's page is tested in
# chromium. Install it as root or with APT=1, where the release has it; without it those tests are skipped.
set -euo pipefail
wanted=()
command -v ign >/dev/null && compgen -G '/usr/share/*/sdformat*.yaml' >/dev/null \
  || wanted+=(ignition-tools libsdformat-dev)
command -v chromium >/dev/null || wanted+=(chromium)
[ ${#wanted[@]} -gt 0 ] || exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
if [ -n "$sudo" ] && [ "${APT:-}" != 1 ]; then
  echo "Tests that need ${wanted[*]} are skipped; APT=1 make test installs what is to be had" >&2
  exit 0
fi
$sudo apt-get update -q || exit 0
for package in "${wanted[@]}"; do
  echo "Installing, if it is to be had: $package"
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends "$package" \
    || echo "  $package is left out: tests that need it are skipped" >&2
done
