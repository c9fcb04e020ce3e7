# SPDX-License-Identifier: Apache-2.0
"""What the demo verifies, and what it leaves behind."""

import pytest

from agent_planner.cli.demo import GOAL, INSTRUCTION, collect, facts, holds_in
from agent_planner.cli.robots import load_robot
from agent_planner.cli.wanted import Wanted
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.graph import CONTAINER


def world(*relations: Relation) -> SceneGraph:
    return SceneGraph(
        objects=(SceneObject(name="red cube"),),
        places=(
            ScenePlace(name="blue bin", affordances=frozenset({CONTAINER})),
            ScenePlace(name="drawer", affordances=frozenset({CONTAINER}), is_open=False),
        ),
        relations=relations,
    )


INSIDE, BESIDE = world(Relation("in", "red cube", "blue bin")), world()


def test_the_default_instruction_is_held_against_its_own_meaning():
    assert INSTRUCTION == "put the red cube in the blue bin"
    assert holds_in(GOAL, INSIDE)
    assert not holds_in(GOAL, BESIDE)


@pytest.mark.parametrize(
    ("goal", "holds"),
    [
        ("in(red cube, blue bin); closed(drawer)", True),
        ("in(red cube, drawer) then in(red cube, blue bin)", True),  # the last step is what must hold
        ("in(red cube, blue bin) then open(drawer)", False),
        ("did(wave)", True),  # the world does not show it
        ('missing("green cube")', False),
        ("", False),
        ("no goal at all (", False),
    ],
)
def test_a_goal_is_held_against_the_world(goal, holds):
    assert holds_in(goal, INSIDE) is holds


def test_the_one_episode_of_a_run_is_brought_into_its_folder(tmp_path):
    episode = tmp_path / "20260101-000000-abcd"
    episode.mkdir()
    for name in ("events.jsonl", "episode.json", "config.json"):
        (episode / name).touch()
    (tmp_path / "video.mp4").write_bytes(b"film")
    (tmp_path / "log").mkdir()
    wanted = tmp_path / "elsewhere.mp4"
    files = collect(tmp_path, wanted)
    assert not episode.exists()
    assert files == {
        "episode": tmp_path / "episode.json",
        "config": tmp_path / "config.json",
        "video": wanted,
        "logs": tmp_path / "log",
    }
    assert wanted.read_bytes() == b"film"


def test_what_was_not_made_is_not_claimed(tmp_path):
    assert collect(tmp_path, None) == {}


def test_the_record_says_what_was_verified_and_by_whose_goal():
    mujoco, gazebo = (Wanted(load_robot(f"mobile_manipulator{kind}"), "default", "tidy", 3) for kind in ("", "_gazebo"))
    mine, theirs = facts(mujoco, True, own=True), facts(gazebo, False, own=False)
    assert (mine["reward"], mine["reward_from"], mine["scenario"]) == (1.0, "scenario", "demo/tidy/3")
    assert (theirs["reward"], theirs["reward_from"]) == (0.0, "stated_goal")
    assert (mine["backend"], theirs["backend"]) == ("mujoco", "gazebo")
