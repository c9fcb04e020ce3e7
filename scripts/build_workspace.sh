#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Build ros_ws with colcon in the wheels environment.
set -euo pipefail
cd "$(dirname "$0")/../ros_ws"
set +u
. ../scripts/env.sh
set -u
missing=()
for package in wheels_only/*/; do
  [ -d "$VIRTUAL_ENV/share/$(basename "$package")" ] || missing+=("$package")
done
exec python -m colcon --log-level error build --symlink-install --base-paths src "${missing[@]}" \
  --event-handlers console_direct- console_cohesion- console_start_end+ \
  --cmake-args -DBUILD_TESTING=OFF -DPython3_EXECUTABLE="$VIRTUAL_ENV/bin/python" -Wno-dev "$@"
