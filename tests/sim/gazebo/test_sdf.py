# SPDX-License-Identifier: Apache-2.0
"""The SDF says what the MJCF says, each read by a reader of its own: mujoco there, `sdf_reader` here."""

import shutil
import subprocess

import mujoco
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from agent_planner_sim.export import Gazebo, export, to_mjcf, to_sdf
from agent_planner_sim.gazebo.sdf_robot import ROS2_CONTROL
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import generate
from tests.sim.gazebo.sdf_reader import Sdf, numbers

pytestmark = pytest.mark.sim
SCENES = [(name, seed) for name, seeds in (("apartment", 8), ("tidy", 7), ("table_top", 5)) for seed in range(seeds)]
WORLDS = [
    *(("mobile_manipulator", *scene) for scene in SCENES),
    ("fixed_arm", "table_top", 0),
    ("fixed_arm", "tidy", 0),
    ("delivery_base", "tidy", 1),
]
METRES, SHARE, RADIANS = 1e-3, 0.01, 1e-3
ROBOT = ROBOTS["mobile_manipulator"]()
BASE = ("base_x", "base_y", "base_yaw")


class Mjcf:
    """MuJoCo's reading of the MJCF, the robot at its start with all joints at zero, as SDF has it."""

    def __init__(self, scene, robot):
        self.robot = robot
        self.model = mujoco.MjModel.from_xml_string(to_mjcf(scene, robot))
        self.data = mujoco.MjData(self.model)
        if robot.base is not None:
            for name, value in zip(BASE, (scene.start.x, scene.start.y, scene.start.yaw), strict=True):
                self.data.joint(name).qpos = value
        mujoco.mj_forward(self.model, self.data)

    def bodies(self):
        return [self.model.body(i).name for i in range(1, self.model.nbody)]

    def inertia(self, name):
        turn = self.data.body(name).ximat.reshape(3, 3)
        return turn @ np.diag(self.model.body(name).inertia) @ turn.T


@pytest.fixture(scope="module", params=WORLDS, ids=lambda p: f"{p[0]} {p[1]} {p[2]}")
def both(request):
    robot, *scene = request.param
    robot, scene = ROBOTS[robot](), generate(*scene)
    return scene, Mjcf(scene, robot), Sdf(to_sdf(scene, robot))


def angle(a, b):
    return np.linalg.norm(Rotation.from_matrix(a.T @ b).as_rotvec())


def test_bodies_stand_where_they_stand_in_mujoco(both):
    _, mjcf, sdf = both
    ours = {name: body.pose for name, body in sdf.bodies.items() if name not in ("walls", "floor")} | sdf.frames
    assert set(ours) == set(mjcf.bodies())
    for name, pose in ours.items():
        theirs = mjcf.data.body(name)
        assert np.linalg.norm(pose[:3, 3] - theirs.xpos) < METRES, name
        assert angle(pose[:3, :3], theirs.xmat.reshape(3, 3)) < RADIANS, name


def test_masses_and_inertias_are_those_of_mujoco(both):
    scene, mjcf, sdf = both
    compared = 0
    for name, body in sdf.bodies.items():
        if body.static or name.startswith("furniture/"):
            continue  # fixed to the world
        theirs = mjcf.model.body(name)
        assert body.mass == pytest.approx(float(theirs.mass[0]), rel=SHARE), name
        assert np.linalg.norm(body.centre - mjcf.data.body(name).xipos) < METRES, name
        np.testing.assert_allclose(body.inertia, mjcf.inertia(name), atol=SHARE * np.trace(body.inertia), err_msg=name)
        assert (not body.gravity) == (mjcf.model.body_gravcomp[theirs.id] == 1.0), name
        compared += 1
    parts = sum(len(piece.parts) for piece in scene.furniture)
    assert compared == sum(link.mass > 0 for link in mjcf.robot.links) + len(scene.items) + parts


