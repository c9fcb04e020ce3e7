#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every step of docs/tuning.md once, small: it proves the pipeline, and supports no claim. Killed, it goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
source scripts/pipeline.sh
begun=$SECONDS
out=runs/reproduce
mkdir -p "$out"
tune $out/scenarios.jsonl scenarios $out/scenarios.jsonl --count 200 --tasks 24 --seed 0
tune $out/collected.jsonl collect $out/scenarios.jsonl $out/collected.jsonl --whole 4 --processes 2
tune $out/agent.jsonl filter $out/collected.jsonl --out $out/agent.jsonl --cap 1000
tune $out/general.jsonl general $out/general.jsonl --source generated --count 1000
tune $out/mixture.jsonl mix $out/mixture.jsonl --agent $out/agent.jsonl --general $out/general.jsonl \
  --eta 0.8 --samples 640 --base default --max-tokens 4096
step agent-planner tune train --out $out/model --data $out/mixture.jsonl
step agent-planner tune evaluate $out/results.jsonl --model base --model $out/model/adapter \
  --cell held_in --cell wordings --seeds 0:5 --max-turns 20
step agent-planner tune report $out/results.jsonl --out $out/report
printf '\nThe pipeline ran through in %d minutes: %s/report/report.md. At this size its figures support no claim.\n' \
  $(((SECONDS - begun) / 60)) "$out"
