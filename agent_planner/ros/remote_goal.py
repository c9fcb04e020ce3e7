# SPDX-License-Identifier: Apache-2.0
"""One goal at an action server, as its client sees it."""

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from action_msgs.msg import GoalStatus
from action_msgs.srv import CancelGoal
from rclpy.action.client import ClientGoalHandle
from unique_identifier_msgs.msg import UUID

from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.waiting import Changes

_AGAIN_S = 0.3
# How often new servers are looked for; one of them is asked a few times, since it may not hear the first request.
_LOOK_S, _REQUESTS = 1.0, 3


class RemoteGoal:
    """Its methods may be called from any thread and return at once; wait on ``changes`` for what comes of them.

    A request may be lost or late, and its answer too. So a goal is cancelled by its own id, whether its acceptance
    is known or not, and `cancel` is called over and over: it sends a request only where the last one had time to be
    answered and was not. A goal that is accepted after a cancel is cancelled in the very callback that tells of it.

    Args:
        client: of the action.
        goal: the message.
        on_feedback: called with each feedback message.

    Attributes:
        changes: the lock of all of this.
        answered: whether the server has accepted or rejected it.
        accepted: whether the server has it.
        cancel_wanted: whether `cancel` was called.
        response: status and result, once it has ended.
        ended: set when nothing more will come: it has a response, or was rejected.
    """

    def __init__(self, client: SafeActionClient, goal: Any, on_feedback: Callable[[Any], None]):
        self._client = client
        self._goal = goal
        self._on_feedback = on_feedback
        # rclpy makes a handle only of an answer; requests by id work with any.
        self._handle = ClientGoalHandle(client, UUID(uuid=list(uuid.uuid4().bytes)), None)
        self._sent = False
        self._ending = False
        self._cancel_sent = float("-inf")
        self._looked = float("-inf")
        self._servers: frozenset[bytes] = frozenset()
        self._requests = 0
        self.changes = Changes()
        self.answered = False
        self.accepted = False
        self.cancel_wanted = False
        self.response: Any = None
        self.ended = threading.Event()

    def send(self) -> bool:
        """Send it, unless it was cancelled before; whether it was sent."""
        with self.changes:
            if self.cancel_wanted:
                return False
            self._sent = True
            self._servers = self._client.servers()
        hear = lambda message: self._on_feedback(message.feedback)  # noqa: E731
        self._client.send_goal_async(self._goal, hear, self._handle.goal_id).add_done_callback(self._on_answer)
        return True

    def cancel(self) -> None:
        """Ask for the end, until the server says that it is ending it."""
        with self.changes:
            self.cancel_wanted = True
            now = time.monotonic()
            if not self._sent or self._ending or self.ended.is_set() or now - self._cancel_sent < _AGAIN_S:
                return
            self._cancel_sent = now
        self._handle.cancel_goal_async().add_done_callback(self._on_cancel)

    @property
    def forgotten(self) -> bool:
        """Whether it has ended only in that the server does not know it, as one started anew: it may still run."""
        return self.response is not None and self.response.status == GoalStatus.STATUS_UNKNOWN

    def server_is_there(self) -> bool:
        """Whether there is a server; to be looked at often.

        One that was killed stays on the network's books for a while, and where a successor has come by then, it never
        seems gone. So whoever is new is asked for the result: a successor says at once that it does not know the goal,
        the server that works on it keeps the request until its end.
        """
        now = time.monotonic()
        with self.changes:
            look = self.accepted and not self.ended.is_set() and now - self._looked >= _LOOK_S
            if look:
                self._looked = now
                there = self._client.servers()
                if there - self._servers:
                    self._servers |= there
                    self._requests = _REQUESTS
            ask = look and self._requests > 0
            self._requests -= ask
        if ask:
            self._ask_result()
        return self._client.server_is_ready()

    # --- called by the executor

    def _on_answer(self, future: Any) -> None:
        with self.changes:
            self.answered = True
            self.accepted = future.result().accepted
            if not self.accepted:
                self.ended.set()
                return
            # One that came before the goal did counts for nothing.
            self._cancel_sent = float("-inf")
            late = self.cancel_wanted
        self._ask_result()
        if late:
            self.cancel()

    def _on_cancel(self, future: Any) -> None:
        answer: CancelGoal.Response = future.result()
        id_ = bytes(self._handle.goal_id.uuid)
        with self.changes:
            taken = any(bytes(info.goal_id.uuid) == id_ for info in answer.goals_canceling)
            over = answer.return_code == CancelGoal.Response.ERROR_GOAL_TERMINATED
            # A server that was started anew: it knows nothing of what its predecessor had accepted.
            forgotten = self.accepted and answer.return_code == CancelGoal.Response.ERROR_UNKNOWN_GOAL_ID
            self._ending = self._ending or taken or over
            # The server has it after all: the answer that should have said so, or the result, was lost on its way.
            ask = forgotten or ((taken or over) and (over or not self.accepted))
        if ask:
            self._ask_result()

    def _ask_result(self) -> None:
        self._handle.get_result_async().add_done_callback(self._on_result)

    def _on_result(self, future: Any) -> None:
        with self.changes:
            first = self.response is None
            if first:
                self.response = future.result()
            self.ended.set()
        if first and self.forgotten:
            # Nobody waits for it any more, also where its own server is there all the same.
            self._handle.cancel_goal_async()


class Presence:
    """Whether a server has been gone from the network for too long."""

    def __init__(self, is_there: Callable[[], bool], seconds: float):
        self._is_there = is_there
        self._seconds = seconds
        self._last = time.monotonic()

    @property
    def lost(self) -> bool:
        """To be looked at often."""
        return self.gone_s > self._seconds

    @property
    def gone_s(self) -> float:
        """Seconds for which it has been gone, as far as was looked; to be looked at often."""
        now = time.monotonic()
        if self._is_there():
            self._last = now
        return now - self._last
