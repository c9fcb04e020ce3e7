# SPDX-License-Identifier: Apache-2.0
"""`tune collect-physical` and `tune evaluate-physical`, with episodes that need no robot."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("rclpy")

from agent_planner.agent.result import EpisodeResult
from agent_planner.cli import taught
from agent_planner.cli.evaluate_physical import Tried, facts, judged
from agent_planner.cli.main import app
from agent_planner.cli.options import Simulator
from agent_planner.errors import ConfigError, InfrastructureError, UserError
from agent_planner.llm.base import Message
from agent_planner.recording.episode import EpisodeRecorder, add_facts
from agent_planner.tuning.panel.results import EpisodeLine, read_results
from agent_planner.tuning.scenarios.suites import scenario_of
from agent_planner.types import Outcome

pytestmark = pytest.mark.ros


@pytest.fixture
def robot(monkeypatch, tmp_path):
    """Every episode states the right goal and does nothing; the robot breaks down before a seed in ``broken``.

    Each scene has tasks of its own.
    """
    asked, broken = [], set()

    def episodes(terminal, robot, model, runs, suite, split, seeds):
        for seed in seeds:
            if seed in broken:
                raise KeyboardInterrupt
            asked.append(seed)
            task = scenario_of("smoke", "dev", seed + {"table_top": 100, "apartment": 200}.get(robot.scene, 0))
            said = [
                Message("system", "rules"),
                Message("user", task.instruction),
                Message("assistant", f"goal: {task.goal}"),
            ]
            result = EpisodeResult(Outcome.FAILED, "LOOP", "no", task.goal)
            recorder = EpisodeRecorder(tmp_path / "runs" / str(seed), f"episode{seed}")
            recorder.open({})
            recorder.finish(task.instruction, said, [], result, task.world)
            tried = Tried(seed, judged(task, result, task.world), recorder.folder / "episode.json", 1.0)
            add_facts(tried.record, facts(tried, split, Simulator.MUJOCO))
            yield tried

    monkeypatch.setattr(taught, "taught_episodes", episodes)
    return asked, broken


def run(*words):
    return CliRunner().invoke(app, ["tune", *map(str, words)], catch_exceptions=False)


def lines(path: Path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_was_broken_off_goes_on_after_the_last_finished_episode(robot, tmp_path):
    asked, broken = robot
    out = tmp_path / "out.jsonl"
    words = ("collect-physical", out, "--suite", "smoke", "--seeds", "3:6")
    broken.add(5)
    run(*words)
    assert asked == [3, 4] and not out.exists()
    broken.clear()
    assert run(*words).exit_code == 0
    assert asked == [3, 4, 5]
    records = lines(out)
    assert [r["id"] for r in records] == [f"dev/smoke/{seed}" for seed in (3, 4, 5)]
    assert {(r["teacher"], r["reward"], r["backend"], r["split"], r["source"]) for r in records} == {
        ("expert", 0.0, "mujoco", "train", "agent")
    }
    assert records[0]["goal"] == f"goal: {scenario_of('smoke', 'dev', 3).goal}"
    assert "scene" not in records[0] and records[0]["episode"] == "episode3"
    assert json.loads((tmp_path / "out.manifest.json").read_text())["counts"] == {"records": 3}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--suite", "smok"), "did you mean 'smoke'"),
        (("--teacher", "nobody"), "there is no model 'nobody'"),
        (("--robot", "nobody"), "nobody: there is no such robot"),
    ],
)
def test_a_wrong_word_begins_nothing(robot, tmp_path, option, message):
    with pytest.raises(UserError, match=message):
        run("collect-physical", tmp_path / "out.jsonl", *option)
    assert not list(tmp_path.glob("out*"))


def test_an_episode_without_a_record_is_tried_again(robot, tmp_path, monkeypatch):
    asked, _ = robot
    whole = taught.taught_episodes

    def torn(*words):
        for tried in whole(*words):
            yield replace(tried, record=None) if tried.seed == 4 else tried

    words = ("collect-physical", tmp_path / "out.jsonl", "--suite", "smoke", "--seeds", "3:6")
    with monkeypatch.context() as patch:
        patch.setattr(taught, "taught_episodes", torn)
        with pytest.raises(InfrastructureError, match="of seeds 4 left no record"):
            run(*words)
    assert run(*words).exit_code == 0
    assert asked == [3, 4, 5, 4]
    assert [r["id"] for r in lines(tmp_path / "out.jsonl")] == [f"dev/smoke/{seed}" for seed in (3, 4, 5)]


def test_cells_in_the_simulator_are_lines_of_the_panel_and_are_run_once(robot, tmp_path):
    asked, _ = robot
    out = tmp_path / "results.jsonl"
    words = ("evaluate-physical", out, "--model", "default", "--suite", "failures", "--seeds")
    run(*words, "0:2")
    run(*words, "0:3")
    assert asked == [0, 1, 2]
    found = [line for line in read_results([out]) if isinstance(line, EpisodeLine)]
    assert [(line.cell, line.split, line.seed, line.success, line.category) for line in found] == [
        ("mujoco_failures (mobile_manipulator, tidy)", "dev", seed, False, "loop") for seed in (0, 1, 2)
    ]
    assert {(line.model, line.level, line.look_ahead) for line in found} == {("default", "grammar", False)}
    run(*words, "0:1", "--backend", "gazebo")
    assert asked == [0, 1, 2, 0]  # another cell
    *_, command, last = lines(out)
    assert last["cell"] == "gazebo_failures (mobile_manipulator_gazebo, tidy)"
    told = "--backend gazebo --robot mobile_manipulator_gazebo --scene tidy --rtf 4.0"
    assert command["command"].endswith(told)


def test_each_robot_and_scene_is_a_cell_of_its_own(robot, tmp_path):
    asked, _ = robot
    out = tmp_path / "results.jsonl"
    words = ("evaluate-physical", out, "--model", "expert", "--seeds", "0:1")
    others = ((), ("--robot", "fixed_arm"), ("--scene", "apartment"), ("--scene", "tidy", "--rtf", "1"))
    for more in others:
        run(*words, *more)
    assert asked == [0, 0, 0]  # the last has named what the first took by itself
    cells = [line.cell for line in read_results([out]) if isinstance(line, EpisodeLine)]
    wheres = ("mobile_manipulator, tidy", "fixed_arm, table_top", "mobile_manipulator, apartment")
    assert cells == [f"mujoco_held_in ({where})" for where in wheres]
    run("report", out, "--out", tmp_path / "report")
    page = (tmp_path / "report" / "report.md").read_text()
    assert all(page.count(f"| {cell} |") for cell in cells)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--suite", "smok"), "did you mean 'smoke'"),
        (("--model", "nobody"), "there is no model 'nobody'"),
        (("--robot", "nobody"), "nobody: there is no such robot"),
        (("--scene", "kitchen_x"), "there is no scene 'kitchen_x'"),
    ],
)
def test_a_wrong_word_is_told_whatever_is_done(robot, tmp_path, option, message):
    out = tmp_path / "results.jsonl"
    words = ("evaluate-physical", out, "--model", "expert", "--seeds", "0:1")
    run(*words)
    before = out.read_bytes()
    with pytest.raises(UserError, match=message):
        run(*words, *option)
    assert out.read_bytes() == before


def test_a_file_of_other_tasks_or_turns_is_left_alone(robot, tmp_path):
    asked, _ = robot
    out = tmp_path / "results.jsonl"
    words = ("evaluate-physical", out, "--seeds", "0:1", "--model")
    run(*words, "expert")
    whole = out.read_text()
    out.write_text(whole.replace('"max_turns": 40', '"max_turns": 20'))
    with pytest.raises(ConfigError, match=r"\(dev\) may take 20 turns, those of this command 40"):
        run(*words, "default")
    assert asked == [0]
    out.write_text(whole.replace(scenario_of("smoke", "dev", 0).instruction, "sing a song"))
    with pytest.raises(ConfigError, match="is 'sing a song' .* with this version of the panel; choose another file"):
        run(*words, "default")
    assert len(read_results([out])) == 2
