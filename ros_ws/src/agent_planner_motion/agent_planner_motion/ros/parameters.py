# SPDX-License-Identifier: Apache-2.0
"""Parameters of the motion servers: declared, described, and nothing else accepted."""

from typing import Any

from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter

from agent_planner.errors import UserError, did_you_mean
from agent_planner.ros.node_parameters import Declared, declare
from agent_planner_motion.arm.fingers import Fingers
from agent_planner_motion.arm.grasps import Hand
from agent_planner_motion.base.pursuit import DriveLimits
from agent_planner_motion.ros.arm_outputs import ARM_OUTPUTS, MOVE_GROUP, ArmChannel
from agent_planner_motion.ros.gripper_outputs import GRIPPER_OUTPUTS, GripperChannel
from agent_planner_motion.ros.jog import JogSettings
from agent_planner_motion.ros.move_group import MoveGroupChannel
from agent_planner_motion.ros.robot import Channels, Limb
from agent_planner_motion.skills.drive import DriveSettings
from agent_planner_motion.skills.kit import ArmSettings

_POSTURES = {
    "stow": [0.05, 0.38, -2.28, 0.0, 2.57, 0.0, 1.28, 0.0],
    "home": [0.15, 0.0, -1.638, 0.0, 1.902, 0.0, 1.307, 0.0],
    "ready": [0.20, 0.0, -1.297, 0.0, 1.806, 0.0, 1.062, 0.0],
}
_NO_ARM = "none"
PARAMETERS = (
    Declared("use_stamped", False, "Publish cmd_vel_skills as TwistStamped instead of Twist."),
    Declared(
        "base",
        "mobile",
        "mobile: odom and cmd_vel_skills; fixed: it stands where tf has base_frame; no server that drives is started.",
        ("mobile", "fixed"),
    ),
    Declared(
        "arm_interface",
        "topic",
        "How the arm is commanded: the topic arm_controller/joint_trajectory, the action arm_action, or MoveIt's "
        "move_group, which plans its free ways, too; none: there is no arm, only the server that drives is started.",
        (*ARM_OUTPUTS, _NO_ARM),
    ),
    Declared(
        "arm_action",
        "arm_controller/follow_joint_trajectory",
        "Action of the arm's controller (follow_joint_trajectory).",
    ),
    Declared(
        "arm_path_tolerance",
        0.1,
        "How far a joint may be off on its way, radians or metres (arm_action; 0: as the controller has it); "
        "0.3, if that is more, where the hand pulls or pushes at a handle.",
        low=0.0,
        high=3.0,
    ),
    Declared(
        "arm_goal_tolerance",
        0.05,
        "How far a joint may be off at the end, radians or metres (arm_action; 0: as the controller has it); "
        "0.3, if that is more, where the hand pulls or pushes at a handle.",
        low=0.0,
        high=3.0,
    ),
    Declared(
        "arm_goal_time_tolerance",
        1.0,
        "Seconds after a trajectory's end in which its goal may still be reached (arm_action).",
        low=0.0,
        high=60.0,
    ),
    Declared("move_group_name", "manipulator", "MoveIt's group of the joints arm_joints (move_group)."),
    Declared(
        "move_group_tolerance",
        0.001,
        "How far the end of MoveIt's plan may be off, a joint, radians or metres (move_group).",
        low=0.0001,
        high=0.01,
    ),
    Declared(
        "move_group_planning_time", 2.0, "Seconds for MoveIt's plan to each goal (move_group).", low=0.1, high=60.0
    ),
    Declared(
        "move_group_attempts",
        4,
        "How often MoveIt plans to each goal; it keeps the best (move_group).",
        low=1,
        high=100,
    ),
    Declared(
        "gripper_links",
        RosParameter.Type.STRING_ARRAY,
        "Links that may touch what is held, beside end_effector_frame: the fingers and the palm (move_group).",
    ),
    Declared(
        "gripper_interface",
        "topic",
        "How the gripper is commanded: the topic gripper_controller/command, or the action gripper_action.",
        tuple(GRIPPER_OUTPUTS),
    ),
    Declared("gripper_action", "gripper_controller/gripper_cmd", "Action of the gripper's controller."),
    Declared(
        "gripper_effort",
        20.0,
        "With which the fingers may push, newtons or newton metres (action).",
        low=0.0,
        high=1000.0,
    ),
    Declared(
        "gripper_position_open",
        RosParameter.Type.DOUBLE,
        "Position of each finger joint at gripper_opening, radians or metres; unless set, the joints add up to the "
        "opening.",
        low=-7.0,
        high=7.0,
    ),
    Declared(
        "gripper_position_closed", 0.0, "Position of each finger joint where the fingers touch.", low=-7.0, high=7.0
    ),
    Declared("map_frame", "map", "Frame of the map and of the scene."),
    Declared("base_frame", "base_link", "Frame of the base, on the floor, x ahead."),
    Declared("end_effector_frame", "end_effector", "Frame between the fingertips: z approach, y closing direction."),
    Declared(
        "arm_joints",
        ["torso_lift_joint", *(f"arm_joint_{i}" for i in range(1, 8))],
        "Joints of the arm's trajectory, in order: all that move between base_frame and end_effector_frame.",
    ),
    Declared(
        "finger_joints",
        ["gripper_left_finger_joint", "gripper_right_finger_joint"],
        "The joints of the fingers: one for each, or the one that moves both and is commanded.",
    ),
    Declared("arm_acceleration", [1.0, *[5.0] * 7], "Largest acceleration of each arm joint, m/s² or rad/s²."),
    Declared("arm_speed", 0.9, "Share of the joints' velocity limits (URDF) that is used.", low=0.05, high=1.0),
    Declared(
        "arm_reach", 0.9, "Horizontal distance from the base beyond which nothing is tried, metres.", low=0.1, high=5.0
    ),
    Declared("posture_names", list(_POSTURES), "Names of postures; each has a parameter postures.NAME."),
    Declared("carry_posture", "stow", "Posture in which the robot drives."),
    Declared("gripper_opening", 0.085, "Largest distance between the fingers, metres.", low=0.01, high=0.5),
    Declared(
        "gripper_tip", 0.021, "How far the fingers reach beyond the end effector's frame, metres.", low=0.0, high=0.2
    ),
    Declared("gripper_palm", 0.065, "How far behind that frame the palm begins, metres.", low=0.0, high=0.5),
    Declared(
        "base_radius", 0.27, "Radius of the footprint with the arm stowed, with some air, metres.", low=0.05, high=2.0
    ),
    Declared("base_speed", 0.45, "Largest forward velocity, m/s.", low=0.05, high=3.0),
    Declared("base_turn_speed", 1.0, "Largest turning velocity, rad/s.", low=0.1, high=5.0),
    Declared("base_acceleration", 0.6, "Largest forward acceleration, m/s².", low=0.05, high=10.0),
    Declared("base_braking", 0.35, "Deceleration towards the end of a way, m/s².", low=0.05, high=10.0),
    Declared("base_patience", 4.0, "Seconds for which a blocked way is waited for.", low=0.0, high=600.0),
    Declared("scale.linear", 0.1, "Speed of the hand at 1 on delta_twist_cmds, m/s.", low=0.0, high=1.0),
    Declared("scale.rotational", 0.5, "Rate of its turning at 1 on delta_twist_cmds, rad/s.", low=0.0, high=3.0),
    Declared("scale.joint", 0.5, "Rate of a joint at 1 on delta_joint_cmds, rad/s or m/s.", low=0.0, high=3.0),
    Declared(
        "incoming_command_timeout",
        0.2,
        "Seconds of steady time after a person's last command at which the arm holds.",
        low=0.05,
        high=2.0,
    ),
    Declared(
        "data_timeout",
        3.0,
        "Seconds of steady time for which the robot's topics are waited for at a goal's start, and its controllers.",
        low=0.1,
        high=600.0,
    ),
    Declared("navigation_timeout", 120.0, "Seconds of ROS time for navigate_to.", low=1.0, high=3600.0),
    Declared("manipulation_timeout", 90.0, "Seconds of ROS time for the arm's actions.", low=1.0, high=3600.0),
    Declared(
        "steady_timeout_factor",
        5.0,
        "Steady time a goal may take, as a multiple of its time-out.",
        low=1.0,
        high=1000.0,
    ),
)


