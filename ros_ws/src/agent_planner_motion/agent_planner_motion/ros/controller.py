# SPDX-License-Identifier: Apache-2.0
"""A controller behind an action: one goal at a time, the newest."""

import time
from typing import Any

from action_msgs.msg import GoalStatus
from rclpy.node import Node

from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.interface_types import load_interface
from agent_planner.ros.remote_goal import Presence, RemoteGoal
from agent_planner_motion.errors import ControllerFailed, GoalRejected, Interrupted, NoAnswer, NoServer


class Controller:
    """Sends goals and tells what became of the newest. Its methods return at once.

    Args:
        node: the node.
        kind: name of the action's type.
        action: name of the action.
        patience: seconds of steady time for which a server may be gone, or may leave a goal without an answer.

    Raises:
        InterfaceMissing: the type is not installed.
    """

    def __init__(self, node: Node, kind: str, action: str, patience: float):
        self.kind = load_interface(kind)
        self.action = action
        self._client = SafeActionClient(node, self.kind, action)
        self._patience = patience
        self._since = time.monotonic()  # the newest goal was sent then
        self._presence = Presence(self._client.server_is_ready, patience)
        self._goal: RemoteGoal | None = None
        self._before: list[RemoteGoal] = []  # the earlier ones that have not ended, as far as is known

    @property
    def busy(self) -> bool:
        """Whether the newest goal has not ended, and nobody wants it to."""
        return self._goal is not None and not self._goal.ended.is_set() and not self._goal.cancel_wanted

    @property
    def ending(self) -> bool:
        """Whether a server has the newest goal and is still to end it."""
        goal = self._goal
        wanted = goal is not None and goal.accepted and goal.cancel_wanted and not goal.ended.is_set()
        return wanted and self._client.server_is_ready()

    def check(self) -> None:
        """Raise NoServer where nobody serves the action."""
        if not self._client.server_is_ready():
            raise NoServer(self.action, self._presence.gone_s)

    def send(self, goal: Any) -> None:
        """Send a goal; the controller lets it take the place of the one before.

        Raises:
            NoServer: nobody would get it.
        """
        self.check()
        self._since = time.monotonic()
        self._presence = Presence(self._client.server_is_ready, self._patience)
        self._before = [earlier for earlier in self._goals() if not earlier.ended.is_set()]
        self._goal = RemoteGoal(self._client, goal, lambda feedback: None)
        self._goal.send()

    def cancel(self) -> None:
        """Ask for the end of whatever was sent: the newest may be rejected while the one before goes on."""
        for goal in self._goals():
            goal.cancel()

    def outcome(self) -> Any:
        """Return status and result of the newest goal, or None while it runs.

        Raises:
            MotionError: nothing will come of it, or somebody else has ended it.
        """
        goal = self._goal
        assert goal is not None
        if goal.ended.is_set():
            return self._ended(goal)
        waited = time.monotonic() - self._since
        if self._presence.lost:
            raise NoServer(self.action, self._patience)
        if not goal.answered and waited > self._patience:
            raise NoAnswer(self.action, waited)
        return None

    def _ended(self, goal: RemoteGoal) -> Any:
        if goal.response is None:
            raise GoalRejected(self.action)
        if goal.response.status == GoalStatus.STATUS_CANCELED:
            raise Interrupted(self.action)
        if goal.response.status == GoalStatus.STATUS_UNKNOWN:
            reason, why = "UNKNOWN_GOAL", "it does not know the goal any more; was it started anew?"
            raise ControllerFailed(self.action, reason, reason, why)
        return goal.response

    @property
    def at_rest(self) -> bool:
        """Whether the newest goal does not run; what is cancelled is so again until the server has confirmed it."""
        for goal in self._goals():
            if goal.cancel_wanted:
                goal.cancel()
        return self._goal is None or self._goal.ended.is_set()

    def _goals(self) -> list[RemoteGoal]:
        return self._before if self._goal is None else [*self._before, self._goal]

    def destroy(self) -> None:
        """Release the client."""
        self._client.destroy()
