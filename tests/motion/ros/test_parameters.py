# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.errors import UserError
from agent_planner_motion.arm.fingers import Fingers
from agent_planner_motion.arm.kinematics import Kinematics
from agent_planner_motion.ros.parameters import PARAMETERS, Parameters
from agent_planner_sim.robots.mobile_manipulator import mobile_manipulator


def test_every_parameter_is_declared_and_described(bare_node):
    node = bare_node()
    settings = Parameters(node)
    assert settings.frames == ("map", "base_link")
    for parameter in PARAMETERS:
        described = node.describe_parameter(parameter.name)
        assert len(described.description) > 15, parameter.name
        assert described.read_only, parameter.name
        if isinstance(parameter.default, float):
            (bounds,) = described.floating_point_range
            assert bounds.from_value <= parameter.default <= bounds.to_value
    assert node.describe_parameter("postures.stow").description == "Joints of the posture 'stow'."
    assert len({p.name for p in PARAMETERS}) == len(PARAMETERS)


def test_the_shipped_file_is_taken_and_suits_the_shipped_robot(bare_node, shipped_parameters, description):
    flat = {}
    for name, value in shipped_parameters.items():
        flat |= {f"{name}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {name: value}
    settings = Parameters(bare_node(**flat))
    arm, robot = settings.arm(), mobile_manipulator()
    assert arm.joints == robot.arm
    assert arm.fingers == Fingers(robot.fingers, robot.max_opening, robot.max_opening / 2)
    assert dict(arm.postures) == dict(robot.postures)
    assert arm.hand.max_opening == pytest.approx(robot.max_opening)
    assert settings.drive().radius < robot.radius
    kinematics = Kinematics(description, arm.base_frame, arm.end_effector, arm.joints)
    for posture in arm.postures.values():
        assert (kinematics.lower <= posture).all()
        assert (posture <= kinematics.upper).all()


def test_the_shipped_file_says_what_the_defaults_are(bare_node, shipped_parameters):
    node = bare_node()
    Parameters(node)
    for name, value in shipped_parameters.items():
        if not isinstance(value, dict):
            assert node.get_parameter(name).value == value, name


def test_values_reach_the_settings(bare_node):
    given = {"base_speed": 0.2, "base_patience": 9.0, "arm_reach": 0.7, "gripper_tip": 0.03, "use_stamped": True}
    times = {"navigation_timeout": 30.0, "steady_timeout_factor": 3.0, "data_timeout": 1.5}
    settings = Parameters(bare_node(**given, **times))
    assert settings.drive().limits.linear == 0.2
    assert settings.drive().patience == 9.0
    assert settings.arm().reach == 0.7
    assert settings.arm().hand.tip == 0.03
    assert settings.channels().use_stamped
    assert settings.limits("navigation") == (30.0, 90.0)
    assert settings.limits("manipulation") == (90.0, 270.0)
    assert settings.data_timeout == 1.5


def test_postures_of_another_robot_are_read_by_their_names(bare_node):
    given = {
        "arm_joints": ["a", "b"],
        "arm_acceleration": [1.0, 2.0],
        "posture_names": ["rest", "up"],
        "carry_posture": "rest",
        "postures.rest": [0.0, 0.1],
        "postures.up": [1.0, 1.1],
    }
    arm = Parameters(bare_node(**given)).arm()
    assert arm.postures == {"rest": (0.0, 0.1), "up": (1.0, 1.1)}
    assert arm.carry == "rest"


def test_what_moveit_is_asked_reaches_the_channel(bare_node):
    given = {"arm_interface": "move_group", "move_group_name": "arm", "move_group_planning_time": 4.0}
    links = {"gripper_links": ["left_finger", "palm"], "arm_speed": 0.3, "end_effector_frame": "hand"}
    planner = Parameters(bare_node(**given, **links)).channels().limb.planner
    assert (planner.group, planner.planning_time, planner.attempts) == ("arm", 4.0, 4)
    assert (planner.touching, planner.end_effector, planner.speed) == (("left_finger", "palm"), "hand", 0.3)
    assert len(planner.joints) == 8


def test_what_a_persons_commands_mean_is_a_parameter(bare_node):
    given = {"scale.linear": 0.2, "scale.rotational": 0.7, "scale.joint": 0.3, "incoming_command_timeout": 0.4}
    jog = Parameters(bare_node(**given)).jog()
    assert (jog.linear, jog.rotational, jog.joint, jog.timeout) == (0.2, 0.7, 0.3, 0.4)
    assert (jog.base_frame, jog.end_effector, jog.widest) == ("base_link", "end_effector", 0.085)
    assert jog.joints == mobile_manipulator().arm


@pytest.mark.parametrize("interface", ["none", "move_group"])
def test_who_has_no_arm_or_servo_for_it_has_no_jog(bare_node, interface):
    assert Parameters(bare_node(arm_interface=interface)).jog() is None


def test_whoever_does_not_move_by_moveit_has_our_planner(bare_node):
    assert Parameters(bare_node(arm_interface="follow_joint_trajectory")).channels().limb.planner is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"arm_sped": 0.5}, "has no parameter 'arm_sped'; did you mean 'arm_speed'"),
        ({"postures.sleep": [0.0] * 8}, "has no parameter 'postures.sleep'; did you mean 'postures.stow'"),
        ({"arm_speed": 0.0}, "arm_speed must be within 0.05 to 1.0"),
        ({"base_radius": -0.3}, "base_radius must be within 0.05 to 2.0"),
        ({"base_speed": "fast"}, "base_speed must be of type float, e.g. 0.45"),
        (
            {"arm_interface": "moveit"},
            "the parameter arm_interface is 'moveit'; did you mean 'move_group'",
        ),
        ({"carry_posture": "stwo"}, "carry_posture is 'stwo'; did you mean 'stow'"),
        ({"postures.stow": [0.0, 0.1]}, r"postures.stow has 2 entries and needs 8 \(arm_joints has 8\)"),
        ({"arm_acceleration": [1.0]}, "arm_acceleration has 1 entries and needs 8"),
        ({"finger_joints": ["a", "b", "c"]}, "finger_joints has 3 entries and needs 1 or 2"),
        (
            {"gripper_position_open": 0.4, "gripper_position_closed": 0.4},
            "gripper_position_open and gripper_position_closed are both 0.4",
        ),
        ({"base": "flying"}, "the parameter base is 'flying'; known: fixed, mobile"),
    ],
)
def test_what_is_wrong_is_refused_with_what_would_be_right(bare_node, given, told):
    with pytest.raises(UserError, match=told):
        Parameters(bare_node(**given))
