# SPDX-License-Identifier: Apache-2.0
"""The benchmark of perception runs, and a scene's figures are within what the docs promise."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mujoco")

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "perception.py"
pytestmark = pytest.mark.sim


def test_a_few_scenes_give_figures_and_pictures(tmp_path):
    arguments = (
        "--first",
        "0",
        "--scenes",
        "2",
        "--overlays",
        str(tmp_path / "seen"),
        "--out",
        str(tmp_path / "f.json"),
    )
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), *arguments], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "f.json").read_text())
    assert found["objects at least half visible"] >= 4
    assert found["recall"] == 1.0
    assert found["error p95 cm"] <= 3.0
    assert found["pictures without phantoms"] == 1.0
    assert found["of these named right within 3 cm"] == 1.0
    assert list((tmp_path / "seen").glob("*.png"))
