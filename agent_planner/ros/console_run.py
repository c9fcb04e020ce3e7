# SPDX-License-Identifier: Apache-2.0
"""The instruction that runs, as a console shows it: status, events, result; and the one that it sends itself."""

import math
import threading
import time
from concurrent.futures import Future
from dataclasses import asdict
from typing import Any

from action_msgs.srv import CancelGoal
from agent_planner_interfaces.msg import PlanStatus

from agent_planner.agent.events import EventKind
from agent_planner.errors import InfrastructureError
from agent_planner.ros.client import Feedback, InstructionResult, PlannerClient, SentInstruction
from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.console_values import Answer, Tell, settled
from agent_planner.ros.names import PLANNER_ACTIONS
from agent_planner.ros.status_board import IDLE

# The planner says what it does once a second.
_SILENT_S = 3.5
SILENT = "SILENT"
_NAMES = {kind.value: kind.name for kind in EventKind}
_BEGUN = "the instruction is being carried out"


class _Own:
    """An instruction of this console's own, until its result."""

    def __init__(self, instruction: str):
        self.instruction = instruction
        self.sent: SentInstruction | None = None
        self.answer: Future[Answer] = Future()
        self.heard = False


class ConsoleRun:
    """Client of ``execute_instruction`` and of the cancel services of all the planner's actions.

    Events of our own instruction come from its feedback; what others have it do is read from ``plan_status``.

    Args:
        client: an open node.
        tell: is told.
    """

    def __init__(self, client: ClientNode, tell: Tell):
        self._client = client
        self._tell = tell
        self._planner = PlannerClient(client)
        self._cancels = [client.node.create_client(CancelGoal, f"{n}/_action/cancel_goal") for n in PLANNER_ACTIONS]
        self._lock = threading.Lock()
        # With what was sent for it, from the moment that it is here.
        self._own: _Own | None = None
        self._ending = False
        self._own_ids: set[str] = set()
        self._status = PlanStatus(state=IDLE)
        self._detail = ""
        self._heard_at: float | None = None

    # --- asked by the person

    def instruct(self, instruction: str, autonomy: str) -> Future[Answer]:
        """Send it; answered once it has begun or was refused."""
        if not self._planner.found:
            return settled(False, "there is no planner; is the robot started?")
        own = _Own(instruction)
        with self._lock:
            if self._ending:
                return settled(False, "the console is ending")
            if self._own is not None:
                return settled(False, f"busy with '{self._own.instruction}'; cancel it first")
            # Within the lock, which nobody holds for long: what `end` does not find is not sent any more.
            own.sent = sent = self._planner.send(instruction, lambda feedback: self._hear(own, feedback), autonomy)
            self._own = own
        self._tell_status()
        # A daemon: its wait is long, and a robot that does not answer must not keep the program from ending.
        threading.Thread(target=self._wait, args=(own, sent), name="instruction", daemon=True).start()
        return own.answer

    def cancel(self) -> Future[Answer]:
        """End whatever instruction runs, by the action's request for all goals."""
        with self._lock:
            own = self._own
        if own is not None and own.sent is not None:
            own.sent.ask_cancel()
        there = [client for client in self._cancels if client.service_is_ready()]
        for client in there:
            client.call_async(CancelGoal.Request())
        return settled(bool(there), "cancelling" if there else "there is no planner; is the robot started?")

    def end(self, seconds: float) -> None:
        """End our own, if it runs; the robot is at rest when this returns. No other one is sent from now on.

        Raises:
            InfrastructureError: that is not known.
        """
        with self._lock:
            self._ending = True
            own = self._own
        if own is not None and own.sent is not None:
            own.sent.cancel(seconds)

    # --- called by the executor

    def status(self, status: PlanStatus) -> None:
        """What the planner says of itself."""
        before, self._status = self._status, status
        first, self._heard_at = self._heard_at is None, time.monotonic()
        if (before.episode_id, before.step, before.call) != (status.episode_id, status.step, status.call):
            self._detail = ""
        self._tell_status()
        with self._lock:
            own = self._own
        if own is not None and status.instruction == own.instruction and status.state != IDLE:
            self._own_ids.add(status.episode_id)
        if not first and status.episode_id not in self._own_ids:
            for event in events_between(before, status):
                self._tell("event", event)

    def look(self) -> None:
        """Call it often: silence is told, too."""
        if self._heard_at is not None and time.monotonic() - self._heard_at > _SILENT_S:
            self._heard_at = None
            self._status = PlanStatus(state=SILENT)
            self._tell_status()

    def _hear(self, own: _Own, feedback: Feedback) -> None:
        self._begun(own, Answer(True, _BEGUN))
        progress = feedback.state == EventKind.EXECUTING.value and feedback.detail != feedback.call
        if progress or feedback.state not in _NAMES:
            self._detail = feedback.detail
            self._tell_status()
            return
        is_goal = feedback.state == EventKind.GOAL.value
        self._tell(
            "event",
            event_data(
                self._status.episode_id if self._status.episode_id in self._own_ids else "",
                feedback.state,
                feedback.step,
                feedback.thought if is_goal else feedback.detail,
                "" if is_goal else feedback.thought,
                feedback.call,
            ),
        )

    def _tell_status(self) -> None:
        s = self._status
        fields = ("state", "instruction", "goal", "thought", "call", "step", "episode_id")
        told = {name: getattr(s, name) for name in fields}
        self._tell("status", told | {"detail": self._detail, "own": self._own is not None})

    # --- in a thread of its own

    def _wait(self, own: _Own, sent: SentInstruction) -> None:
        try:
            result = sent.result(math.inf)
        except InfrastructureError as error:
            # It may still run, or be accepted yet: nobody waits for it any more.
            sent.ask_cancel()
            result = InstructionResult("UNKNOWN", "unknown", 0, str(error), "", "", (), "")
        with self._lock:
            self._own = None
            self._own_ids.add(result.episode_id)
        self._tell_status()
        if not self._begun(own, Answer(result.good, result.error_msg or result.summary)) or result.good:
            text = result.summary or result.error_msg
            ended = event_data(result.episode_id, EventKind.ENDED.value, 0, text, data={"outcome": result.outcome})
            self._tell("event", ended)
            told = asdict(result)
            shown = {name: told[name] for name in ("outcome", "summary", "goal", "steps", "episode_id")}
            self._tell("result", shown | {"error": result.error_msg})

    def _begun(self, own: _Own, answer: Answer) -> bool:
        """Answer who sent it; whether that had not been done before."""
        with self._lock:
            first, own.heard = not own.heard, True
        if first:
            own.answer.set_result(answer)
        return first


def event_data(
    episode_id: str,
    state: str,
    step: int,
    text: str = "",
    thought: str = "",
    call: str = "",
    data: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """An event as the page has it; ``state`` is the value of an `EventKind`."""
    return {
        "episode_id": episode_id,
        "time": time.time(),
        "kind": _NAMES[state],
        "step": step,
        "text": text,
        "thought": thought,
        "call": call,
        "data": data or {},
    }


def events_between(before: PlanStatus, now: PlanStatus) -> list[dict[str, Any]]:
    """What happened between two of the planner's messages, as far as they show it."""
    found = []
    same = before.episode_id == now.episode_id
    if now.goal and not (same and now.goal == before.goal):
        found.append(event_data(now.episode_id, EventKind.GOAL.value, now.step, now.goal))
    was = (before.state, before.step, before.call) if same else None
    if now.state in _NAMES and (now.state, now.step, now.call) != was:
        thought = now.thought if now.state == EventKind.CALL.value else ""
        found.append(event_data(now.episode_id, now.state, now.step, "", thought, now.call))
    if now.state == IDLE and before.state != IDLE and same:
        found.append(event_data(now.episode_id, EventKind.ENDED.value, now.step, now.outcome))
    return found