def test_joints_turn_and_slide_as_in_mujoco(both):
    _, mjcf, sdf = both
    names = {mjcf.model.joint(i).name for i in range(mjcf.model.njnt)}
    moving = {name for name in names if not name.startswith("item/")} - set(BASE)
    assert {name.removesuffix("/joint") for name in sdf.joints} == moving
    for name, axis in sdf.joints.items():
        theirs = mjcf.model.joint(name.removesuffix("/joint"))
        kind = {mujoco.mjtJoint.mjJNT_SLIDE: "prismatic", mujoco.mjtJoint.mjJNT_HINGE: "revolute"}
        assert axis.kind == kind[mujoco.mjtJoint(int(theirs.type[0]))]
        data = mjcf.data.joint(theirs.name)
        assert np.linalg.norm(axis.direction - data.xaxis) < RADIANS, name
        assert np.linalg.norm(axis.anchor - data.xanchor) < METRES, name
        assert (axis.values["lower"], axis.values["upper"]) == pytest.approx(tuple(theirs.range), abs=METRES)
        if name.startswith("part/"):
            assert axis.values["damping"] == pytest.approx(float(theirs.damping[0]))
            assert axis.values["friction"] == pytest.approx(float(theirs.frictionloss[0]))
        else:
            actuator = mjcf.model.actuator(name)
            assert axis.values["damping"] == pytest.approx(-actuator.biasprm[2])


def geoms(mjcf):
    for i in range(mjcf.model.ngeom):
        yield mjcf.model.geom(i), mjcf.data.geom(i)


def test_shapes_friction_and_colours_are_those_of_mujoco(both):
    _, mjcf, sdf = both
    kinds = {
        mujoco.mjtGeom.mjGEOM_BOX: ("box", lambda s: 2 * s),
        mujoco.mjtGeom.mjGEOM_CYLINDER: ("cylinder", lambda s: np.array([s[0], 2 * s[1]])),
        mujoco.mjtGeom.mjGEOM_SPHERE: ("sphere", lambda s: s[:1]),
    }
    seen = set()
    for geom, data in geoms(mjcf):
        if geom.name == "floor":
            continue
        seen.add(geom.name)
        visual = sdf.visuals[geom.name]
        kind, size = kinds[mujoco.mjtGeom(int(geom.type[0]))]
        assert visual.kind == kind
        np.testing.assert_allclose(visual.size, size(geom.size), atol=METRES, err_msg=geom.name)
        np.testing.assert_allclose(visual.pose[:3, 3], data.xpos, atol=METRES, err_msg=geom.name)
        assert angle(visual.pose[:3, :3], data.xmat.reshape(3, 3)) < RADIANS
        np.testing.assert_allclose(visual.color, geom.rgba, atol=1e-3)
        collision = sdf.collisions.get(f"{geom.name}/collision")
        assert (collision is not None) == bool(geom.contype[0]), geom.name
        if collision is not None:
            assert collision.sliding == pytest.approx(geom.friction[0])
            np.testing.assert_allclose(collision.pose, visual.pose)
    assert set(sdf.visuals) - {"floor"} == seen
    skids = {f"skid#{i}" for i in range(4)} if mjcf.robot.base else set()
    assert {n for n in sdf.collisions if n.removesuffix("/collision") not in seen} == {"floor/collision"} | skids


def test_the_floor_is_as_wide_as_in_mujoco_and_everything_stands_on_it(both):
    _, mjcf, sdf = both
    geom = mjcf.model.geom("floor")
    assert sdf.visuals["floor"].size[3:] == pytest.approx(tuple(2 * geom.size[:2]), abs=METRES)
    np.testing.assert_allclose(sdf.visuals["floor"].pose[:3, 3], mjcf.data.geom("floor").xpos, atol=METRES)
    if mjcf.robot.base is None:
        return
    skids = [sdf.collisions[f"skid#{i}"] for i in range(4)]
    assert [s.pose[2, 3] - s.size[0] for s in skids] == pytest.approx([0.0] * 4)
    assert [s.sliding for s in skids] == [0.0] * 4


