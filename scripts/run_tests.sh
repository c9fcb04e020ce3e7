#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tests: those that are named, or all, as runs side by side: tests of robots and programs mostly wait, and what only
# computes goes on in the meantime. The first run is shown as it goes, the others once they are through. Everything
# comes through here with its exit code.
set -euo pipefail
if (($#)); then
  exec python -m pytest "$@"
fi
folder=$(mktemp -d)
names=() running=()
trap 'kill "${running[@]}" 2> /dev/null || true; rm -rf "$folder"' EXIT
beside() { # name command...
  names+=("$1")
  "${@:2}" >"$folder/$1" 2>&1 &
  running+=($!)
}
programs=(tests/cli tests/console tests/docs tests/end_to_end tests/launch tests/mcp tests/packaging tests/teleop)
# A domain of its own, which no stack takes either.
beside "programs" env ROS_DOMAIN_ID=100 python -m pytest -m "not computing" "${programs[@]}"
beside "tuning" nice -n 10 python -m pytest -m computing --timeout 1200 tests/tuning
beside "what else computes" nice -n 10 python -m pytest -m computing --timeout 1200 --ignore=tests/tuning
failed=0
python -m pytest -m "not computing" "${programs[@]/#/--ignore=}" || failed=$?
for number in "${!names[@]}"; do
  echo "beside ran ${names[number]}:"
  wait "${running[number]}" || failed=$?
  cat "$folder/${names[number]}"
done
exit "$failed"
