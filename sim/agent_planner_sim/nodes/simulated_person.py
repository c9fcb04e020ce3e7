# SPDX-License-Identifier: Apache-2.0
"""The person who helps a simulated robot; executable ``simulated_person``."""

import sys
import threading
from typing import Any

from agent_planner_interfaces.action import AskPerson
from agent_planner_interfaces.srv import HandOver
from rclpy.callback_groups import ReentrantCallbackGroup

from agent_planner.ros.node_parameters import Declared
from agent_planner.ros.person_server import PersonServer, Result
from agent_planner.ros.process import run_node
from agent_planner.ros.waiting import Changes, Deadline

PARAMETERS = (Declared("delay_s", 4.0, "ROS time that a person takes to come and do it.", low=0.0, high=600.0),)
_CAP = 20.0  # steady seconds for a second of ROS time
_ANSWER_S = 40.0


class SimulatedPerson(PersonServer):
    """Serves `ask_person`: after a while what was asked for is done by the simulator's `sim/hand_over`."""

    def __init__(self, **options: Any):
        super().__init__("simulated_person", PARAMETERS, **options)
        self._hands = self.create_client(HandOver, "sim/hand_over", callback_group=ReentrantCallbackGroup())

    def help(self, goal: AskPerson.Goal, cancelled: threading.Event) -> tuple[int, str]:
        """See `PersonServer`."""
        delay = self._values["delay_s"]
        Changes().wait(cancelled.is_set, Deadline(delay, self._now, cap=2.0 + _CAP * delay))
        if cancelled.is_set():
            return Result.CANCELLED, "cancelled"
        if not self._hands.service_is_ready():
            return Result.NOBODY, "no simulator offers sim/hand_over"
        future, done = self._hands.call_async(_request(goal)), threading.Event()
        future.add_done_callback(lambda _: done.set())
        # From here on it is too late to say no: it is done at once or never.
        answer = future.result() if done.wait(_ANSWER_S) else None
        if answer is None:
            return Result.NO_ANSWER, f"the simulator did not answer within {_ANSWER_S:.0f} s"
        return (Result.NONE, "") if answer.success else (Result.DECLINED, answer.message)

    def _now(self) -> float:
        return self.get_clock().now().nanoseconds * 1e-9


def _request(goal: AskPerson.Goal) -> HandOver.Request:
    return HandOver.Request(task=goal.task, object=goal.object, target=goal.target)


def main() -> None:
    """Entry point of the executable `simulated_person`."""
    sys.exit(run_node(SimulatedPerson, threads=4))
