# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

from agent_planner_motion.arm.description import parse
from agent_planner_motion.errors import MotionError

URDF = """<robot name="r">
  <link name="base"><collision><geometry><box size="0.2 0.4 0.6"/></geometry></collision></link>
  <link name="arm">
    <collision><origin xyz="0 0 1"/><geometry><cylinder radius="0.1" length="0.6"/></geometry></collision>
    <collision><geometry><sphere radius="0.3"/></geometry></collision>
  </link>
  <link name="tip"/>
  <joint name="shoulder" type="revolute">
    <parent link="base"/><child link="arm"/><origin xyz="1 2 3" rpy="0 0 1.5707963267948966"/>
    <axis xyz="0 1 0"/><limit lower="-1.5" upper="2.5" velocity="0.7" effort="1"/>
  </joint>
  <joint name="end" type="fixed"><parent link="arm"/><child link="tip"/></joint>
</robot>"""


def test_joints_and_shapes_are_as_the_text_says():
    robot = parse(URDF)
    shoulder = robot.joints["shoulder"]
    assert (shoulder.lower, shoulder.upper, shoulder.velocity) == (-1.5, 2.5, 0.7)
    assert shoulder.origin @ (1, 0, 0, 1) == pytest.approx((1, 3, 3, 1))
    assert (robot.joints["end"].origin == np.eye(4)).all()
    (box,) = robot.solids["base"]
    cylinder, sphere = robot.solids["arm"]
    assert (box.kind, list(box.half)) == ("box", [0.1, 0.2, 0.3])
    assert (cylinder.kind, list(cylinder.half), cylinder.pose[2, 3]) == ("cylinder", [0.1, 0.1, 0.3], 1.0)
    assert (sphere.kind, list(sphere.half)) == ("sphere", [0.3, 0.3, 0.3])
    assert [j.name for j in robot.chain("base", "tip")] == ["shoulder", "end"]


def test_a_joint_without_limits_turns_both_ways():
    robot = parse(URDF.replace('<limit lower="-1.5" upper="2.5" velocity="0.7" effort="1"/>', ""))
    assert (robot.joints["shoulder"].lower, robot.joints["shoulder"].upper) == (-math.pi, math.pi)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no robot at all", "robot_description is not XML"),
        (URDF.replace('<parent link="base"/>', ""), "joint 'shoulder' names no parent link"),
        (URDF.replace('<child link="tip"/>', "<child/>"), "joint 'end' names no child link"),
        (URDF.replace('lower="-1.5"', 'lower="little"'), "not a URDF: ValueError.*'little'"),
        (URDF.replace('radius="0.1" length', 'width="0.1" length'), "not a URDF: KeyError: 'radius'"),
    ],
)
def test_what_is_no_urdf_is_told(text, told):
    with pytest.raises(MotionError, match=told):
        parse(text)


def test_a_tip_that_hangs_on_nothing_is_told_with_the_links_there_are():
    with pytest.raises(MotionError, match="no chain from 'tip' to 'base'; links: arm, tip"):
        parse(URDF).chain("tip", "base")
