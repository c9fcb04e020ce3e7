# SPDX-License-Identifier: Apache-2.0
"""The benchmark of training runs, and all its ways learn the same."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "training.py"
pytestmark = pytest.mark.model  # its tokenizer is the default model's


def test_a_step_in_every_way_has_the_same_loss():
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), "--layers", "1"], capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    rows = re.findall(r"^(\w.*?) +(\d+) tokens/s   ratio +(\S+) +(\d+) places   loss (\S+)$", done.stdout, re.M)
    ways = [name for name, *_ in rows]
    assert ways == ["padded", "padded, few scores", "of like length", "one behind another", "trees"]
    ratios, losses = [float(row[2]) for row in rows], [float(row[4]) for row in rows]
    assert ratios[0] == 1.0 and min(ratios) > 0
    assert losses == pytest.approx([losses[0]] * len(ways), rel=0.01)
    places = dict(zip(ways, (int(row[3]) for row in rows), strict=True))
    assert places["trees"] < places["one behind another"] <= places["of like length"] <= places["padded"]
