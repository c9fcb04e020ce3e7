# SPDX-License-Identifier: Apache-2.0
"""The supervisor seen from outside: stop, hear what comes of it, reset."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from agent_planner_interfaces.msg import RestState, StopReport, StopServer
from rclpy.task import Future
from std_msgs.msg import String
from std_srvs.srv import Trigger

from agent_planner.ros import names
from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.stop_path import text_of

_ANSWER_SECONDS = 5.0
# What goes out before the supervisor has found this node is lost without a word, so a stop is sent again and again.
_AGAIN_SECONDS = 0.2
_SERVICE = "the supervisor's service '{}'"
# What has not ended by then is worth telling.
_AT_ONCE_SECONDS = 0.3


@dataclass(frozen=True)
class Answer:
    """What the supervisor said to a request."""

    success: bool
    message: str


@dataclass(frozen=True)
class Line:
    """One server or one part of the robot; ``settled``: nothing more is to be waited for."""

    name: str
    text: str
    settled: bool


@dataclass(frozen=True)
class Progress:
    """What is known of a stop. ``done``: every goal is confirmed to have ended, and base and arm are at rest."""

    number: int
    reason: str
    lines: tuple[Line, ...]
    done: bool


class StopClient:
    """Build it on an open `ClientNode`. Nothing here imports what the supervisor could not."""

    def __init__(self, client: ClientNode):
        self._client = client
        node = client.node
        self._services = {name: node.create_client(Trigger, name) for name in (names.STOP, names.RESET_STOP)}
        self._requests = node.create_publisher(String, names.STOP_REQUEST, 10)
        self._report: StopReport | None = None
        self._received = float("-inf")
        self._changed = threading.Event()
        node.create_subscription(StopReport, names.STOP_REPORT, self._take, names.NEWEST)

    @property
    def found(self) -> bool:
        """Whether there is a supervisor."""
        return self._services[names.STOP].service_is_ready()

    @property
    def stopped(self) -> str:
        """Why the robot is stopped; empty if it is not, as far as was heard."""
        report = self._report
        return report.reason if report is not None and report.active else ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the robot is stopped, one by one; empty if it is not, as far as was heard."""
        return tuple(self.stopped.split("; ")) if self.stopped else ()

    def wait_for_report(self) -> None:
        """Wait until something was heard of the supervisor.

        Raises:
            InfrastructureError: nothing was.
        """
        what = f"a report of the supervisor on '{names.STOP_REPORT}'"
        self._client.wait_until(lambda: self._report is not None, _ANSWER_SECONDS, what, self._changed)

    def request(self, reason: str, seconds: float) -> bool:
        """Stop the robot for a reason of one's own, which no other stop has; False if no report shows it in time."""
        began = time.monotonic()
        while True:
            self._changed.clear()
            # Looked at first: what is sent after the stop was shown would stop it anew after a quick reset.
            if self._received >= began and reason in self.reasons:
                return True
            if (left := began + seconds - time.monotonic()) <= 0:
                return False
            self._requests.publish(String(data=reason))
            self._changed.wait(min(left, _AGAIN_SECONDS))

    def stop(self, reason: str) -> Answer:
        """Stop the robot; ``reason`` may be empty.

        Raises:
            InfrastructureError: no answer. The stop may have been carried out all the same.
        """
        answers: list[Trigger.Response] = []
        answered = threading.Event()
        sent = float("-inf")

        def take(future: Future) -> None:
            if (response := future.result()) is not None:
                answers.append(response)
                answered.set()

        def got_through() -> bool:
            nonlocal sent
            if not answered.is_set() and time.monotonic() - sent >= _AGAIN_SECONDS:
                sent = time.monotonic()
                if reason:
                    self._requests.publish(String(data=reason))
                self._services[names.STOP].call_async(Trigger.Request()).add_done_callback(take)
            return answered.is_set()

        self._client.wait_until(got_through, _ANSWER_SECONDS, _SERVICE.format(names.STOP), answered)
        return Answer(answers[0].success, answers[0].message)

    def reset(self) -> Answer:
        """Let it act again; the answer tells why where that is refused.

        Raises:
            InfrastructureError: no answer.
        """
        future = self._services[names.RESET_STOP].call_async(Trigger.Request())
        response = self._client.wait_for(future, _ANSWER_SECONDS, _SERVICE.format(names.RESET_STOP))
        return Answer(response.success, response.message)

    def follow(self, seconds: float, tell: Callable[[Progress], None]) -> bool:
        """Tell every change of what is known of the stop until it is done; False if it was not in time.

        Only reports from now on count, which come ten times a second: an old one says nothing of who has died since.
        """
        began = time.monotonic()
        told: Progress | None = None
        while True:
            self._changed.clear()
            report = self._report if self._received >= began else None
            progress = progress_of(report) if report is not None and report.active else None
            now = time.monotonic() - began
            tellable = progress is not None and (progress.done or now >= min(_AT_ONCE_SECONDS, seconds))
            if progress is not None and tellable and progress != told:
                told = progress
                tell(progress)
            if progress is not None and progress.done:
                return True
            if now >= seconds:
                return False
            self._changed.wait(min(seconds - now, _AT_ONCE_SECONDS))

    def _take(self, report: StopReport) -> None:
        # In this order: what is read as received after some moment is.
        self._report, self._received = report, time.monotonic()
        self._changed.set()


def progress_of(report: StopReport) -> Progress:
    """A report in words, without the figures that change all the time."""
    # Where not one of them is there, nobody has confirmed anything.
    found = any(server.state != StopServer.MISSING for server in report.servers)
    gone = (StopServer.ENDED, StopServer.MISSING) if found else ()
    lines = [Line(server.name, text_of(server), server.state in gone) for server in report.servers]
    for name, part in (("base", report.base), ("arm", report.arm)):
        text = {
            RestState.AT_REST: "at rest, as measured",
            RestState.MOVING: "moves",
            RestState.UNKNOWN: f"not known whether at rest: {_without_age(part)}",
            RestState.NONE: "there is none to hold",
        }[part.state]
        lines.append(Line(name, text, part.state in (RestState.AT_REST, RestState.NONE)))
    return Progress(report.number, report.reason, tuple(lines), report.all_ended and report.at_rest)


def _without_age(part: RestState) -> str:
    return part.detail if part.age_s < 0 else "its measurements are old"
