# SPDX-License-Identifier: Apache-2.0
"""The person's side of a takeover: what drives base, arm and hand, and what is heard of the robot meanwhile."""

import time
from collections.abc import Callable
from typing import Any

from agent_planner_interfaces.msg import StopReport
from agent_planner_interfaces.srv import SetAutonomy
from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.client import Client
from rclpy.node import Node
from std_msgs.msg import Bool, String
from std_srvs.srv import Trigger

from agent_planner.ros import names
from agent_planner.ros.hands import Hands
from agent_planner.ros.stop_sender import StopSender
from agent_planner.ros.teleop_state import TeleopState, teleop_state_of
from agent_planner.safety.teleop_hold import STICK
from agent_planner.safety.velocity import ZERO, Velocity
from agent_planner.teleop.commands import ArmTwist, Word
from agent_planner.teleop.status import TeleopStatus
from agent_planner.types import Autonomy

_SET_AUTONOMY = "set_autonomy"
_SILENT_S = 0.5  # of the supervisor, steady time
_FAREWELL_S = 0.5
# An answer to `take_over` may be lost: it is asked for again after so long.
_AGAIN_S = 0.5
# What was asked of the hand and waits for the takeover is out of date after so long.
_OUTDATED_S = 3.0
_OPENINGS = {Word.OPEN: 1.0, Word.CLOSE: 0.0}
_SERVICES = {Word.STOP: names.STOP, Word.TAKE_OVER: names.TAKE_OVER, Word.GIVE_BACK: names.GIVE_BACK}


