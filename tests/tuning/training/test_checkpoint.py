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

from agent_planner.tuning.training.checkpoint import learned_weights
from tests.tuning.training.tiny import tiny_model

ROOT = Path(__file__).parents[3]


def test_frozen_weights_stay_with_the_base():
    model = get_peft_model(tiny_model("qwen3", 90), LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM"))
    assert set(learned_weights(model)) == {name for name, p in model.named_parameters() if p.requires_grad}
    whole = tiny_model("llama", 90)
    assert all(torch.equal(value, whole.state_dict()[name]) for name, value in learned_weights(whole).items())


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