def test_the_camera_sees_what_mujocos_sees(both):
    _, mjcf, sdf = both
    sensor, pose = sdf.sensors["head_camera_optical_frame"]
    assert sensor.get("type") == "rgbd_camera"
    camera = mjcf.data.cam("head_camera")
    theirs = camera.xmat.reshape(3, 3)
    np.testing.assert_allclose(pose[:3, 3], camera.xpos, atol=METRES)
    # Gazebo's looks along x with z up, MuJoCo's along -z with y up.
    np.testing.assert_allclose(pose[:3, 0], -theirs[:, 2], atol=RADIANS)
    np.testing.assert_allclose(pose[:3, 2], theirs[:, 1], atol=RADIANS)
    wide = float(sensor.findtext("camera/horizontal_fov"))
    high = 2 * np.arctan(np.tan(wide / 2) * 240 / 320)
    assert high == pytest.approx(np.radians(mjcf.model.cam("head_camera").fovy[0]))
    np.testing.assert_allclose(numbers(sdf.world.find("light/direction")), (0.28, 0.2, -1.0))


def test_physics_step_as_in_mujoco(both):
    _, mjcf, sdf = both
    assert sdf.version == "1.9"
    assert float(sdf.world.findtext("physics/max_step_size")) == mjcf.model.opt.timestep
    np.testing.assert_allclose(numbers(sdf.world.find("gravity")), mjcf.model.opt.gravity)


@pytest.fixture(scope="module")
def robot():
    return Sdf(to_sdf(generate("tidy", 0), ROBOT)).models["mobile_manipulator"]


def plugins(model):
    found = {}
    for plugin in model.findall("plugin"):
        found.setdefault(plugin.get("name").split("::")[-1], []).append(plugin)
    return found


def test_every_joint_of_the_robot_is_held_by_a_controller_and_told(robot):
    moving = {j.get("name") for j in robot.findall("joint") if j.get("type") != "fixed"}
    systems = plugins(robot)
    (arm,), fingers = systems["JointTrajectoryController"], systems["JointPositionController"]
    held = [e.text for plugin in (arm, *fingers) for e in plugin.findall("joint_name")]
    assert sorted(held) == sorted(moving)
    (states,) = systems["JointStatePublisher"]
    assert {e.text for e in states.findall("joint_name")} == moving


def test_each_joint_has_the_gains_and_limits_of_its_own_drive(robot):
    (arm,) = plugins(robot)["JointTrajectoryController"]
    joints = [ROBOT.joint(e.text) for e in arm.findall("joint_name")]
    assert tuple(j.name for j in joints) == ROBOT.arm
    read = {tag: [float(e.text) for e in arm.findall(tag)] for tag in ("position_p_gain", "position_cmd_max")}
    assert read["position_p_gain"] == [j.stiffness for j in joints]
    # The joint's own damping takes some of it on the way; the drive's effort is what is left at full speed.
    assert read["position_cmd_max"] == pytest.approx([j.effort + j.damping * j.velocity for j in joints])
    limits = [float(robot.findtext(f"joint[@name='{j.name}']/axis/limit/effort")) for j in joints]
    assert limits == pytest.approx(read["position_cmd_max"])
    assert len(set(read["position_p_gain"])) == 3  # lift, shoulder, wrist
    begins = [float(e.text) for e in arm.findall("initial_position")]
    assert begins == pytest.approx(list(ROBOT.postures["stow"]))


def test_a_fixed_arm_is_anchored_to_the_world_and_nothing_drives_it():
    scene = generate("tidy", 0)
    model = Sdf(to_sdf(scene, ROBOTS["fixed_arm"]())).models["fixed_arm"]
    (anchor,) = [joint for joint in model.findall("joint") if joint.get("type") == "fixed"]
    assert (anchor.findtext("parent"), anchor.findtext("child")) == ("world", "base_link")
    assert numbers(model.find("pose")) == pytest.approx((scene.start.x, scene.start.y, 0, 0, 0, scene.start.yaw))
    systems = plugins(model)
    assert set(systems) == {"JointTrajectoryController", "JointPositionController", "JointStatePublisher"}
    held = {e.text for found in systems.values() for plugin in found for e in plugin.findall("joint_name")}
    assert held == {joint.get("name") for joint in model.findall("joint")} - {"anchor"}


