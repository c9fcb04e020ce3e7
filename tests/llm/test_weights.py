# SPDX-License-Identifier: Apache-2.0
"""The number format that a processor computes in."""

import time

import pytest
import torch

from agent_planner.llm import weights


@pytest.fixture(autouse=True)
def measured_anew():
    weights._bf16_is_faster.cache_clear()
    yield
    weights._bf16_is_faster.cache_clear()


@pytest.mark.parametrize("slow", [torch.float32, torch.bfloat16])
def test_the_faster_format_is_taken_where_bf16_is_multiplied_in_hardware(monkeypatch, slow):
    def linear(left, right):
        time.sleep(0.002 if left.dtype is slow else 0)

    monkeypatch.setattr(weights, "_processor_flags", lambda: {"avx2", "avx512_bf16"})
    monkeypatch.setattr(torch.nn.functional, "linear", linear)
    assert weights.number_format("cpu") is ({torch.float32, torch.bfloat16} - {slow}).pop()


def test_without_such_hardware_nothing_is_timed(monkeypatch):
    monkeypatch.setattr(weights, "_processor_flags", lambda: {"avx2", "avx512f"})
    monkeypatch.setattr(torch.nn.functional, "linear", None)
    assert weights.number_format("cpu") is torch.float32
