# SPDX-License-Identifier: Apache-2.0
"""The benchmark of collecting runs, and every way collects all."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("ray")

from benchmarks import collect

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "collect.py"


def test_what_was_done_before_the_clock_is_not_counted(monkeypatch):
    times = iter([100.0, 130.0])
    monkeypatch.setattr(collect.time, "monotonic", lambda: next(times))
    units = {name: type("Situation", (), {"tasks": ["task"] * 4})() for name in "abc"}
    assert collect.episodes_a_minute(lambda units: ((name, None) for name in units), units) == 2 * 4 / 0.5


@pytest.mark.live
def test_a_few_situations_in_every_way():
    command = [sys.executable, str(BENCHMARK), "--situations", "4"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    assert re.match(r"\d+ episodes about \d+ situations\n", done.stdout)
    rows = re.findall(r"^(\w.*?) +(\d+) episodes/min   (\S+)$", done.stdout, re.M)
    assert [name for name, *_ in rows] == ["one process", "two processes", "Ray, one worker", "Ray, two workers"]
    assert rows[0][2] == "1.00" and all(int(speed) > 0 for _, speed, _ in rows)