class TeleopClient:
    """Nothing here waits: what services answer is told later.

    Publishes ``stop_request``, and what `Hands` does; client of ``stop``, ``take_over``, ``give_back``,
    ``set_autonomy``; subscribes ``teleop_state``, ``autonomy``, ``stop_active``, ``stop_report``.

    Args:
        node: the node that it belongs to; it spins.
        base_frame: of stamped velocities.
        stamped: whether velocities are TwistStamped.
        tell: told, in any thread, what a person must hear of.
    """

    def __init__(self, node: Node, base_frame: str, stamped: bool, tell: Callable[[str], object]):
        self._node = node
        self._tell = tell
        self._base_moves = self._arm_moves = False
        self._arm_frame = ""
        self._asked_to_take = float("-inf")
        self._opening: tuple[float, float] | None = None  # what the hand is yet to do, and when that was asked
        self._state: TeleopState | None = None
        self._stop: tuple[float, bool] | None = None  # when it was heard, and what
        self._reason = self._level = ""
        self._hands = Hands(node, base_frame if stamped else None)
        self._stops = StopSender(node)
        self._triggers = {word: node.create_client(Trigger, name) for word, name in _SERVICES.items()}
        self._set_autonomy = node.create_client(SetAutonomy, _SET_AUTONOMY)
        node.create_subscription(DiagnosticStatus, names.TELEOP_STATE, self._on_state, names.NEWEST)
        node.create_subscription(String, names.AUTONOMY, self._on_level, names.NEWEST)
        node.create_subscription(Bool, names.STOP_ACTIVE, self._on_stop, names.NEWEST)
        node.create_subscription(StopReport, names.STOP_REPORT, self._on_report, names.NEWEST)

    @property
    def found(self) -> bool:
        """Whether there is a supervisor."""
        return self._triggers[Word.STOP].service_is_ready()

    @property
    def heard(self) -> bool:
        """Whether somebody takes velocities of the type that is sent."""
        return self._hands.heard

    @property
    def status(self) -> TeleopStatus:
        """What is heard of the robot."""
        state, stop = self._state, self._stop
        heard = stop is not None and time.monotonic() - stop[0] <= _SILENT_S
        return TeleopStatus(
            state.active if state is not None else None,
            state.seconds if state is not None else 0.0,
            self._level,
            stop[1] if stop is not None and heard else None,
            self._reason,
        )

    def beat(self) -> None:
        """The person's link is alive."""
        self._hands.beat()

    def drive(self, velocity: Velocity | None) -> None:
        """Drive the base; None: nothing is asked any more, for which zero goes out once."""
        if velocity is None and not self._base_moves:
            return
        self._base_moves = velocity is not None
        self._hands.drive(velocity or ZERO)

    def move_arm(self, arm: ArmTwist | None, frame: str) -> None:
        """Move the hand along axes of a frame (empty: the base's); None as for `drive`.

        What moves takes over, as a stick of the base does.
        """
        if arm is None and not self._arm_moves:
            return
        if arm is None:
            frame = self._arm_frame
        elif any(arm):
            self._take_first()
        self._arm_moves, self._arm_frame = arm is not None, frame
        self._hands.jog(arm or ArmTwist(), frame)

    def say(self, word: Word | Autonomy, who: str) -> None:
        """Carry out a word; ``who`` says it, for the reason of a stop.

        What ends the program or asks for help is up to that program.
        """
        if isinstance(word, Autonomy):
            self._request(self._set_autonomy, SetAutonomy.Request(autonomy=word.value), _SET_AUTONOMY)
        elif word in _OPENINGS:
            self._grip(_OPENINGS[word])
        elif word in _SERVICES:
            if word is Word.STOP:
                self._stops.send(f"{who} stopped the robot")
                self._let_go()
            if word is not Word.TAKE_OVER:
                self._opening = None
            self._request(self._triggers[word], Trigger.Request(), _SERVICES[word])

    def close(self) -> None:
        """Let go of base and arm; returns when that has arrived, or in half a second."""
        self._let_go()
        self._opening = None
        self._hands.wait_until_heard(_FAREWELL_S)

    # --- parts

    def _let_go(self) -> None:
        self.drive(None)
        self.move_arm(None, "")

    def _grip(self, opening: float) -> None:
        self._opening = (opening, time.monotonic())
        self._take_first()
        if self._taken or not self._triggers[Word.TAKE_OVER].service_is_ready():
            self._grip_now()

    def _grip_now(self) -> None:
        """Do what waits for a takeover, if anything does; called by whatever tells of one, answer or state."""
        asked, self._opening = self._opening, None
        if asked is not None and time.monotonic() - asked[1] < _OUTDATED_S:
            self._hands.grip(asked[0])

    @property
    def _taken(self) -> bool:
        return self._state is not None and self._state.active

    def _take_first(self) -> None:
        """Arm and hand are a person's only after a takeover; one by the stick would end with the stick's silence."""
        state = self._state
        if state is not None and state.active and state.source != STICK:
            return
        taker, now = self._triggers[Word.TAKE_OVER], time.monotonic()
        if now - self._asked_to_take >= _AGAIN_S and taker.service_is_ready():
            self._asked_to_take = now
            self._request(taker, Trigger.Request(), names.TAKE_OVER, self._took)

    def _took(self) -> None:
        self._asked_to_take = float("-inf")
        self._grip_now()

    def _request(self, client: Client, request: Any, name: str, then: Callable[[], None] = lambda: None) -> None:
        if not client.service_is_ready():
            self._tell(f"nobody serves '{name}'")
            return
        future = client.call_async(request)
        future.add_done_callback(lambda done: self._answered(done.result(), name, then))

    def _answered(self, answer: Any, name: str, then: Callable[[], None]) -> None:
        if answer is not None:
            self._tell(answer.message or f"'{name}': {'done' if answer.success else 'refused'}")
            then()

    # --- called by the executor

    def _on_state(self, message: DiagnosticStatus) -> None:
        try:
            self._state = teleop_state_of(message)
        except ValueError as error:
            self._state = None
            self._tell(f"'{names.TELEOP_STATE}' cannot be read: {error}")
        if self._taken:
            self._grip_now()

    def _on_level(self, message: String) -> None:
        self._level = message.data

    def _on_stop(self, message: Bool) -> None:
        self._stop = (time.monotonic(), message.data)
        if message.data:
            self._stops.arrived()

    def _on_report(self, message: StopReport) -> None:
        self._reason = message.reason if message.active else ""
