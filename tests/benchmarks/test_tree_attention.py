# SPDX-License-Identifier: Apache-2.0
"""The benchmark of attention over trees: both ways compute the same, and it prints a row for each pass."""

import re
import sys

from benchmarks import tree_attention  # isort: skip, it sets the threads before torch is imported
import torch


def test_both_ways_compute_the_same():
    torch.manual_seed(0)
    heads = tree_attention.HEADS, tree_attention.KEY_HEADS, tree_attention.KEY_HEADS
    inputs = [torch.randn(1, n, sum(tree_attention.LENGTHS), tree_attention.WIDTH) for n in heads]
    assert torch.allclose(tree_attention.written_out(*inputs), tree_attention.fused(*inputs), atol=1e-5)


def test_it_runs_and_prints_ratios_within_the_run(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tree_attention.py", "--rounds", "1"])
    tree_attention.main()
    rows = re.findall(r"^(\w+) +written out +(\S+) ms   fused +(\S+) ms   ratio (\S+)$", capsys.readouterr().out, re.M)
    assert [name for name, *_ in rows] == ["forward", "backward"]
    assert all(float(figure) > 0 for _, *figures in rows for figure in figures)
