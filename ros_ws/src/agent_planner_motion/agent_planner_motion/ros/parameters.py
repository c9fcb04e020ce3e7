# SPDX-License-Identifier: Apache-2.0
"""Parameters of the motion servers: declared, described, and nothing else accepted."""

from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import ParameterDescriptor
from rclpy.node import Node

from agent_planner.errors import UserError, did_you_mean
from agent_planner_motion.arm.grasps import Hand
from agent_planner_motion.base.pursuit import DriveLimits
from agent_planner_motion.skills.drive import DriveSettings
from agent_planner_motion.skills.kit import ArmSettings

_ROS_OWN = ("use_sim_time", "start_type_description_service")


@dataclass(frozen=True)
class _Parameter:
    default: Any
    description: str


_PARAMETERS: dict[str, _Parameter] = {
    "use_stamped": _Parameter(False, "Publish cmd_vel_nav as TwistStamped instead of Twist."),
    "arm_interface": _Parameter("topic", "How the arm is commanded; 'topic': arm_controller/joint_trajectory."),
    "map_frame": _Parameter("map", "Frame of the map and of the scene."),
    "base_frame": _Parameter("base_link", "Frame of the base, on the floor, x ahead."),
    "end_effector_frame": _Parameter("end_effector", "Frame between the fingertips: z approach, y closing direction."),
    "arm_joints": _Parameter(
        ["torso_lift_joint", *(f"arm_joint_{i}" for i in range(1, 8))], "Joints of the arm's trajectory, in order."
    ),
    "finger_joints": _Parameter(
        ["gripper_left_finger_joint", "gripper_right_finger_joint"], "The two finger joints; the opening is their sum."
    ),
    "arm_acceleration": _Parameter([1.0, *[5.0] * 7], "Largest acceleration of each arm joint, m/s² or rad/s²."),
    "arm_speed": _Parameter(0.9, "Share of the joints' velocity limits (URDF) that is used."),
    "arm_reach": _Parameter(0.9, "Horizontal distance from the base beyond which nothing is tried, metres."),
    "posture_names": _Parameter(["stow", "home", "ready"], "Names of postures; each has a parameter postures.NAME."),
    "carry_posture": _Parameter("stow", "Posture in which the robot drives."),
    "gripper_opening": _Parameter(0.085, "Largest distance between the fingers, metres."),
    "gripper_tip": _Parameter(0.021, "How far the fingers reach beyond the end effector's frame, metres."),
    "gripper_palm": _Parameter(0.065, "How far behind that frame the palm begins, metres."),
    "base_radius": _Parameter(0.28, "Radius of the footprint with the arm stowed, with some air, metres."),
    "base_speed": _Parameter(0.45, "Largest forward velocity, m/s."),
    "base_turn_speed": _Parameter(1.0, "Largest turning velocity, rad/s."),
    "base_acceleration": _Parameter(0.6, "Largest forward acceleration, m/s²."),
    "base_braking": _Parameter(0.35, "Deceleration towards the end of a way, m/s²."),
    "base_patience": _Parameter(4.0, "Seconds for which a blocked way is waited for."),
    "data_timeout": _Parameter(3.0, "Seconds of steady time for which the robot's topics are waited for at a goal's start."),
    "navigation_timeout": _Parameter(120.0, "Seconds of ROS time for navigate_to."),
    "manipulation_timeout": _Parameter(90.0, "Seconds of ROS time for the arm's actions."),
    "steady_timeout_factor": _Parameter(5.0, "Steady time a goal may take, as a multiple of its time-out."),
}
_STOW = [0.05, 0.38, -2.28, 0.0, 2.57, 0.0, 1.28, 0.0]
_POSTURES = {
    "stow": _STOW,
    "home": [0.15, 0.0, -1.638, 0.0, 1.902, 0.0, 1.307, 0.0],
    "ready": [0.20, 0.0, -1.297, 0.0, 1.806, 0.0, 1.062, 0.0],
}


class Parameters:
    """Declares the parameters on a node and reads them.

    Raises:
        UserError: a value is wrong or a parameter is not known.
    """

    def __init__(self, node: Node):
        self._node = node
        for name, parameter in _PARAMETERS.items():
            node.declare_parameter(name, parameter.default, _described(parameter.description))
        for name in self._value("posture_names"):
            default = _POSTURES.get(name, _STOW)
            node.declare_parameter(f"postures.{name}", default, _described(f"Joints of the posture '{name}'."))
        known = {*node._parameters, *_ROS_OWN}
        unknown = sorted(name for name in node._parameter_overrides if name not in known and not name.startswith("qos_"))
        if unknown:
            raise UserError(f"there is no parameter '{unknown[0]}'; {did_you_mean(unknown[0], known)}")
        if self._value("arm_interface") != "topic":
            raise UserError(f"arm_interface '{self._value('arm_interface')}' is not known; known: topic")

    def _value(self, name: str) -> Any:
        return self._node.get_parameter(name).value

    @property
    def use_stamped(self) -> bool:
        """Whether velocities are stamped."""
        return self._value("use_stamped")

    @property
    def frames(self) -> tuple[str, str]:
        """Names of the map's and the base's frame."""
        return self._value("map_frame"), self._value("base_frame")

    @property
    def data_timeout(self) -> float:
        """Seconds of steady time."""
        return self._value("data_timeout")

    def limits(self, kind: str) -> tuple[float, float]:
        """Return the time-outs of `navigation` or `manipulation`: ROS time and steady time, seconds."""
        ros_time = self._value(f"{kind}_timeout")
        return ros_time, ros_time * self._value("steady_timeout_factor")

    def arm(self) -> ArmSettings:
        """Return the settings of the arm."""
        left, right = self._value("finger_joints")
        return ArmSettings(
            base_frame=self._value("base_frame"),
            end_effector=self._value("end_effector_frame"),
            joints=tuple(self._value("arm_joints")),
            fingers=(left, right),
            postures={name: tuple(self._value(f"postures.{name}")) for name in self._value("posture_names")},
            acceleration=tuple(self._value("arm_acceleration")),
            speed=self._value("arm_speed"),
            reach=self._value("arm_reach"),
            carry=self._value("carry_posture"),
            hand=Hand(self._value("gripper_opening"), self._value("gripper_tip"), self._value("gripper_palm")),
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


def _described(text: str) -> ParameterDescriptor:
    return ParameterDescriptor(description=text, read_only=True)
