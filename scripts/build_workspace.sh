#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Build ros_ws with colcon in the wheels environment. Further arguments go to CMake.
set -euo pipefail
cd "$(dirname "$0")/../ros_ws"
. ../scripts/env.sh

# CMake's caches hold absolute paths: what was built in another place, or with another Python, is of no use here.
place="$PWD $(python -c 'import sys; print(sys.version)')"
if [ "$(cat build/.place 2>/dev/null)" != "$place" ]; then
  rm -rf build install log
  mkdir build
  echo "$place" >build/.place
  . ../scripts/env.sh
fi

missing=()
for package in wheels_only/*/; do
  [ -d "$VIRTUAL_ENV/share/$(basename "$package")" ] || missing+=("$package")
done

# Generating and compiling the interfaces takes a minute or two, so that each tenth is told.
progress() {
  awk '/^(Starting|Finished|Summary)/ { print; fflush(); next }
       match($0, /^\[ *[0-9]+%\]/) {
         tenth = int(substr($0, 2, 3) / 10)
         if (tenth > last) { last = tenth; printf "  compiling: %d %%\n", tenth * 10; fflush() }
       }'
}
python -m colcon --log-level error build --symlink-install --base-paths src "${missing[@]}" \
  --event-handlers console_direct+ console_cohesion- console_start_end+ status- \
  --cmake-args -DBUILD_TESTING=OFF -DPython3_EXECUTABLE="$VIRTUAL_ENV/bin/python" -Wno-dev "$@" | progress
