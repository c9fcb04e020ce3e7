# SPDX-License-Identifier: Apache-2.0
"""A robot in which nothing moves, in a ROS domain of its own."""

import signal
from dataclasses import replace

import pytest

from tests.cli.still_robot import SCENE, run
from tests.processes import free_domain


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """An environment of which the other stacks of this machine know nothing."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("state")))
    patch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    # One that the shell has would go before that of the running robot.
    patch.delenv("ROS_DOMAIN_ID", raising=False)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def domain(state):
    """A free domain."""
    pytest.importorskip("rclpy")
    return free_domain()


@pytest.fixture(scope="module")
def context(domain):
    """That of nodes in that domain."""
    from rclpy.context import Context

    context = Context()
    context.init(args=[], domain_id=domain)
    yield context
    context.try_shutdown()


@pytest.fixture(scope="module")
def robot(context):
    """The robot's servers and its scene, in that domain."""
    from rclpy.executors import MultiThreadedExecutor
    from rclpy.node import Node

    from agent_planner.ros.process import spinning
    from agent_planner.skills import SkillLibrary
    from agent_planner.testing.fake_robot import FakeRobot

    node = Node("robot", context=context)
    with spinning(MultiThreadedExecutor(8, context=context), node):
        robot = FakeRobot(node, SkillLibrary.load(), SCENE)
        yield robot
        robot.destroy()
    node.destroy_node()


@pytest.fixture
def hanging(robot):
    """The robot's navigate_to, which goes on until it is cancelled."""
    from agent_planner.testing.fake_action import Ending

    server = robot.actions["navigate_to"]
    before, server.behaviour = server.behaviour, replace(server.behaviour, ending=Ending.HANG)
    server.ended.clear()
    yield server
    server.behaviour = before


@pytest.fixture(scope="module")
def stack(robot, domain, tmp_path_factory):
    """`agent-planner run` with that robot."""
    process = run(tmp_path_factory.mktemp("robot"), "--domain", str(domain))
    try:
        process.until("Ctrl-C stops the robot")
        yield process
    finally:
        process.end(signal.SIGTERM)
