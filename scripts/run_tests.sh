#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tests: those that are named, or all, as two runs side by side. Tests of robots mostly wait; what only computes
# goes on in the meantime, and is shown once they are through. Everything comes through here with its exit code.
set -euo pipefail
if (($#)); then
  exec python -m pytest "$@"
fi
folder=$(mktemp -d)
nice -n 10 python -m pytest -m computing --timeout 1200 > "$folder/log" 2>&1 &
computing=$!
trap 'kill "$computing" 2> /dev/null || true; rm -rf "$folder"' EXIT
failed=0
python -m pytest -m "not computing" || failed=$?
echo "what computes was running beside, and ends:"
wait "$computing" || failed=$?
cat "$folder/log"
exit "$failed"
