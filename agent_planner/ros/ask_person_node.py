# SPDX-License-Identifier: Apache-2.0
"""Asks the people around the robot; executable ``ask_person``."""

import sys
import threading
from typing import Any

from agent_planner_interfaces.action import AskPerson

from agent_planner.agent.requests import Question
from agent_planner.ros.node_parameters import Declared
from agent_planner.ros.operator_desk import OperatorDesk
from agent_planner.ros.person_server import PersonServer, Result, wish
from agent_planner.ros.process import run_node

DONE, CANNOT = "done", "cannot"
PARAMETERS = (Declared("answer_timeout_s", 300.0, "Steady time that a person has to answer.", low=1.0, high=86400.0),)


class AskPersonNode(PersonServer):
    """Serves `ask_person`: publishes ``help_requests`` (OperatorRequest), waits for ``answer_help`` (AnswerOperator).

    The answer is ``done`` or ``cannot``. Whether it is true the scene shows, as after any other skill.
    """

    def __init__(self, **options: Any):
        super().__init__("ask_person", PARAMETERS, **options)
        self._desk = OperatorDesk(self, self._values["answer_timeout_s"], "help_requests", "answer_help")

    def start(self) -> None:
        """Offer action, topic and service."""
        self._desk.configure()
        super().start()

    def help(self, goal: AskPerson.Goal, cancelled: threading.Event) -> tuple[int, str]:
        """See `PersonServer`."""
        text = wish(goal)
        if not text:
            return Result.UNKNOWN, f"there is no task {goal.task}"
        answer = self._desk.ask(Question("help", text, (DONE, CANNOT)), cancelled)
        if cancelled.is_set():
            return Result.CANCELLED, "cancelled"
        if answer is None and not self._desk.is_watched:
            return Result.NOBODY, "nobody listens on help_requests"
        if answer is None:
            return Result.NO_ANSWER, f"nobody answered within {self._values['answer_timeout_s']:.0f} s"
        return (Result.NONE, "") if answer == DONE else (Result.DECLINED, f"a person was asked: {text} They cannot.")


def main() -> None:
    """Entry point of the executable `ask_person`."""
    sys.exit(run_node(AskPersonNode, threads=4))
