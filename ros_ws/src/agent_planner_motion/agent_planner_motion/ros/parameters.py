# SPDX-License-Identifier: Apache-2.0
"""Parameters of the motion servers: declared, described, and nothing else accepted."""

from typing import Any

from rclpy.node import Node

from agent_planner.errors import UserError, did_you_mean
from agent_planner.ros.node_parameters import Declared, declare
from agent_planner_motion.arm.grasps import Hand
from agent_planner_motion.base.pursuit import DriveLimits
from agent_planner_motion.skills.drive import DriveSettings
from agent_planner_motion.skills.kit import ArmSettings

_POSTURES = {
    "stow": [0.05, 0.38, -2.28, 0.0, 2.57, 0.0, 1.28, 0.0],
    "home": [0.15, 0.0, -1.638, 0.0, 1.902, 0.0, 1.307, 0.0],
    "ready": [0.20, 0.0, -1.297, 0.0, 1.806, 0.0, 1.062, 0.0],
}
PARAMETERS = (
    Declared("use_stamped", False, "Publish cmd_vel_nav as TwistStamped instead of Twist."),
    Declared(
        "arm_interface", "topic", "How the arm is commanded (topic: arm_controller/joint_trajectory).", ("topic",)
    ),
    Declared("map_frame", "map", "Frame of the map and of the scene."),
    Declared("base_frame", "base_link", "Frame of the base, on the floor, x ahead."),
    Declared("end_effector_frame", "end_effector", "Frame between the fingertips: z approach, y closing direction."),
    Declared(
        "arm_joints",
        ["torso_lift_joint", *(f"arm_joint_{i}" for i in range(1, 8))],
        "Joints of the arm's trajectory, in order.",
    ),
    Declared(
        "finger_joints",
        ["gripper_left_finger_joint", "gripper_right_finger_joint"],
        "The two finger joints; the opening is their sum.",
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
    Declared(
        "data_timeout",
        3.0,
        "Seconds of steady time for which the robot's topics are waited for at a goal's start.",
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
        carry = self._values["carry_posture"]
        if carry not in names:
            raise UserError(f"the parameter carry_posture is '{carry}'; {did_you_mean(carry, names)}")

    def _check_lengths(self) -> None:
        dof = len(self._values["arm_joints"])
        wanted = {"finger_joints": 2, "arm_acceleration": dof}
        wanted |= {name: dof for name in self._values if name.startswith("postures.")}
        for name, length in wanted.items():
            given = len(self._values[name])
            if given != length:
                raise UserError(f"the parameter {name} has {given} entries and needs {length} (arm_joints has {dof})")

    def _value(self, name: str) -> Any:
        return self._values[name]

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
