# SPDX-License-Identifier: Apache-2.0
"""A base that carries no arm: what is offered. It drives in tests/end_to_end/test_demo.py."""

import pytest
from rclpy.action import get_action_server_names_and_types_by_node
from rclpy.parameter import Parameter

from agent_planner.errors import UserError
from agent_planner_motion.ros.servers import MANIPULATION, MotionServers


@pytest.fixture
def servers(context, namespace):
    """Call it with the arguments of MotionServers and further parameters; there is no arm."""
    made = []

    def make(*arguments, **parameters):
        given = {"arm_interface": "none"} | parameters
        overrides = [Parameter(name, value=value) for name, value in given.items()]
        made.append(MotionServers(*arguments, context=context, namespace=namespace, parameter_overrides=overrides))
        return made[-1]

    yield make
    for node in made:
        node.destroy_node()


def test_only_the_server_that_drives_is_offered_and_no_arm_is_commanded(servers, namespace):
    node = servers("plain")
    node.start()
    offered = {name for name, _ in get_action_server_names_and_types_by_node(node, "plain", namespace)}
    assert offered == {f"{namespace}/navigate_to"}
    told = {name for name, _ in node.get_publisher_names_and_types_by_node("plain", namespace)}
    assert f"{namespace}/cmd_vel_skills" in told
    assert not told & {
        f"{namespace}/{topic}" for topic in ("arm_controller/joint_trajectory", "gripper_controller/command")
    }


def test_an_executable_for_the_arm_alone_says_that_there_is_none(servers):
    with pytest.raises(UserError, match="'arm_interface'.* without an arm"):
        servers("manipulation", MANIPULATION).start()


def test_neither_base_nor_arm_leaves_nothing_to_offer(servers):
    with pytest.raises(UserError, match="'base' and 'arm_interface' leave nothing"):
        servers("nothing", base="fixed").start()
