# SPDX-License-Identifier: Apache-2.0
"""Checkpoints hold what is learned and no more, also of a model that is split over processes (FSDP)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model

from agent_planner.errors import ConfigError
from agent_planner.tuning.training.checkpoint import learned_weights, load_checkpoint, save_checkpoint
from tests.tuning.training.tiny import tiny_model

ROOT = Path(__file__).parents[3]


def test_frozen_weights_stay_with_the_base():
    model = get_peft_model(tiny_model("qwen3", 90), LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM"))
    assert set(learned_weights(model)) == {name for name, p in model.named_parameters() if p.requires_grad}
    whole = tiny_model("llama", 90)
    assert all(torch.equal(value, whole.state_dict()[name]) for name, value in learned_weights(whole).items())


def adapted(*targets):
    model = get_peft_model(tiny_model("llama", 90), LoraConfig(r=2, target_modules=targets, task_type="CAUSAL_LM"))
    return model, torch.optim.AdamW([p for p in model.parameters() if p.requires_grad])


@pytest.mark.parametrize(
    ("now", "fault"),
    [
        (("q_proj", "k_proj"), r"6 are missing \(base_model\.\S+k_proj\.lora_A\S+, base_model\S+\), 0 are not learned"),
        (("k_proj",), r"6 are missing \(.+\), 6 are not learned \(.+q_proj"),
    ],
)
def test_a_checkpoint_of_other_weights_is_refused(tmp_path, now, fault):
    model, optimizer = adapted("q_proj")
    file = tmp_path / "checkpoint.pt"
    save_checkpoint(file, learned_weights(model), model, optimizer, {"step": 2}, main=True)
    assert load_checkpoint(file, *adapted("q_proj")) == {"step": 2}
    with pytest.raises(ConfigError, match=fault):
        load_checkpoint(file, *adapted(*now))


def test_what_got_no_gradient_yet_is_as_new_when_a_run_goes_on(tmp_path):
    file = tmp_path / "checkpoint.pt"

    def learn(model, optimizer, *parts):
        for name, weight in model.named_parameters():
            weight.grad = torch.ones_like(weight) if weight.requires_grad and any(p in name for p in parts) else None
        optimizer.step()

    whole, again = adapted("q_proj", "k_proj"), adapted("q_proj", "k_proj")
    learn(*whole, "q_proj")
    save_checkpoint(file, learned_weights(whole[0]), *whole, {"step": 1}, main=True)
    assert load_checkpoint(file, *again) == {"step": 1}
    for run in (whole, again):
        learn(*run, "q_proj", "k_proj")
    found = [learned_weights(model) for model, _ in (whole, again)]
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


@pytest.mark.parametrize("kind", ["adapter", "full"])
def test_a_model_that_is_split_over_processes_goes_on_as_a_whole_one_does(tmp_path, kind):
    script = ROOT / "tests" / "tuning" / "training" / "sharded.py"
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run(
        [*launch, str(script), kind, str(tmp_path / "checkpoint.pt")],
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["parts"] == pytest.approx(found["whole"], rel=1e-4)
    assert found["place"] == {"step": 2}
