# SPDX-License-Identifier: Apache-2.0
"""A person's commands for arm and hand, on topics as MoveIt Servo has them."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import TwistStamped
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from std_msgs.msg import Bool, Float64

from agent_planner.errors import did_you_mean
from agent_planner.ros.interface_types import is_installed, load_interface
from agent_planner.ros.names import DELTA_TWIST_CMDS, GRIPPER_OPENING, NEWEST, STOP_ACTIVE, TELEOP_STATE
from agent_planner.ros.teleop_state import teleop_state_of
from agent_planner_motion.errors import MotionError
from agent_planner_motion.ros.goal_server import Resource
from agent_planner_motion.ros.robot import RosRobot
from agent_planner_motion.skills.job import CancelRequested, Job
from agent_planner_motion.skills.jog import ArmJog, Jog
from agent_planner_motion.skills.kit import ArmKit

_JOINT_JOG = "control_msgs/msg/JointJog"
_HOLDER = "jog"
_LOCKED_S = 0.5  # silence of the supervisor that counts as a stop, steady time
_TELL_AGAIN_S = 5.0
_READY_S = 10.0  # for the arm's model, which takes a second the first time
_JOIN_S = 5.0
_MOST = 1.0 + 1e-6


@dataclass(frozen=True)
class JogSettings:
    """What the commands mean.

    Attributes:
        base_frame: frame that an empty one stands for.
        end_effector: the other one in which a twist may be.
        joints: of the arm.
        linear: m/s at 1.
        rotational: rad/s at 1.
        joint: rad/s or m/s at 1.
        timeout: seconds of steady time without a command after which the arm holds.
        widest: opening of the gripper at 1, metres.
    """

    base_frame: str
    end_effector: str
    joints: tuple[str, ...]
    linear: float
    rotational: float
    joint: float
    timeout: float
    widest: float


class RosJog:
    """Moves the arm while a person has the robot and nothing is stopped, and never while a goal has the arm.

    Subscribes ``delta_twist_cmds`` (TwistStamped), ``delta_joint_cmds`` (JointJog, where control_msgs has it),
    ``gripper_opening`` (Float64, 0 closed to 1 open), ``teleop_state``, ``stop_active``. Twists and joint velocities
    are without unit, from -1 to 1.

    Args:
        node: the node.
        robot: whose fingers are moved.
        kit: returns the arm, for a job.
        arm: is taken while it moves.
        settings: what the commands mean.
    """

    def __init__(self, node: Node, robot: RosRobot, kit: Callable[[Job], ArmKit], arm: Resource, settings: JogSettings):
        self._node = node
        self._robot = robot
        self._kit = kit
        self._arm = arm
        self._settings = settings
        self._closing = False
        self._worker: threading.Thread | None = None
        self._asked: tuple[float, Jog] | None = None  # since when, steady time
        self._stop: tuple[float, bool] | None = None  # when it was heard, and what
        self._by_person = False
        self._told = ("", 0.0)
        group = ReentrantCallbackGroup()

        def listen(kind: type, topic: str, callback: Callable, qos: Any = 1) -> None:
            node.create_subscription(kind, topic, callback, qos, callback_group=group)

        listen(Bool, STOP_ACTIVE, self._on_stop, NEWEST)
        listen(DiagnosticStatus, TELEOP_STATE, self._on_teleop, NEWEST)
        listen(TwistStamped, DELTA_TWIST_CMDS, lambda m: self._ask(self._twist, m))
        listen(Float64, GRIPPER_OPENING, self._on_opening)
        if is_installed(_JOINT_JOG):
            listen(load_interface(_JOINT_JOG), "delta_joint_cmds", lambda m: self._ask(self._joints, m))

    def close(self) -> None:
        """End what moves; the arm comes to rest."""
        self._closing = True
        if self._worker is not None:
            self._worker.join(_JOIN_S)

    # --- called by the executor

    def _on_stop(self, message: Bool) -> None:
        self._stop = (time.monotonic(), message.data)

    def _on_teleop(self, message: DiagnosticStatus) -> None:
        try:
            self._by_person = teleop_state_of(message).active
        except ValueError as error:
            self._by_person = False
            self._tell(f"'{TELEOP_STATE}' cannot be read: {error}")

    def _ask(self, read: Callable[[Any], Jog], message: Any) -> None:
        try:
            jog = read(message)
        except ValueError as error:
            self._asked = None
            self._tell(f"a command for the arm is not carried out: {error}")
            return
        self._asked = (time.monotonic(), jog)
        if jog.twist.any() and self._allowed() and self._take_arm():
            self._worker = threading.Thread(target=self._work, name=_HOLDER)
            self._worker.start()

    def _on_opening(self, message: Float64) -> None:
        if not 0.0 <= message.data <= _MOST:
            self._tell(f"'{GRIPPER_OPENING}' is {message.data:g}; a number from 0 (closed) to 1 (open) was expected")
            return
        if not self._allowed():
            return
        mine = self._take_arm()
        if not mine and self._arm.holder != _HOLDER:
            return
        try:
            self._robot.send_gripper(min(message.data, 1.0) * self._settings.widest)
        except MotionError as error:
            self._tell(error.message)
        finally:
            if mine:
                self._arm.release()

    # --- parts

    def _take_arm(self) -> bool:
        """Take the arm if nobody has it; says so where a goal has."""
        taken = self._arm.take(_HOLDER)
        if not taken and (holder := self._arm.holder) not in (_HOLDER, ""):
            self._tell(f"the arm is in use by '{holder}'")
        return taken

    def _allowed(self) -> bool:
        """Whether a person has the robot and nothing is stopped; says so where that is not the case."""
        reason = self._locked()
        if reason:
            self._tell(reason)
        return not reason

    def _locked(self) -> str:
        if self._closing:
            return "the node shuts down"
        if self._stop is None or time.monotonic() - self._stop[0] > _LOCKED_S:
            return "nothing is heard of the supervisor, which counts as a stop"
        if self._stop[1]:
            return "the robot is stopped"
        return "" if self._by_person else "the skills have the robot; call 'take_over' first"

    def _now_asked(self) -> Jog | None:
        asked = self._asked
        if asked is None or time.monotonic() - asked[0] > self._settings.timeout or self._locked():
            return None
        return asked[1]

    def _work(self) -> None:
        clock = self._node.get_clock()
        job = Job(
            lambda: clock.now().nanoseconds * 1e-9,
            time.monotonic,
            _READY_S,
            _READY_S,
            lambda: self._now_asked() is None,
        )
        try:
            ArmJog(self._kit(job), self._tell).run(self._now_asked)
        except CancelRequested:
            return
        except MotionError as error:
            self._tell(f"the arm is not moved: {error.message}")
        finally:
            self._arm.release()

    def _tell(self, text: str) -> None:
        """Log what keeps the arm from moving, when it changes and every few seconds."""
        before, when = self._told
        now = time.monotonic()
        if text and (text != before or now - when > _TELL_AGAIN_S):
            self._told = (text, now)
            self._node.get_logger().warning(text)

    # --- what is asked; ValueError where it cannot be

    def _twist(self, message: TwistStamped) -> Jog:
        frame = message.header.frame_id or self._settings.base_frame
        known = (self._settings.base_frame, self._settings.end_effector)
        if frame not in known:
            raise ValueError(f"a twist in the frame '{frame}'; {did_you_mean(frame, known)}")
        linear, angular = message.twist.linear, message.twist.angular
        parts = _within((linear.x, linear.y, linear.z, angular.x, angular.y, angular.z), "a twist")
        scale = np.repeat([self._settings.linear, self._settings.rotational], 3)
        return Jog(parts * scale, frame)

    def _joints(self, message: Any) -> Jog:
        names, velocities = list(message.joint_names), list(message.velocities)
        joints = self._settings.joints
        unknown = [name for name in names if name not in joints]
        if unknown:
            raise ValueError(f"no joint '{unknown[0]}' of the arm; {did_you_mean(unknown[0], joints)}")
        if len(names) != len(velocities):
            raise ValueError(f"{len(names)} joint_names and {len(velocities)} velocities; one for each was expected")
        rates = np.zeros(len(joints))
        rates[[joints.index(name) for name in names]] = _within(velocities, "velocities")
        return Jog(rates * self._settings.joint)


def _within(numbers: Any, what: str) -> np.ndarray:
    if not all(math.isfinite(number) and abs(number) <= _MOST for number in numbers):
        shown = ", ".join(f"{number:g}" for number in numbers)
        raise ValueError(f"{what} of {shown}; numbers from -1 to 1 were expected (shares of the parameters scale.*)")
    return np.array(numbers, dtype=float)
