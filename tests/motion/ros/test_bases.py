# SPDX-License-Identifier: Apache-2.0
"""A base that tf alone tells of; one that drives is read in test_robot."""

import math

import pytest
from geometry_msgs.msg import Quaternion, TransformStamped
from rclpy.action import get_action_server_names_and_types_by_node
from rclpy.parameter import Parameter
from tf2_msgs.msg import TFMessage

from agent_planner.errors import UserError
from agent_planner_motion.errors import MissingData, MotionError
from agent_planner_motion.ros.bases import FixedBase
from agent_planner_motion.ros.frames import Frames
from agent_planner_motion.ros.servers import NAVIGATION, MotionServers

NAMES = ("map", "base_link")


def frames(turn):
    item = TransformStamped(child_frame_id="base_link")
    item.header.frame_id = "map"
    item.transform.translation.x, item.transform.translation.z = 1.0, 0.7
    item.transform.rotation = turn
    found = Frames()
    found.take(TFMessage(transforms=[item]))
    return found


def test_it_stands_where_tf_has_it_on_a_table_too():
    quarter = Quaternion(z=math.sqrt(0.5), w=math.sqrt(0.5))
    base = FixedBase(frames(quarter), NAMES).read(5.0)
    assert base.pose == pytest.approx((1.0, 0.0, math.pi / 2))
    assert (base.stamp, base.linear, base.angular) == (5.0, 0.0, 0.0)
    assert base.matrix[:3, 3] == pytest.approx((1.0, 0.0, 0.7))


def test_a_base_that_does_not_stand_upright_is_refused():
    hanging = FixedBase(frames(Quaternion(x=1.0)), NAMES)
    with pytest.raises(MotionError, match="z of 'base_link' does not point up in 'map'"):
        hanging.read(5.0)


def test_a_base_that_tf_does_not_know_is_told_with_its_frames():
    with pytest.raises(MissingData, match="nothing came on '/tf \\(from 'map' to 'base_link'\\)'"):
        FixedBase(Frames(), NAMES).read(5.0)


@pytest.fixture
def servers(context, namespace):
    """Call it with the arguments of MotionServers; its base is fixed."""
    made = []

    def make(*arguments):
        fixed = [Parameter("base", value="fixed")]
        made.append(MotionServers(*arguments, context=context, namespace=namespace, parameter_overrides=fixed))
        return made[-1]

    yield make
    for node in made:
        node.destroy_node()


def test_with_a_fixed_base_no_server_that_drives_is_started(servers, namespace):
    node = servers("fixed")
    node.start()
    offered = {n for n, _ in get_action_server_names_and_types_by_node(node, "fixed", namespace)}
    assert offered == {f"{namespace}/{name}" for name in ("move_arm", "pick", "place", "operate_gripper")}
    topics = {name for name, _ in node.get_publisher_names_and_types_by_node("fixed", namespace)}
    assert f"{namespace}/cmd_vel_skills" not in topics
    with pytest.raises(MotionError, match="the base is fixed"):
        node.robot.send_velocity(0.1, 0.0)


def test_an_executable_that_would_offer_nothing_says_so(servers):
    with pytest.raises(UserError, match="'base' and 'arm_interface' leave nothing of what this node offers"):
        servers("fixed_too", NAVIGATION).start()
