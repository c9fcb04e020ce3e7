# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
import trimesh

from agent_planner_motion.arm.description import parse
from agent_planner_motion.errors import MotionError
from agent_planner_motion.spatial import transform

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
        (URDF.replace('radius="0.1" length', 'width="0.1" length'), "a collision of link 'arm': KeyError: 'radius'"),
        (
            URDF.replace('size="0.2 0.4 0.6"', 'size="0.2 0.4"'),
            "a collision of link 'base': ValueError: three numbers are needed, not '0.2 0.4'",
        ),
        (URDF.replace('xyz="1 2 3"', 'xyz="1,2,3"'), "not a URDF: ValueError.*'1,2,3'"),
        (URDF.replace('<box size="0.2 0.4 0.6"/>', "<box/>"), "a collision of link 'base': KeyError: 'size'"),
    ],
)
def test_what_is_no_urdf_is_told(text, told):
    with pytest.raises(MotionError, match=told):
        parse(text)


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ('<capsule radius="0.1" length="0.2"/>', "the shape 'capsule' in a collision of link 'arm' is not known"),
        ("", "a collision of link 'arm' has no shape"),
    ],
)
def test_a_collision_of_another_shape_or_of_none_is_told_with_the_shapes_there_are(shape, told):
    with pytest.raises(MotionError, match=f"{told}; it must be one of box, cylinder, sphere, mesh"):
        parse(URDF.replace('<sphere radius="0.3"/>', shape))
    with pytest.raises(MotionError, match="a collision of link 'tip' has no shape"):
        parse(URDF.replace('<link name="tip"/>', '<link name="tip"><collision/></link>'))


def with_mesh(attributes):
    return URDF.replace('<sphere radius="0.3"/>', f"<mesh {attributes}/>")


def test_a_mesh_becomes_boxes_at_the_origin_of_its_collision(tmp_path):
    trimesh.creation.box((200, 400, 600), transform(xyz=(1000, 0, 0))).export(tmp_path / "arm.stl")
    text = with_mesh(f'filename="file://{tmp_path}/arm.stl" scale="0.001 0.001 0.001"')
    turned = '<origin xyz="0 0 5" rpy="0 0 1.5707963267948966"/><geometry><mesh'
    cylinder, box = parse(text.replace("<geometry><mesh", turned)).solids["arm"]
    assert (cylinder.kind, box.kind) == ("cylinder", "box")
    assert box.pose[:3, 3] == pytest.approx((0.0, 1.0, 5.0), abs=1e-6)
    assert np.abs(box.pose[:3, :3]) @ box.half == pytest.approx((0.2, 0.1, 0.3))


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ('filename="package://no_such_arm/arm.stl"', "the mesh 'package://no_such_arm/arm.stl' of link 'arm': the ROS"),
        ('filename="/nowhere/arm.stl"', "the mesh '/nowhere/arm.stl' of link 'arm': there is no file /nowhere/arm.stl"),
        ('filename="arm.stl"', "the mesh 'arm.stl' of link 'arm': its name must be package://PACKAGE/path"),
        ('filename="/nowhere/arm.stl" scale="0 0 0"', "of link 'arm': its scale must be three numbers"),
        (
            'filename="/nowhere/arm.stl" scale="0.001"',
            "a collision of link 'arm': ValueError: three numbers are needed, not '0.001'",
        ),
        ('file="/nowhere/arm.stl"', "a collision of link 'arm': KeyError: 'filename'"),
    ],
)
def test_a_mesh_that_cannot_be_read_is_told_with_its_link(attributes, told):
    with pytest.raises(MotionError, match=told):
        parse(with_mesh(attributes))


def test_a_tip_that_hangs_on_nothing_is_told_with_the_links_there_are():
    with pytest.raises(MotionError, match="no chain from 'tip' to 'base'; links: arm, tip"):
        parse(URDF).chain("tip", "base")


def test_a_joint_moves_its_child_as_its_kind_says():
    robot = parse(URDF)
    assert robot.joints["shoulder"].at(math.pi / 2) @ (1, 0, 0, 1) == pytest.approx((1, 2, 2, 1))
    assert (robot.joints["end"].at(0.3) == np.eye(4)).all()
    sliding = parse(URDF.replace('type="revolute"', 'type="prismatic"')).joints["shoulder"]
    assert sliding.at(0.5)[:3, 3] == pytest.approx((0.5, 2, 3))


def test_a_continuous_joint_has_no_ends_whatever_its_limit_says():
    joint = parse(URDF.replace('type="revolute"', 'type="continuous"')).joints["shoulder"]
    assert (joint.lower, joint.upper, joint.velocity) == (-math.inf, math.inf, 0.7)
    assert joint.at(7.0) == pytest.approx(joint.at(7.0 - 2 * math.pi))


def test_what_a_link_carries_is_told_with_poses_in_its_frame():
    robot = parse(URDF.replace('<child link="tip"/>', '<child link="tip"/><origin xyz="0 0 1"/>'))
    assert [link for link, _ in robot.carried("base", (), {})] == ["base"], "the shoulder may be anywhere"
    carried = dict(robot.carried("base", (), {"shoulder": math.pi / 2}))
    assert list(carried) == ["base", "arm", "tip"]
    assert carried["tip"][:3, 3] == pytest.approx((1, 3, 3))
    assert [link for link, _ in robot.carried("arm", ("tip",), {})] == ["arm"]


def test_joints_that_mimic_one_follow_it():
    robot = parse(
        URDF.replace('type="fixed">', 'type="revolute"><mimic joint="shoulder" multiplier="-2" offset="0.1"/>')
    )
    assert robot.with_mimics({"shoulder": 0.3}) == pytest.approx({"shoulder": 0.3, "end": -0.5})
    plain = URDF.replace('type="fixed">', 'type="revolute"><mimic joint="shoulder"/>')
    assert parse(plain).with_mimics({"shoulder": 0.3}) == pytest.approx({"shoulder": 0.3, "end": 0.3})


def test_a_joint_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(MotionError, match="has no joint 'sholder'; did you mean 'shoulder'"):
        parse(URDF).with_mimics({"sholder": 0.0})
