# SPDX-License-Identifier: Apache-2.0
"""The example for an arm that is fixed at a table: its parameters, and with them its skills, without physics."""

import re
from pathlib import Path

import numpy as np
import pytest
import yaml

import agent_planner_motion
from agent_planner_motion.arm.collision import ArmModel
from agent_planner_motion.arm.description import parse
from agent_planner_motion.arm.obstacles import Obstacle, Obstacles
from agent_planner_motion.ros.parameters import Parameters
from agent_planner_motion.skills.move import MoveArm
from agent_planner_motion.skills.pick import Pick
from agent_planner_motion.skills.place import Place
from agent_planner_motion.spatial import transform
from tests.motion.kinematic_robot import KinematicRobot, kit_of
from tests.motion.things import cube, table, tray

TABLE = 0.75  # height of its top, metres


def link(name, *shapes):
    made = "".join(
        f'<collision><origin xyz="{xyz}" rpy="{rpy}"/><geometry>{shape}</geometry></collision>'
        for xyz, rpy, shape in shapes
    )
    return f'<link name="{name}">{made}</link>'


def tube(radius, length, xyz="0 0 0", rpy="0 0 0"):
    return xyz, rpy, f'<cylinder radius="{radius}" length="{length}"/>'


def joint(name, kind, parent, child, xyz="0 0 0", rpy="0 0 0", axis="0 0 1", limit="6.28", more=""):
    return (
        f'<joint name="{name}" type="{kind}"><parent link="{parent}"/><child link="{child}"/>'
        f'<origin xyz="{xyz}" rpy="{rpy}"/><axis xyz="{axis}"/>'
        f'<limit lower="-{limit}" upper="{limit}" velocity="3.14" effort="100"/>{more}</joint>'
    )


def urdf():
    """An arm with the lengths of a UR5e, and fingers that one joint turns."""
    quarter, half = 1.5707963267948966, 3.141592653589793
    finger = ("0 0 0.02", "0 0 0", '<box size="0.02 0.01 0.04"/>')
    parts = [
        link("base_link", tube(0.075, 0.09, "0 0 0.045")),
        link("turned"),
        joint("turn", "fixed", "base_link", "turned", rpy=f"0 0 {half}"),
        link("shoulder", tube(0.06, 0.12)),
        joint("shoulder_pan_joint", "revolute", "turned", "shoulder", "0 0 0.1625"),
        link("upper_arm", tube(0.055, 0.40, "-0.2125 0 0.138", f"0 {quarter} 0")),
        joint("shoulder_lift_joint", "revolute", "shoulder", "upper_arm", rpy=f"{quarter} 0 0"),
        link("forearm", tube(0.045, 0.36, "-0.196 0 0.007", f"0 {quarter} 0")),
        joint("elbow_joint", "revolute", "upper_arm", "forearm", "-0.425 0 0", limit="3.14"),
        link("wrist_1", tube(0.04, 0.09)),
        joint("wrist_1_joint", "revolute", "forearm", "wrist_1", "-0.3922 0 0.1333"),
        link("wrist_2", tube(0.04, 0.09)),
        joint("wrist_2_joint", "revolute", "wrist_1", "wrist_2", "0 -0.0997 0", f"{quarter} 0 0"),
        link("wrist_3", tube(0.035, 0.05, "0 0 -0.025")),
        joint("wrist_3_joint", "revolute", "wrist_2", "wrist_3", "0 0.0996 0", f"{quarter} {half} {half}"),
        link("palm", ("0 0 0.04", "0 0 0", '<box size="0.06 0.12 0.08"/>')),
        joint("mount", "fixed", "wrist_3", "palm"),
        link("grasp_frame"),
        joint("grasp", "fixed", "palm", "grasp_frame", "0 0 0.14"),
        link("left", finger),
        joint("finger_joint", "revolute", "palm", "left", "0 0.05 0.115", axis="1 0 0"),
        link("right", finger),
        joint(
            "right_joint",
            "revolute",
            "palm",
            "right",
            "0 -0.05 0.115",
            axis="1 0 0",
            more='<mimic joint="finger_joint" multiplier="-1"/>',
        ),
    ]
    return f'<robot name="ur5e">{"".join(parts)}</robot>'


