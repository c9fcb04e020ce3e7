# SPDX-License-Identifier: Apache-2.0
"""`agent-planner eval --backend gazebo`: what is told where Gazebo is not installed, and the real thing where it is."""

import json
import os

import pytest

pytest.importorskip("rclpy")
pytest.importorskip("mujoco")

from agent_planner.cli import evaluate_physical
from agent_planner_sim.gazebo import installed
from tests.cli.test_main import call
from tests.end_to_end.processes import RUN_SECONDS, finished

pytestmark = [pytest.mark.ros, pytest.mark.sim]
LACKING = installed.missing()


@pytest.fixture
def model(tmp_path):
    """One that takes every instruction for a greeting, so that nothing moves."""
    path = tmp_path / "script.json"
    path.write_text(json.dumps(["goal: none\nHello."]))
    return f"scripted:{path}"


@pytest.mark.parametrize("words", [("eval", "--backend", "gazebo"), ("run", "--robot", "mobile_manipulator_gazebo")])
def test_without_gazebo_nothing_is_started(monkeypatch, capsys, tmp_path, model, words):
    monkeypatch.setattr(installed, "missing", lambda: ["the command gz on the PATH"])
    code, out, err = call(monkeypatch, capsys, *words, "--model", model, "--runs", str(tmp_path / "runs"))
    assert (code, out) == (1, "")
    (line,) = err.splitlines()
    assert line.startswith("agent-planner: Gazebo cannot be started, not found: the command gz on the PATH")
    assert "sudo apt install ros-jazzy-ros-gz" in line
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scene-source", "camera"), "'mobile_manipulator_gazebo' has no profile for camera"),
        (("--robot", "mobile"), "mobile: there is no such robot; did you mean"),
        (("--backend", "mujoco", "--robot", "mobile_manipulator_gazebo"), "has no profile for mujoco"),
        (("--suite", "renamed"), "the simulator has no suite 'renamed'"),
    ],
)
def test_what_does_not_fit_is_told(monkeypatch, capsys, tmp_path, model, words, said):
    given = ("--backend", "gazebo", "--model", model, "--runs", str(tmp_path / "runs"), *words)
    code, _, err = call(monkeypatch, capsys, "eval", *given)
    assert code == 2
    assert said in err.splitlines()[-1]
    assert not (tmp_path / "runs").exists()


@pytest.mark.timeout(RUN_SECONDS)
@pytest.mark.skipif(bool(LACKING), reason=f"Gazebo is not installed: {'; '.join(LACKING)}")
def test_a_seed_in_gazebo_gives_the_figures_of_any_backend(tmp_path, state, model):
    words = ("--backend", "gazebo", "--suite", "smoke", "--seeds", "0:1", "--model", model, "--json")
    (line,) = finished(tmp_path, dict(os.environ), "eval", *words).stdout.splitlines()
    figures = json.loads(line)
    assert (figures["suite"], figures["backend"], figures["n"]) == ("smoke", "gazebo", 1)
    assert (figures["outcomes"], figures["errors"]) == ({"answered": 1}, {"misread_goal": 1})
    (record,) = tmp_path.glob("runs/*/*/episode.json")
    assert json.loads(record.read_text())["backend"] == "gazebo"
    assert {path.name for path in tmp_path.glob("runs/*/gazebo/*")} == {"world.sdf", "bridge.yaml"}


def test_the_figures_say_which_robot_they_are_of(monkeypatch, capsys):
    monkeypatch.setattr(evaluate_physical, "run", lambda *_: ([], 1.0, "default"))
    code, out, _ = call(monkeypatch, capsys, "eval", "--backend", "mujoco", "--robot", "fixed_arm", "--json")
    figures = json.loads(out)
    assert (code, figures["robot"], figures["scene_source"]) == (0, "fixed_arm", "truth")