class Parameters:
    """Declares the parameters on a node and reads them.

    Raises:
        UserError: a value is wrong or a parameter is not known.
    """

    def __init__(self, node: Node):
        given = node._parameter_overrides.get("posture_names")
        names = _POSTURES if given is None else given.value
        postures = [
            Declared(f"postures.{name}", _POSTURES.get(name, _POSTURES["stow"]), f"Joints of the posture '{name}'.")
            for name in names
        ]
        self._values = declare(node, (*PARAMETERS, *postures))
        self._check_lengths()
        self._check_fingers()
        carry = self._values["carry_posture"]
        if carry not in names:
            raise UserError(f"the parameter carry_posture is '{carry}'; {did_you_mean(carry, names)}")

    def _check_lengths(self) -> None:
        dof = len(self._values["arm_joints"])
        wanted = {"arm_acceleration": dof} | {name: dof for name in self._values if name.startswith("postures.")}
        for name, length in wanted.items():
            given = len(self._values[name])
            if given != length:
                raise UserError(f"the parameter {name} has {given} entries and needs {length} (arm_joints has {dof})")

    def _check_fingers(self) -> None:
        count = len(self._values["finger_joints"])
        if count not in (1, 2):
            raise UserError(f"the parameter finger_joints has {count} entries and needs 1 or 2")
        fingers = self._fingers()
        if abs(fingers.open - fingers.closed) < 1e-6:
            raise UserError(
                f"gripper_position_open and gripper_position_closed are both {fingers.open:g}; how do the fingers move?"
            )

    def _value(self, name: str) -> Any:
        return self._values[name]

    @property
    def frames(self) -> tuple[str, str]:
        """Names of the map's and the base's frame."""
        return self._value("map_frame"), self._value("base_frame")

    @property
    def base_is_fixed(self) -> bool:
        """Whether nothing drives."""
        return self._value("base") == "fixed"

    @property
    def has_arm(self) -> bool:
        """Whether there is an arm with a hand."""
        return self._value("arm_interface") != _NO_ARM

    @property
    def data_timeout(self) -> float:
        """Seconds of steady time."""
        return self._value("data_timeout")

    def limits(self, kind: str) -> tuple[float, float]:
        """Return the time-outs of `navigation` or `manipulation`: ROS time and steady time, seconds."""
        ros_time = self._value(f"{kind}_timeout")
        return ros_time, ros_time * self._value("steady_timeout_factor")

    def channels(self) -> Channels:
        """Return how the robot's parts are heard and commanded."""
        if not self.has_arm:
            return Channels(None, self.frames, self.base_is_fixed, self._value("use_stamped"))
        arm = ArmChannel(
            interface=self._value("arm_interface"),
            joints=tuple(self._value("arm_joints")),
            action=self._value("arm_action"),
            path_tolerance=self._value("arm_path_tolerance"),
            goal_tolerance=self._value("arm_goal_tolerance"),
            goal_time=self._value("arm_goal_time_tolerance"),
            patience=self.data_timeout,
        )
        gripper = GripperChannel(
            interface=self._value("gripper_interface"),
            fingers=self._fingers(),
            action=self._value("gripper_action"),
            effort=self._value("gripper_effort"),
            patience=self.data_timeout,
        )
        limb = Limb(arm, gripper, self._planner() if arm.interface == MOVE_GROUP else None)
        return Channels(limb, self.frames, self.base_is_fixed, self._value("use_stamped"))

    def _planner(self) -> MoveGroupChannel:
        return MoveGroupChannel(
            joints=tuple(self._value("arm_joints")),
            group=self._value("move_group_name"),
            end_effector=self._value("end_effector_frame"),
            touching=tuple(self._value("gripper_links") or ()),
            speed=self._value("arm_speed"),
            tolerance=self._value("move_group_tolerance"),
            planning_time=self._value("move_group_planning_time"),
            attempts=self._value("move_group_attempts"),
            patience=self.data_timeout,
        )

    def _fingers(self) -> Fingers:
        joints, widest = tuple(self._value("finger_joints")), self._value("gripper_opening")
        given = self._value("gripper_position_open")
        at_widest = widest / len(joints) if given is None else given
        return Fingers(joints, widest, at_widest, self._value("gripper_position_closed"))

    def arm(self) -> ArmSettings:
        """Return the settings of the arm."""
        return ArmSettings(
            base_frame=self._value("base_frame"),
            end_effector=self._value("end_effector_frame"),
            joints=tuple(self._value("arm_joints")),
            fingers=self._fingers(),
            postures={name: tuple(self._value(f"postures.{name}")) for name in self._value("posture_names")},
            acceleration=tuple(self._value("arm_acceleration")),
            speed=self._value("arm_speed"),
            reach=self._value("arm_reach"),
            carry=self._value("carry_posture"),
            hand=Hand(self._value("gripper_opening"), self._value("gripper_tip"), self._value("gripper_palm")),
        )

    def jog(self) -> JogSettings | None:
        """Return what a person's commands for the arm mean; None where they are left to MoveIt Servo."""
        if not self.has_arm or self._value("arm_interface") == MOVE_GROUP:
            return None
        return JogSettings(
            base_frame=self._value("base_frame"),
            end_effector=self._value("end_effector_frame"),
            joints=tuple(self._value("arm_joints")),
            linear=self._value("scale.linear"),
            rotational=self._value("scale.rotational"),
            joint=self._value("scale.joint"),
            timeout=self._value("incoming_command_timeout"),
            widest=self._value("gripper_opening"),
        )

    def drive(self) -> DriveSettings:
        """Return the settings of the base."""
        limits = DriveLimits(
            linear=self._value("base_speed"),
            angular=self._value("base_turn_speed"),
            acceleration=self._value("base_acceleration"),
            braking=self._value("base_braking"),
        )
        return DriveSettings(self._value("base_radius"), self._value("base_patience"), limits)
