# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the stop runs, and its figures are of this kind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("rclpy")

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "stop.py"
pytestmark = [pytest.mark.ros, pytest.mark.model]  # one of its machines runs the default model


def test_a_few_stops_and_races_give_figures_in_order():
    arguments = ("--stops", "2", "--races", "2", "--json")
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), *arguments], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    for parts in found["stops"].values():
        asked, accepted, terminal = (parts[name]["p50"] for name in ("asked", "accepted", "terminal"))
        assert 0 < asked <= accepted <= terminal
    assert set(found["orphans"]["ours"].values()) == {0}
    assert found["orphans"]["ours"].keys() == found["orphans"]["usual"].keys()
