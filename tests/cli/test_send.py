# SPDX-License-Identifier: Apache-2.0
"""`run`, `env` and `send` as processes, with a robot in which nothing moves."""

import json
import math

import pytest

from agent_planner.cli.send import follow
from agent_planner.cli.terminal import Terminal
from tests.cli.still_robot import output

pytest.importorskip("rclpy")

pytestmark = pytest.mark.ros


def test_run_tells_how_to_talk_to_it(stack, domain):
    said = stack.until("Ctrl-C stops the robot")
    assert "still is up after" in said
    assert f"ROS_DOMAIN_ID={domain}" in said
    assert "eval $(agent-planner env)" in said


def test_env_gives_a_shell_the_domain_of_the_running_robot(stack, domain):
    lines = output("env").stdout.splitlines()
    assert f"export ROS_DOMAIN_ID={domain};" in lines
    assert "export ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST;" in lines


def test_send_shows_the_run_and_its_result(stack):
    done = output("send", "pick up the red cube", "--json", "--wait", "60")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert (result["status"], result["outcome"]) == ("SUCCEEDED", "succeeded")
    assert result["steps"] == ['navigate_to(target="red cube")', 'pick(object="red cube")']
    said = done.stderr
    assert said.index("goal      holding(red cube)") < said.index('call     navigate_to(target="red cube")')
    # rclpy drops feedback that is overtaken by the result.
    assert said.count("result   ok") in (1, 2)
    assert "SUCCEEDED  succeeded (goal holding(red cube)) after 2 calls" in said


def test_an_instruction_takes_as_long_as_it_takes():
    from agent_planner.ros.client import InstructionResult

    waited = []

    class Planner:
        def send(self, *_):
            return self

        def result(self, seconds):
            waited.append(seconds)
            return InstructionResult("SUCCEEDED", "succeeded", 0, "", "", "", (), "")

    assert follow(Planner(), "keep watch", Terminal()).good  # type: ignore[arg-type]
    assert waited == [math.inf]


def test_plan_only_moves_nothing(stack):
    # The cube is in the hand by now, so that the goal holds and nothing is left to do.
    done = output("send", "pick up the red cube", "--autonomy", "plan_only", "--wait", "60")
    assert done.returncode == 0, done.stderr
    assert "answered" in done.stdout


def test_send_without_a_planner_is_told(state):
    done = output("send", "pick up the red cube", "--domain", "101", "--namespace", "rob", "--wait", "1")
    assert done.returncode == 1
    assert "execute_instruction" in done.stderr
    assert "no answer within 1 s in ROS domain 101, namespace 'rob'" in done.stderr
    assert "is the robot started?" in done.stderr
    assert "Traceback" not in done.stderr