@pytest.mark.parametrize("control", ["gz_systems", "ros2_control"])
def test_a_delivery_base_is_driven_and_has_no_joints(control):
    text = to_sdf(generate("tidy", 0), ROBOTS["delivery_base"](), Gazebo(control=control), "controllers.yaml")
    model = Sdf(text).models["delivery_base"]
    assert model.findall("joint") == []
    assert set(plugins(model)) == {"VelocityControl", "OdometryPublisher"}
    assert {e.get("type") for e in model.iter("sensor")} == {"rgbd_camera", "gpu_lidar"}


def test_systems_are_those_of_harmonic(robot):
    for plugin in robot.findall("plugin"):
        assert plugin.get("filename").startswith("gz-sim-") and plugin.get("filename").endswith("-system")
        assert plugin.get("name").startswith("gz::sim::systems::")


def test_with_ros2_control_its_own_controllers_hold_the_joints(tmp_path):
    text = to_sdf(generate("tidy", 0), ROBOT, Gazebo(control=ROS2_CONTROL), "/etc/controllers.yaml")
    systems = plugins(Sdf(text).models["mobile_manipulator"])
    assert set(systems) == {"VelocityControl", "OdometryPublisher", "GazeboSimROS2ControlPlugin"}
    (control,) = systems["GazeboSimROS2ControlPlugin"]
    assert control.findtext("parameters") == "/etc/controllers.yaml"
    assert control.find("ros/namespace") is None


def test_ros2_controls_manager_is_in_the_robots_namespace():
    text = to_sdf(generate("tidy", 0), ROBOT, Gazebo(control=ROS2_CONTROL, namespace="rob"), "/etc/controllers.yaml")
    (control,) = plugins(Sdf(text).models["mobile_manipulator"])["GazeboSimROS2ControlPlugin"]
    assert control.findtext("ros/namespace") == "rob"


def test_speed_and_renderer_are_as_asked_for():
    sdf = Sdf(to_sdf(generate("tidy", 0), ROBOT, Gazebo(rtf=2.5, render_engine="ogre")))
    assert float(sdf.world.findtext("physics/real_time_factor")) == 2.5
    (sensors,) = [p for p in sdf.world.findall("plugin") if p.get("name").endswith("Sensors")]
    assert sensors.findtext("render_engine") == "ogre"


@pytest.mark.skipif(shutil.which("ign") is None, reason="`ign` is not installed (ignition-tools, libsdformat-dev)")
@pytest.mark.parametrize(
    ("robot", "name", "seed", "control"),
    [
        ("mobile_manipulator", "apartment", 0, "gz_systems"),
        ("mobile_manipulator", "tidy", 1, "gz_systems"),
        ("mobile_manipulator", "table_top", 2, "gz_systems"),
        ("mobile_manipulator", "tidy", 3, "ros2_control"),
        ("fixed_arm", "table_top", 0, "gz_systems"),
        ("fixed_arm", "table_top", 1, "ros2_control"),
        ("delivery_base", "tidy", 0, "gz_systems"),
    ],
)
def test_the_reference_parser_finds_no_fault(tmp_path, robot, name, seed, control):
    path = tmp_path / "world.sdf"
    path.write_text(to_sdf(generate(name, seed), ROBOTS[robot](), Gazebo(control=control), "controllers.yaml"))
    assert faults_of(path) == ""


@pytest.mark.skipif(shutil.which("ign") is None, reason="`ign` is not installed (ignition-tools, libsdformat-dev)")
def test_the_reference_parser_would_find_a_fault(tmp_path):
    (path, _) = export("table_top", 0, ROBOT.name, "sdf", tmp_path)
    path.write_text(path.read_text().replace("<child>arm_link_7</child>", "<child>arm_link_77</child>"))
    assert "arm_link_77" in faults_of(path)


def faults_of(path):
    """What `ign sdf` says on stderr, for it may say Valid after an error; one notice is of no account."""
    done = subprocess.run(["ign", "sdf", "-k", str(path)], capture_output=True, text=True, timeout=120, check=False)
    lines = [line for line in done.stderr.splitlines() if "backward.so" not in line]
    return "\n".join(lines) if lines or "Valid" in done.stdout else done.stdout or "no answer"
