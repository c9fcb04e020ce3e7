# SPDX-License-Identifier: Apache-2.0
"""One server whose motion a stop must end, and what it is known to do: the supervisor's view, no client of a goal."""

import threading
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

from action_msgs.msg import GoalStatus, GoalStatusArray
from action_msgs.srv import CancelGoal
from agent_planner_interfaces.msg import StopServer
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.client import Client
from rclpy.node import Node
from rclpy.qos import qos_profile_action_status_default
from std_srvs.srv import Trigger

_ENDED = frozenset({GoalStatus.STATUS_SUCCEEDED, GoalStatus.STATUS_CANCELED, GoalStatus.STATUS_ABORTED})
# Requests whose answer may still come; older ones are given up, so that a dead server costs no memory. While the robot
# is stopped there are ten a second: a server may take three seconds to answer.
_AWAITED = 30


class Stoppable(Protocol):
    """What a stop is sent to."""

    name: str

    def send_stop(self, number: int) -> bool:
        """Ask for the end, as part of the stop of that number; returns at once: whether anybody is there to hear."""
        ...

    def look(self) -> None:
        """To be called often: notice who came and went."""
        ...

    def state(self, number: int) -> StopServer:
        """What is known of the stop of that number."""
        ...


class ActionServerWatch:
    """Ends all goals of an action, whoever sent them, and follows what becomes of them.

    The cancel service and the status topic have the same types for every action, so that the action's own type need
    not be installed. An answer to a cancel says only what begins to end; that it has ended is what the status says.
    """

    def __init__(self, node: Node, name: str):
        self._node = node
        self.name = name
        self._topic = node.resolve_topic_name(f"{name}/_action/status")
        self._lock = threading.Lock()
        self._number = 0
        self._answered = False
        self._lost = False
        # Goals that have not ended, each with the publishers of the status topic of which one is its server's: those
        # that a status has listed, and those that an answer to a cancel has named.
        self._listed: dict[bytes, frozenset[bytes]] = {}
        self._ending: dict[bytes, frozenset[bytes]] = {}
        self._ended: set[bytes] = set()
        self._publishers: frozenset[bytes] = frozenset()
        self._looks_without = 0
        self._requests: deque[Any] = deque()

    def configure(self) -> None:
        """Create the client and the subscription."""
        group = ReentrantCallbackGroup()
        self._client = self._node.create_client(CancelGoal, f"{self.name}/_action/cancel_goal", callback_group=group)
        qos = qos_profile_action_status_default
        self._node.create_subscription(GoalStatusArray, self._topic, self._on_status, qos, callback_group=group)

    @property
    def running(self) -> int:
        """How many goals are known that have not ended."""
        return len(self._listed.keys() | self._ending.keys())

    def send_stop(self, number: int) -> bool:
        """Cancel every goal (zero id and zero stamp), also those that a server accepts late, if called again."""
        with self._lock:
            if number != self._number:
                self._number, self._answered, self._lost = number, False, False
        if not self._client.service_is_ready():
            return False
        future = self._client.call_async(CancelGoal.Request())
        future.add_done_callback(lambda future: self._on_answer(number, future))
        _keep(self._requests, future, self._client)
        return True

    def look(self) -> None:
        """Notice a server that went: its goals went with it, also where another has taken its place."""
        there = frozenset(bytes(info.endpoint_gid) for info in self._node.get_publishers_info_by_topic(self._topic))
        with self._lock:
            self._publishers = there
            self._looks_without = 0 if there else self._looks_without + 1
            for goals in (self._listed, self._ending):
                for goal, servers in list(goals.items()):
                    # Of a server that was never seen on the network, only heard, one look may come too early.
                    if not servers and self._looks_without < 2:
                        goals[goal] = there
                    elif not servers & there:
                        del goals[goal]
                        self._lost = True

    def state(self, number: int) -> StopServer:
        """What is known; see StopServer.msg."""
        with self._lock:
            answered = self._answered and number == self._number
            goals = self.running
            if goals:
                state = StopServer.RUNNING
            elif not (self._publishers or self._client.service_is_ready()):
                state = StopServer.LOST if self._lost else StopServer.MISSING
            else:
                state = StopServer.ENDED if answered else StopServer.NO_ANSWER
        return StopServer(name=self.name, state=state, goals=goals)

    # --- called by the executor

    def _on_status(self, message: GoalStatusArray) -> None:
        ended = {_id(entry.goal_info) for entry in message.status_list if entry.status in _ENDED}
        told = {_id(entry.goal_info) for entry in message.status_list}
        with self._lock:
            over = set(ended)
            if len(self._publishers) <= 1:
                # What was listed and is so no more has been forgotten by the server, which happens only after its end.
                # Of two servers, one that has died and its successor, one knows nothing of the other's goals.
                over |= self._listed.keys() - told
            for goals in (self._listed, self._ending):
                for goal in over & goals.keys():
                    del goals[goal]
            for goal in told - ended:
                self._listed.setdefault(goal, self._publishers)
            self._ended = ended

    def _on_answer(self, number: int, future: Any) -> None:
        answer: CancelGoal.Response = future.result()
        with self._lock:
            if number == self._number:
                self._answered = True
            # The status may have come first, and tell of the end already.
            for goal in {_id(info) for info in answer.goals_canceling} - self._ended:
                self._ending.setdefault(goal, self._publishers)