FILE = Path(agent_planner_motion.__file__).parent / "config" / "ur5e.yaml"


@pytest.fixture
def settings(bare_node):
    given = yaml.safe_load(FILE.read_text(encoding="utf-8"))["/**"]["ros__parameters"]
    flat = {}
    for name, value in given.items():
        flat |= {f"{name}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {name: value}
    return Parameters(bare_node(**flat))


@pytest.fixture
def arm(settings):
    """A robot on a table, and its arm."""
    given = settings.arm()
    things = (cube(x=0.45, y=-0.15, bottom=TABLE),)
    places = (table(x=0.3, size=(0.9, 1.2, TABLE)), tray(x=0.4, y=0.3, bottom=TABLE))
    robot = KinematicRobot(q=given.postures["home"], objects=things, places=places, height=TABLE)
    return robot, kit_of(robot, parse(urdf()), given)


def test_the_file_is_taken(settings):
    channels = settings.channels()
    assert settings.base_is_fixed and channels.fixed
    assert channels.limb.arm.action == "scaled_joint_trajectory_controller/follow_joint_trajectory"
    assert len(channels.limb.arm.joints) == 6
    assert channels.limb.gripper.fingers.position(0.0) == pytest.approx(0.8)
    assert channels.limb.gripper.fingers.position(0.085) == pytest.approx(0.0)


def test_what_the_file_says_of_moveit_is_taken(bare_node):
    commented = re.findall(
        r"^    # ((?:arm_interface|move_group_\w+|gripper_links): .+)$", FILE.read_text("utf-8"), re.M
    )
    given = yaml.safe_load("\n".join(commented))
    assert given["arm_interface"] == "move_group"
    planner = Parameters(bare_node(**given)).channels().limb.planner
    assert (planner.group, planner.touching) == ("ur_manipulator", ("left_finger", "right_finger", "palm"))


def test_it_picks_from_the_table_that_it_stands_on_and_places_without_driving(arm):
    robot, kit = arm
    Pick(kit).run("red cube", robot.job())
    assert robot.holding == "red cube"
    Place(kit).run("red cube", "tray", True, robot.job())
    (placed,) = robot.objects
    assert robot.world().thing("tray", "").covers(placed.centre)
    assert robot.sent == [], "no velocity"


def test_it_goes_to_its_postures(arm):
    robot, kit = arm
    MoveArm(kit).to_posture("out_of_view", robot.job())
    assert robot.q == pytest.approx(kit.posture("out_of_view"), abs=0.02)


def test_the_table_is_in_the_way_at_its_true_height(arm):
    robot, kit = arm
    planner = kit.planner(robot.world(), robot.base().matrix)
    low = np.array([0.0, 0.2, 0.0, -1.571, -1.571, 0.0])
    assert planner.clearance(low)[0] < 0.0
    assert planner.clearance(kit.posture("home"))[0] > 0.05


@pytest.mark.parametrize("side", [1, -1])
def test_both_fingers_count_though_one_only_mimics_the_other(arm, side):
    robot, kit = arm
    home = kit.posture("home")
    # A post beside the hand, a little further out than the closed fingers reach.
    hand = kit.kinematics.pose(home)
    post = Obstacles([Obstacle("post", hand @ transform(xyz=(0.0, side * 0.075, 0.0)), np.full(3, 0.015))])
    fingers = kit.settings.fingers

    def clearance(opening):
        positions = {"finger_joint": fingers.position(opening)}
        return ArmModel(kit.kinematics, positions, home).clearance(home[None], post)[0]

    assert clearance(fingers.widest) < clearance(0.0) - 0.005
