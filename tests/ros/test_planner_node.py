# SPDX-License-Identifier: Apache-2.0
"""Instructions through the planner node to fake servers, over real rclpy."""

from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import ExecuteInstruction

Code = ExecuteInstruction.Result

IN_BIN = [
    "goal: in(red cube, blue bin)",
    'in(red cube, blue bin)\nnavigate_to(target="shelf")',
    'in(red cube, blue bin)\npick(object="red cube")',
    'in(red cube, blue bin)\nnavigate_to(target="blue bin")',
    'in(red cube, blue bin)\nplace_in(object="red cube", container="blue bin")',
]


def test_an_instruction_succeeds_when_the_scene_shows_it(robot, start_planner):
    sent = start_planner(IN_BIN).send()
    status, result = sent.result()
    assert (status, result.outcome, result.error_code) == (GoalStatus.STATUS_SUCCEEDED, "succeeded", Code.NONE)
    assert result.goal == "in(red cube, blue bin)"
    assert result.steps[1] == 'pick(object="red cube")'
    assert len(result.steps) == 4
    assert [c.skill for c in robot.done] == ["navigate_to", "pick", "navigate_to", "place_in"]
