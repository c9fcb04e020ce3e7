# SPDX-License-Identifier: Apache-2.0
"""The benchmark of the first call: what goes into which part, and that it runs."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

pytest.importorskip("rclpy")
pytest.importorskip("agent_planner_interfaces")

from benchmarks import first_call

pytestmark = pytest.mark.ros
SCRIPT = ["goal: in(red cube, blue bin)", 'in(red cube, blue bin)\nnavigate_to(target="red cube")']


def events(*kinds_and_times):
    return [{"kind": kind, "time": datetime.fromtimestamp(time, UTC).isoformat()} for kind, time in kinds_and_times]


def test_the_time_is_split_by_what_began_it():
    log = events(("THINKING", 101.0), ("GOAL", 103.0), ("THINKING", 103.5), ("CHECKING", 107.5), ("EXECUTING", 107.75))
    log += events(("RESULT", 120.0), ("ENDED", 121.0))
    assert first_call.split(log, 100.0, 108.0) == {"prompt": 1.5, "model": 6.0, "check": 0.25, "dispatch": 0.25}


def test_a_refused_call_is_part_of_the_way():
    log = events(("THINKING", 1.0), ("GOAL", 2.0), ("THINKING", 2.0), ("CHECKING", 3.0), ("REFUSED", 3.5))
    log += events(("THINKING", 4.0), ("CHECKING", 6.0), ("EXECUTING", 6.0))
    assert first_call.split(log, 0.0, 7.0) == {"prompt": 1.5, "model": 4.0, "check": 0.5, "dispatch": 1.0}


def test_shares_are_of_the_whole():
    rows = [
        {"prompt": 0.0, "model": 1.0, "check": 0.0, "dispatch": 1.0},
        {"prompt": 1.0, "model": 1.0, "check": 0.0, "dispatch": 4.0},
    ]
    found = first_call.figures(rows, "default")
    assert found["shares"] == {"prompt": 0.125, "model": 0.25, "check": 0.0, "dispatch": 0.625}
    assert (found["runs"], found["median_s"], found["fastest_s"], found["slowest_s"]) == (2, 4.0, 2.0, 6.0)


def run(*arguments):
    command = [sys.executable, first_call.__file__, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_it_runs_and_prints_one_object(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT))
    done = run("--runs", "2", "--model", f"scripted:{script}", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["runs"] == 2
    assert sum(found["shares"].values()) == pytest.approx(1.0, abs=0.01)
    assert all(0.0 <= share <= 1.0 for share in found["shares"].values())
    assert "Traceback" not in done.stderr


def test_a_model_that_is_not_there_is_told():
    done = run("--model", "/nowhere")
    assert done.returncode == 2
    assert "there is no folder '/nowhere'" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
