# SPDX-License-Identifier: Apache-2.0
import math
from xml.etree import ElementTree as ET

import mujoco
import numpy as np
import pytest

from agent_planner_sim.mujoco.robot_model import add_robot
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.robots.urdf import to_urdf
from agent_planner_sim.scenes import generate
from agent_planner_sim.scenes.description import Placement
from agent_planner_sim.transforms import (
    matrix_from_quat,
    matrix_from_rpy,
    quat_from_matrix,
    quat_from_rpy,
    quat_multiply,
)

pytestmark = pytest.mark.sim
WITH_ARM = [name for name, robot in ROBOTS.items() if robot().arm]


@pytest.fixture(scope="module", params=ROBOTS)
def robot(request):
    return ROBOTS[request.param]()


@pytest.fixture(scope="module")
def native(robot):
    spec = mujoco.MjSpec()
    spec.compiler.degree = False
    add_robot(spec, robot, Placement())
    return spec.compile()


@pytest.fixture(scope="module")
def from_urdf(robot):
    spec = mujoco.MjSpec.from_string(to_urdf(robot))
    spec.compiler.fusestatic = False
    spec.compiler.discardvisual = False
    return spec.compile()


def touching(sim):
    """What touches the robot, and itself, as pairs of bodies."""
    own = {link.name for link in sim.robot.links}
    pairs = [tuple(sim.model.body(sim.model.geom_bodyid[g]).name for g in c.geom) for c in sim.data.contact]
    return [pair for pair in pairs if own & set(pair)]


def set_arm(model, data, robot, posture):
    for joint, value in zip(robot.arm, posture, strict=True):
        data.joint(joint).qpos = value
    mujoco.mj_forward(model, data)


def test_urdf_and_mujoco_have_the_same_kinematics_and_masses(robot, native, from_urdf):
    moving = [joint for joint in robot.joints if joint.kind != "fixed"]
    rng = np.random.default_rng(3)
    a, b = mujoco.MjData(native), mujoco.MjData(from_urdf)
    for _ in range(20 if moving else 1):
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


@pytest.mark.parametrize("robot", WITH_ARM, indirect=True)
def test_the_end_effector_frame_is_as_agreed(native):
    data = mujoco.MjData(native)
    mujoco.mj_forward(native, data)
    hand, palm = data.body("end_effector"), data.body("arm_link_7")
    matrix = hand.xmat.reshape(3, 3)
    assert np.allclose(matrix[:, 2], [1, 0, 0], atol=1e-9)  # the arm at zero points ahead
    assert np.dot(matrix[:, 2], hand.xpos - palm.xpos) > 0.1
    data.joint("gripper_left_finger_joint").qpos = data.joint("gripper_right_finger_joint").qpos = 0.04
    mujoco.mj_forward(native, data)
    fingers = data.body("gripper_left_finger").xpos - data.body("gripper_right_finger").xpos
    assert np.allclose(fingers, 0.08 * matrix[:, 1], atol=1e-9)


@pytest.mark.parametrize("robot", ["delivery_base"], indirect=True)
def test_the_deck_is_flat_where_it_is_said_to_be_and_has_a_rim(robot, native):
    data = mujoco.MjData(native)
    mujoco.mj_forward(native, data)
    deck = data.body(robot.end_effector)
    assert np.allclose(deck.xmat.reshape(3, 3), np.eye(3))

    def height(x, y):
        """Of what is met from above, metres over the deck."""
        above = deck.xpos + np.array([x, y, 0.4])
        return 0.4 - mujoco.mj_ray(native, data, above, np.array([0.0, 0.0, -1.0]), None, 1, -1, np.zeros(1, np.int32))

    depth, width = (side / 2 for side in robot.deck)
    inside, outside = 0.99, 0.005
    corners = [(sx, sy) for sx in (-1, 1) for sy in (-1, 1)]
    assert [height(inside * sx * depth, inside * sy * width) for sx, sy in corners] == pytest.approx([0.0] * 4)
    rim = [height(s * (depth + 0.01 + outside), 0.0) for s in (-1, 1)]
    rim += [height(0.0, s * (width + 0.01 + outside)) for s in (-1, 1)]
    assert min(rim) > 0.02


def test_postures_are_free_of_contact_and_what_drives_is_slim(robot, native):
    data = mujoco.MjData(native)
    for name, posture in (robot.postures or {"stow": ()}).items():
        set_arm(native, data, robot, posture)
        assert data.ncon == 0, name
        if robot.arm:
            assert data.body("end_effector").xmat[8] == pytest.approx(-1, abs=1e-3), name
        if name == "stow" and robot.base is not None:
            centres = np.hypot(data.geom_xpos[:, 0], data.geom_xpos[:, 1])
            assert centres.max() < robot.radius


@pytest.mark.parametrize("seed", range(10))
def test_a_fixed_arm_at_a_table_touches_nothing_until_it_is_told_to(seed):
    """Gazebo starts it with all joints at zero, and it goes to its posture straight."""
    sim = Simulation(generate("table_top", seed), ROBOTS["fixed_arm"]())
    assert touching(sim) == []
    for share in np.linspace(0.0, 1.0, 21):
        set_arm(sim.model, sim.data, sim.robot, share * np.array(sim.robot.postures["stow"]))
        assert touching(sim) == [], f"{share:.0%} of the way"


def test_a_fixed_base_stays_where_the_scene_has_it_start_whatever_is_commanded():
    scene = generate("tidy", 0)
    sim = Simulation(scene, ROBOTS["fixed_arm"]())
    start = (scene.start.x, scene.start.y, scene.start.yaw)
    sim.drive(0.5, 1.0)
    sim.follow(sim.robot.arm, [0.3], [sim.robot.postures["ready"]])
    sim.run(1.0)
    assert np.abs(sim.joints().positions[:7] - sim.robot.postures["ready"]).max() < 0.05  # in vigorous motion before
    assert sim.base_pose() == start and sim.base_velocity() == (0.0, 0.0)
    base = sim.data.body("base_link")
    assert np.allclose(base.xpos, (*start[:2], 0.0))
    assert np.allclose(base.xmat.reshape(3, 3), matrix_from_rpy((0.0, 0.0, start[2])))
    assert min(map(abs, start)) > 0.1  # which the origin is not


def test_urdf_names_what_the_contract_names(robot):
    root = ET.fromstring(to_urdf(robot))
    joints = {joint.get("name"): joint for joint in root.findall("joint")}
    links = {link.get("name") for link in root.findall("link")}
    assert {"base_link", robot.end_effector, "head_camera_optical_frame"} <= links
    moving = {name for name, joint in joints.items() if joint.get("type") != "fixed"}
    assert moving == {*robot.arm, *robot.fingers}
    if robot.arm:
        assert {f"arm_joint_{i}" for i in range(1, 8)} <= moving
        assert robot.end_effector == "end_effector"
        fingers = [joints[f"gripper_{side}_finger_joint"] for side in ("left", "right")]
        assert sum(float(joint.find("limit").get("upper")) for joint in fingers) == pytest.approx(0.085)


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
