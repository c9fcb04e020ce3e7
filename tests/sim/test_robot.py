# SPDX-License-Identifier: Apache-2.0
import math
from xml.etree import ElementTree as ET

import mujoco
import numpy as np
import pytest

from agent_planner_sim.mujoco.robot_model import add_robot
from agent_planner_sim.robots.mobile_manipulator import mobile_manipulator, urdf
from agent_planner_sim.transforms import (
    matrix_from_quat,
    matrix_from_rpy,
    quat_from_matrix,
    quat_from_rpy,
    quat_multiply,
)

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def native():
    spec = mujoco.MjSpec()
    spec.compiler.degree = False
    add_robot(spec, mobile_manipulator())
    return spec.compile()


@pytest.fixture(scope="module")
def from_urdf():
    spec = mujoco.MjSpec.from_string(urdf())
    spec.compiler.fusestatic = False
    spec.compiler.discardvisual = False
    return spec.compile()


def test_urdf_and_mujoco_have_the_same_kinematics_and_masses(native, from_urdf):
    robot = mobile_manipulator()
    moving = [joint for joint in robot.joints if joint.kind != "fixed"]
    rng = np.random.default_rng(3)
    a, b = mujoco.MjData(native), mujoco.MjData(from_urdf)
    for _ in range(20):
        for joint in moving:
            value = rng.uniform(joint.lower, joint.upper)
            a.joint(joint.name).qpos = b.joint(joint.name).qpos = value
        mujoco.mj_forward(native, a)
        mujoco.mj_forward(from_urdf, b)
        for link in robot.links[1:]:
            assert np.allclose(a.body(link.name).xpos, b.body(link.name).xpos, atol=1e-6), link.name
            assert np.allclose(a.body(link.name).xmat, b.body(link.name).xmat, atol=1e-6), link.name
            assert native.body(link.name).mass == pytest.approx(from_urdf.body(link.name).mass)
            assert np.allclose(a.body(link.name).xipos, b.body(link.name).xipos, atol=1e-6), link.name


def test_the_end_effector_frame_is_as_agreed(native):
    data = mujoco.MjData(native)
    mujoco.mj_forward(native, data)
    hand, palm = data.body("end_effector"), data.body("arm_link_7")
    fingers = data.body("gripper_left_finger").xpos - data.body("gripper_right_finger").xpos
    matrix = hand.xmat.reshape(3, 3)
    assert np.allclose(matrix[:, 2], [1, 0, 0], atol=1e-9)  # the arm at zero points ahead
    assert np.dot(matrix[:, 2], hand.xpos - palm.xpos) > 0.1
    data.joint("gripper_left_finger_joint").qpos = data.joint("gripper_right_finger_joint").qpos = 0.04
    mujoco.mj_forward(native, data)
    fingers = data.body("gripper_left_finger").xpos - data.body("gripper_right_finger").xpos
    assert np.allclose(fingers, 0.08 * matrix[:, 1], atol=1e-9)


def test_postures_are_free_of_contact_and_stowed_the_robot_is_slim(native):
    robot = mobile_manipulator()
    data = mujoco.MjData(native)
    for name, posture in robot.postures.items():
        for joint, value in zip(robot.arm, posture, strict=True):
            data.joint(joint).qpos = value
        mujoco.mj_forward(native, data)
        assert data.ncon == 0, name
        assert data.body("end_effector").xmat[8] == pytest.approx(-1, abs=1e-3), name
        if name == "stow":
            centres = np.hypot(data.geom_xpos[:, 0], data.geom_xpos[:, 1])
            assert centres.max() < robot.radius


def test_urdf_names_what_the_contract_names():
    root = ET.fromstring(urdf())
    joints = {joint.get("name"): joint for joint in root.findall("joint")}
    assert {f"arm_joint_{i}" for i in range(1, 8)} <= set(joints)
    assert {"gripper_left_finger_joint", "gripper_right_finger_joint", "torso_lift_joint"} <= set(joints)
    assert {"base_link", "end_effector", "head_camera_optical_frame"} <= {x.get("name") for x in root.findall("link")}
    opening = sum(
        float(joints[f"gripper_{side}_finger_joint"].find("limit").get("upper")) for side in ("left", "right")
    )
    assert opening == pytest.approx(0.085)


def test_the_camera_frame_looks_ahead_and_down(native):
    data = mujoco.MjData(native)
    mujoco.mj_forward(native, data)
    matrix = data.body("head_camera_optical_frame").xmat.reshape(3, 3)
    assert matrix[0, 2] > 0.5 and matrix[2, 2] < -0.5
    assert np.allclose(matrix[:, 0], [0, -1, 0], atol=1e-9)
    assert np.allclose(data.camera("head_camera").xmat.reshape(3, 3)[:, 2], -matrix[:, 2])


def test_rotations_agree_with_each_other():
    rng = np.random.default_rng(1)
    for _ in range(50):
        a, b = (tuple(rng.uniform(-math.pi, math.pi, 3)) for _ in range(2))
        product = quat_multiply(quat_from_rpy(a), quat_from_rpy(b))
        assert np.allclose(matrix_from_quat(product), matrix_from_rpy(a) @ matrix_from_rpy(b))
        assert np.allclose(matrix_from_quat(quat_from_matrix(matrix_from_rpy(a))), matrix_from_rpy(a))
