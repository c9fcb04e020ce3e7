# SPDX-License-Identifier: Apache-2.0
"""A joystick drives base, arm and hand; executable ``teleop_joy``."""

import threading
import time
from typing import Any

from rclpy.node import Node
from sensor_msgs.msg import Joy

from agent_planner.ros.node_parameters import Declared, declare
from agent_planner.ros.process import run_node
from agent_planner.ros.teleop_client import TeleopClient
from agent_planner.ros.timers import steady_timer
from agent_planner.teleop.commands import ArmTwist, Word
from agent_planner.teleop.joystick import NO_BUTTON, Axis, JoySettings, Joystick, Wanted
from agent_planner.types import Autonomy

_SILENT_S = 0.5  # after which the joystick counts as released, steady time
_LOOK_S = 0.05
_NONE, _LAST = NO_BUTTON, 63  # numbers of axes and buttons

DECLARED = (
    Declared("axis_linear.x", 1, "Axis for driving ahead; -1: none.", low=_NONE, high=_LAST),
    Declared("axis_linear.y", _NONE, "Axis for driving sideways; -1: none.", low=_NONE, high=_LAST),
    *(Declared(f"scale_linear.{of}", 0.25, "Speed of full deflection, m/s.", low=-2.0, high=2.0) for of in "xy"),
    *(Declared(f"scale_linear_turbo.{of}", 0.5, "The same with turbo, m/s.", low=-2.0, high=2.0) for of in "xy"),
    Declared("axis_angular.yaw", 0, "Axis that turns the base; -1: none.", low=_NONE, high=_LAST),
    Declared("scale_angular.yaw", 0.6, "Rate of full deflection, rad/s.", low=-4.0, high=4.0),
    Declared("scale_angular_turbo.yaw", 1.2, "The same with turbo, rad/s.", low=-4.0, high=4.0),
    Declared("require_enable_button", True, "Whether the base needs a dead-man; else the deflected stick is one."),
    Declared("enable_button", 4, "Dead-man of the base; -1: none.", low=_NONE, high=_LAST),
    Declared("enable_turbo_button", _NONE, "Another one, for the turbo scales; -1: none.", low=_NONE, high=_LAST),
    Declared("arm_enable_button", 5, "Dead-man of the arm; -1: none.", low=_NONE, high=_LAST),
    *(
        Declared(f"arm_axis.{of}", number, f"Axis for the hand's {of}; -1: none.", low=_NONE, high=_LAST)
        for of, number in zip(ArmTwist._fields, (1, 0, 4, _NONE, 7, 3), strict=True)
    ),
    *(
        Declared(f"arm_scale.{of}", 1.0, "Share of the arm's speed at full deflection.", low=-1.0, high=1.0)
        for of in ArmTwist._fields
    ),
    Declared("arm_frame", "", "Frame of the hand's motion: the end effector's or the base's; empty: the base's."),
    Declared("gripper_close_button", 0, "Closes the gripper; -1: none.", low=_NONE, high=_LAST),
    Declared("gripper_open_button", 3, "Opens it; -1: none.", low=_NONE, high=_LAST),
    Declared("stop_button", 1, "Stops the robot, with or without a dead-man; -1: none.", low=_NONE, high=_LAST),
    Declared("take_over_button", _NONE, "Takes over without a stick; -1: none.", low=_NONE, high=_LAST),
    Declared("give_back_button", 7, "Gives the robot back to its skills; -1: none.", low=_NONE, high=_LAST),
    Declared("auto_button", _NONE, "Sets the level 'auto'; -1: none.", low=_NONE, high=_LAST),
    Declared("confirm_button", _NONE, "Sets the level 'confirm'; -1: none.", low=_NONE, high=_LAST),
    Declared("plan_only_button", _NONE, "Sets the level 'plan_only'; -1: none.", low=_NONE, high=_LAST),
    Declared("teleop_button", _NONE, "Sets the level 'teleop'; -1: none.", low=_NONE, high=_LAST),
    Declared("publish_stamped_twist", False, "TwistStamped on cmd_vel_teleop, if the supervisor has use_stamped."),
    Declared("frame", "base_link", "Frame of stamped velocities."),
)


class TeleopJoyNode(Node):
    """Subscribes ``joy``; topics and services that it uses: see `TeleopClient`. Parameters: `DECLARED`."""

    def __init__(self, **options: Any):
        super().__init__("teleop_joy", **options)
        values = declare(self, DECLARED)
        self._arm_frame = values["arm_frame"]
        self._joystick = Joystick(_settings(values))
        self._values = values
        self._heard: float | None = None  # when the last reading came, steady time; None: everything is released
        self._fault = ""
        self._closing = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Create the endpoints."""
        stamped = self._values["publish_stamped_twist"]
        self._client = TeleopClient(self, self._values["frame"], stamped, self.get_logger().info)
        self.create_subscription(Joy, "joy", self._on_joy, 1)
        steady_timer(self, _LOOK_S, self._look)

    def stop(self) -> None:
        """Let go of everything; what the joystick says after that is not carried out."""
        with self._closing:
            self._closed = True
        self._client.close()

    def _on_joy(self, message: Joy) -> None:
        self._heard = time.monotonic()
        wanted = self._joystick.read(tuple(message.axes), tuple(message.buttons))
        if wanted.fault and wanted.fault != self._fault:
            self.get_logger().warning(wanted.fault)
        self._fault = wanted.fault
        self._carry_out(wanted)

    def _look(self) -> None:
        if self._heard is not None and time.monotonic() - self._heard > _SILENT_S:
            self._heard = None
            self._joystick.silence()
            self.get_logger().warning("nothing comes from the joystick, which counts as released")
            self._carry_out(Wanted())

    def _carry_out(self, wanted: Wanted) -> None:
        with self._closing:
            if self._closed:
                return
            for word in wanted.words:
                self._client.say(word, "a person with a joystick")
            self._client.drive(wanted.velocity)
            self._client.move_arm(wanted.arm, self._arm_frame)


def _settings(values: dict[str, Any]) -> JoySettings:
    base = {
        of: Axis(values[f"axis_linear.{of}"], values[f"scale_linear.{of}"], values[f"scale_linear_turbo.{of}"])
        for of in "xy"
    }
    yaw = Axis(values["axis_angular.yaw"], values["scale_angular.yaw"], values["scale_angular_turbo.yaw"])
    words: dict[Word | Autonomy, int] = {
        Word.STOP: values["stop_button"],
        Word.TAKE_OVER: values["take_over_button"],
        Word.GIVE_BACK: values["give_back_button"],
        Word.OPEN: values["gripper_open_button"],
        Word.CLOSE: values["gripper_close_button"],
    }
    return JoySettings(
        base=base | {"yaw": yaw},
        arm={of: Axis(values[f"arm_axis.{of}"], values[f"arm_scale.{of}"]) for of in ArmTwist._fields},
        enable=values["enable_button"],
        turbo=values["enable_turbo_button"],
        require_enable=values["require_enable_button"],
        arm_enable=values["arm_enable_button"],
        words=words | {level: values[f"{level.value}_button"] for level in Autonomy},
    )


def main(args: list[str] | None = None) -> int:
    """Run the node until it is told to end; returns the exit code."""
    return run_node(TeleopJoyNode, args)


if __name__ == "__main__":
    raise SystemExit(main())
