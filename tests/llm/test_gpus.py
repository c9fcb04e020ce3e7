# SPDX-License-Identifier: Apache-2.0
"""GPUs are dealt out in turn, of those that somebody has not kept for others."""

import pytest
import torch

from agent_planner.llm.gpus import own_gpu, visible_gpus


@pytest.mark.parametrize(
    ("listed", "names"),
    [(None, ["0", "1", "2"]), ("2,5", ["2", "5"]), (" MIG-a , MIG-b", ["MIG-a", "MIG-b"]), ("7", ["7"]), ("", [])],
)
def test_those_that_the_environment_lists_else_all(monkeypatch, listed, names):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if listed is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", listed)
    assert visible_gpus() == names


def test_each_process_has_one_in_turn():
    assert [own_gpu(["2", "5"], place) for place in range(3)] == [
        {"CUDA_VISIBLE_DEVICES": "2"},
        {"CUDA_VISIBLE_DEVICES": "5"},
        {"CUDA_VISIBLE_DEVICES": "2"},
    ]


@pytest.mark.parametrize("gpus", [[], ["3"]])
def test_where_there_are_not_several_nothing_is_said(gpus):
    assert own_gpu(gpus, 1) == {}
