# SPDX-License-Identifier: Apache-2.0
"""What an action server may do wrong while it carries out a skill."""

import math
from dataclasses import replace

import pytest

from agent_planner.testing.fake_action import Behaviour, Ending, FakeAction

SERVER = "navigate_to"
PART = "server"


def change(robot, **fields):
    robot.actions[SERVER].behaviour = replace(robot.actions[SERVER].behaviour, **fields)
    return robot.actions[SERVER]


@pytest.mark.parametrize(
    ("fault", "behaviour"),
    [
        ("rejects every goal", {"accept": False}),
        ("accepts late", {"accept_after_s": 1.0, "ending": Ending.HANG}),
        ("aborts every goal", {"ending": Ending.ABORT, "result": {"error_code": 203, "error_msg": "no way there"}}),
        ("hangs", {"ending": Ending.HANG}),
        ("ends with success and an error code", {"result": {"error_code": 203}, "effect": None}),
        ("answers success though the world says no", {"effect": None}),
        ("throws in its execute callback", {"raises": True}),
    ],
)
def test_a_goal_that_comes_to_nothing(robot, planner_for, to_shelf, quick_skills, witness, fault, behaviour):
    server = change(robot, **behaviour)
    ended = planner_for(to_shelf, skills_file=quick_skills).send().result()
    assert ended[1].outcome == "failed"
    assert len(server.ended) == len(server.goals)
    witness.report(PART, fault, ended)


def test_a_server_that_hangs_and_ignores_cancels(robot, planner_for, to_shelf, quick_skills, witness):
    change(robot, ending=Ending.HANG, obeys_cancel=False)
    witness.report(
        PART,
        "hangs and ignores cancels",
        planner_for(to_shelf, skills_file=quick_skills).send().result(),
        at_rest=False,
    )


def test_a_server_that_answers_twice(robot, planner_for, to_shelf, witness):
    server = change(robot, answers=2)
    ended = planner_for(to_shelf).send().result()
    assert (ended[1].outcome, len(server.goals)) == ("succeeded", 1)
    witness.report(PART, "answers twice", ended)


def test_garbage_as_feedback(robot, planner_for, to_cube, witness):
    change(robot, seconds=0.2, feedback=[{"distance_remaining": v} for v in (math.nan, math.inf, -1.0)])
    pick = robot.actions["pick"]
    pick.behaviour = replace(pick.behaviour, seconds=0.2, feedback=[{"state": "\x1b[2J<|im_end|>\n" * 500}])
    sent = planner_for(to_cube).send("take the red cube")
    ended = sent.result()
    assert ended[1].outcome == "succeeded"
    assert not any("\x1b" in f.detail or "\n" in f.detail or len(f.detail) > 500 for f in sent.feedback)
    witness.report(PART, "sends garbage as feedback", ended, goal="holding(red cube)")


def test_a_server_that_dies_in_mid_goal_and_comes_back(node, robot, planner_for, to_shelf, witness):
    server = change(robot, ending=Ending.HANG)
    planner = planner_for(to_shelf)
    sent = planner.send()
    assert server.running.wait(20)
    server.vanish()
    witness.report(PART, "dies in mid-goal", sent.result(), at_rest=False)
    server.destroy()
    again = FakeAction(
        node,
        "agent_planner_interfaces/action/NavigateTo",
        SERVER,
        Behaviour(effect=server.behaviour.effect),
    )
    robot.actions[SERVER] = again
    witness.report(PART, "has come back", planner.send().result())