class StopServiceWatch:
    """Calls the service that ends what motion services have begun, until it says that it has.

    Args:
        node: the node that it belongs to.
        name: the service's.
        motions: names of the motion services.
    """

    def __init__(self, node: Node, name: str, motions: Sequence[str]):
        self._node = node
        self.name = name
        self._motions = motions
        self._lock = threading.Lock()
        self._number = 0
        self._done = False
        self._detail = ""
        self._requests: deque[Any] = deque()

    def configure(self) -> None:
        """Create the client."""
        self._client: Client = self._node.create_client(Trigger, self.name, callback_group=ReentrantCallbackGroup())

    def send_stop(self, number: int) -> bool:
        """Call it, unless it has confirmed this stop."""
        with self._lock:
            if number != self._number:
                self._number, self._done, self._detail = number, False, ""
            if self._done:
                return True
        if not self._client.service_is_ready():
            return False
        future = self._client.call_async(Trigger.Request())
        future.add_done_callback(lambda future: self._on_answer(number, future))
        _keep(self._requests, future, self._client)
        return True

    def look(self) -> None:
        """Nothing to do: `state` asks the network itself."""

    def state(self, number: int) -> StopServer:
        """What is known; see StopServer.msg."""
        with self._lock:
            done, detail = (self._done, self._detail) if number == self._number else (False, "")
        if done:
            state = StopServer.ENDED
        elif self._client.service_is_ready():
            state = StopServer.REFUSED if detail else StopServer.NO_ANSWER
        elif there := [name for name in self._motions if self._is_there(name)]:
            state, detail = StopServer.NO_ANSWER, f"it is not there, but '{there[0]}' is"
        else:
            state = StopServer.MISSING
        return StopServer(name=self.name, state=state, detail=detail)

    def _is_there(self, service: str) -> bool:
        return self._node.count_services(self._node.resolve_service_name(service)) > 0

    def _on_answer(self, number: int, future: Any) -> None:
        answer: Trigger.Response = future.result()
        with self._lock:
            if number == self._number:
                self._done = self._done or answer.success
                self._detail = answer.message or ("" if answer.success else "it said no more than that")


def _keep(requests: deque[Any], future: Any, client: Client) -> None:
    requests.append(future)
    while len(requests) > _AWAITED:
        client.remove_pending_request(requests.popleft())


def _id(info: Any) -> bytes:
    return bytes(info.goal_id.uuid)
