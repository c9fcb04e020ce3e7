# SPDX-License-Identifier: Apache-2.0
# What scripts of several `agent-planner tune` commands share: each step is told, and what is there is not made again.
step() {
  printf '\n== %s\n' "$*"
  "$@"
}
tune() { # the file or folder that the step makes last, the step
  local out=$1
  shift
  if [ -s "$out" ]; then echo "there already: $out"; else step agent-planner tune "$@"; fi
}
