#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The default model's adapter: goals first, as the preset has it, then rounds of mixed data, each of new situations.
# Hours on two cores; killed, it goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
source scripts/pipeline.sh
out=runs/model
mkdir -p "$out"
cat > $out/collect.yaml <<'Y'
whole: 10
mistakes: {failure: 0.1, wrong_call: 0.25, premature: 0.6, lasting: 0.4, drop: 0.1, shut: 0.1, lapse: 0.3}
Y
cat > $out/train.yaml <<'Y'
batch: 24
learning_rate: 4.0e-4
too_long: drop
save_every: 10
Y
# Neither split of the panel is learned from.
for split in dev test; do
  step agent-planner tune evaluate $out/$split.jsonl --model expert --seeds 0:200 --split $split
done
tune $out/sharegpt.manifest.json general $out/sharegpt.jsonl --source sharegpt --limit 1200 --count 2700
tune $out/generated.manifest.json general $out/generated.jsonl --source generated --count 2000
step agent-planner tune train --out $out/goals --steps 760 --seed 0
start=$out/goals/adapter
for round in 1 2 3; do
  of=$out/round$round
  tune $of-scenarios.manifest.json scenarios $of-scenarios.jsonl --count 200 --tasks 24 --seed 90$round
  tune $of-collected.manifest.json collect $of-scenarios.jsonl $of-collected.jsonl --config $out/collect.yaml \
    --seed 90$round --processes 2
  tune $of-agent.manifest.json filter $of-collected.jsonl --out $of-agent.jsonl --cap 2000
  tune $of-mixture.manifest.json mix $of-mixture.jsonl --agent $of-agent.jsonl --general $out/sharegpt.jsonl \
    --general $out/generated.jsonl --against $out/dev.jsonl --against $out/test.jsonl --eta 0.85 --samples 4080 \
    --seed $round --base default --max-tokens 4096
  step agent-planner tune train --config $out/train.yaml --out $of --data $of-mixture.jsonl --start $start --seed $round
  start=$of/adapter
done
printf '\nThe adapter: %s. Is it better? agent-planner tune evaluate %s/panel.jsonl --model default --model %s\n' \
  $start $out $start
