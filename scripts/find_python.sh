#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Print the interpreter to use: the one in $PYTHON, else the first of python3, python3.12, python3.11 that fits.
supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))'
if [ -n "${PYTHON:-}" ]; then candidates=("$PYTHON"); else candidates=(python3 python3.12 python3.11); fi
for candidate in "${candidates[@]}"; do
  # Version managers put names on the path that do not run.
  if "$candidate" -I -c "$supported" 2>/dev/null; then
    command -v "$candidate"
    exit 0
  fi
done
version=$("${candidates[0]}" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || echo "not there")
echo "agent_planner needs Python 3.11 or 3.12, but ${candidates[0]} is $version: set PYTHON=/path/to/python3.12" >&2
exit 2
