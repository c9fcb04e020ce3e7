# SPDX-License-Identifier: Apache-2.0
"""The action servers ``execute_instruction`` and ``execute_call``: one goal at a time, each ending exactly once."""

import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from action_msgs.srv import CancelGoal
from agent_planner_interfaces.action import ExecuteInstruction
from rclpy.action.server import CancelResponse, GoalResponse, ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from agent_planner.agent.conversation import MAX_INSTRUCTION
from agent_planner.ros.action_server import AnsweringActionServer
from agent_planner.ros.names import EXECUTE_CALL, PLANNER_ACTIONS
from agent_planner.ros.stop_state import Halt, StopState
from agent_planner.ros.verdict import Status, Verdict, aborted, stopped
from agent_planner.ros.waiting import Changes, Deadline
from agent_planner.scene.plain import plain
from agent_planner.types import Autonomy, Outcome

_OWN_CANCEL_S = 2.0
_ANSWER_S = 2.0
_Result = ExecuteInstruction.Result


class Job:
    """One goal on its way. Whoever ends it early says with which outcome; the first one counts."""

    def __init__(self) -> None:
        self.cancel = threading.Event()
        self.outcome: Outcome | None = None
        self.reason = ""
        # Whether the instruction is a call.
        self.is_call = False
        self.request = ExecuteInstruction.Goal()
        self.tell: Callable[[ExecuteInstruction.Feedback], None] = lambda feedback: None

    def stop(self, outcome: Outcome, reason: str) -> None:
        """Ask for the end; returns at once."""
        if self.outcome is None:
            self.outcome, self.reason = outcome, reason
        self.cancel.set()


class InstructionServer:
    """Accepts, queues nothing, and answers everything.

    Args:
        node: the node that it belongs to.
        carry_out: runs a job to its end in the thread that calls it; looks at ``job.cancel``.
        interrupt: called, from any thread, after the running job's ``cancel`` was set, to end what the robot is
            doing; returns at once.
        end_s: how long an instruction that is preempted may take to end (steady time).
        stops: says whether anything may be begun at all.
    """

    def __init__(
        self,
        node: Node,
        carry_out: Callable[[Job], Verdict],
        interrupt: Callable[[], None],
        end_s: float,
        stops: StopState,
    ):
        self._node = node
        self._carry_out = carry_out
        self._interrupt = interrupt
        self._end_s = end_s
        self._stops = stops
        self._changes = Changes()
        self._jobs: dict[bytes, Job] = {}
        self._running: Job | None = None
        self._waiting: Job | None = None
        self._open = 0
        self.active = False
        self.closing = False

    def configure(self) -> None:
        """Create both servers. Each goal occupies a thread of the executor while it runs.

        (rclpy's executor never rests while a coroutine awaits, so the execute callback is a plain function.)
        """
        group = ReentrantCallbackGroup()
        self._servers = {
            name: AnsweringActionServer(
                self._node,
                ExecuteInstruction,
                name,
                partial(self._execute, name),
                callback_group=group,
                goal_callback=lambda _: GoalResponse.REJECT if self.closing else GoalResponse.ACCEPT,
                cancel_callback=self._cancelled,
            )
            for name in PLANNER_ACTIONS
        }
        self._cancellers = {
            name: self._node.create_client(CancelGoal, f"{name}/_action/cancel_goal", callback_group=group)
            for name in PLANNER_ACTIONS
        }

    def release(self) -> None:
        """Destroy them."""
        for canceller in self._cancellers.values():
            self._node.destroy_client(canceller)
        for server in self._servers.values():
            server.destroy()

    def end_all(self, reason: str) -> bool:
        """Stop everything and wait until every goal has its result; False if one did not end in time."""
        self._stop_all(reason)
        ended = self._changes.wait(lambda: self._open == 0, Deadline(self._end_s))
        answered = [server.answered(_ANSWER_S) for server in self._servers.values()]
        return ended and all(answered)

    def halted(self, halt: Halt) -> None:
        """Nothing may move any more: end what runs; returns at once."""
        self._stop_all(halt.message)
        job = self._running
        if job is not None and job.outcome is Outcome.CANCELLED:
            # The supervisor's cancel may have come first, and looked like a client's.
            job.reason = halt.message

    # --- called by the executor

    def _cancelled(self, handle: ServerGoalHandle) -> CancelResponse:
        halt = self._stops.halt()
        self._stop(self._job(handle), Outcome.CANCELLED, halt.message if halt else "cancelled by the client")
        return CancelResponse.ACCEPT

    def _execute(self, action: str, handle: ServerGoalHandle) -> ExecuteInstruction.Result:
        job = self._job(handle)
        job.is_call = action == EXECUTE_CALL
        with self._changes:
            self._open += 1
        job.request = handle.request
        job.tell = lambda feedback: handle.publish_feedback(feedback) if handle.is_active else None
        try:
            verdict = self._verdict(job)
        except Exception as error:  # noqa: BLE001 - the client must get a result whatever happened
            self._node.get_logger().error(f"an instruction ended in an error:\n{traceback.format_exc()}")
            verdict = aborted("unknown", _Result.UNKNOWN, f"{type(error).__name__}: {error}")
        finally:
            with self._changes:
                if self._running is job:
                    self._running = None
                if self._waiting is job:
                    self._waiting = None
        self._conclude(action, handle, verdict)
        self._node.get_logger().info(verdict.summary)
        with self._changes:
            self._open -= 1
            self._jobs.pop(_key(handle), None)
        return verdict.message()

    # --- parts

    def _job(self, handle: ServerGoalHandle) -> Job:
        # A cancel may overtake the execution that makes the job.
        with self._changes:
            return self._jobs.setdefault(_key(handle), Job())

    def _verdict(self, job: Job) -> Verdict:
        fault = malformed(job.request)
        if fault:
            return aborted("malformed", _Result.MALFORMED, fault)
        if refused := self._inactive():
            return refused
        if halt := self._stops.settled(job.cancel):
            return aborted("failed", halt.error_code, halt.message)
        if refused := self._take_turn(job):
            return refused
        if job.cancel.is_set():
            return self._told(stopped(job.outcome or Outcome.CANCELLED, job.reason))
        return self._told(self._carry_out(job))

    def _told(self, verdict: Verdict) -> Verdict:
        """An end by a stop says so, also where the supervisor's cancel came before the news of its stop."""
        halt = self._stops.halt() if verdict.status is Status.CANCELED else None
        return replace(verdict, error_code=halt.error_code, error_msg=halt.message) if halt else verdict

    def _inactive(self) -> Verdict | None:
        if self.active and not self.closing:
            return None
        return aborted("failed", _Result.FAILED, "the planner is not active; activate it (lifecycle)")

    def _take_turn(self, job: Job) -> Verdict | None:
        """Become the running job; a verdict where that is not to be."""
        with self._changes:
            # Whoever ends all jobs looks for them under the lock, after having said that no more may begin.
            if refused := self._inactive():
                return refused
            running, waiting = self._running, self._waiting
            if running is None and waiting is None:
                self._running = job
                return None
            if not job.request.preempt:
                other = running or waiting
                text = plain(other.request.instruction, 80) if other else ""
                return aborted("busy", _Result.BUSY, f"busy with '{text}'; set `preempt` to take over, or cancel it")
            self._waiting = job
        for former in (waiting, running):
            if former is not None:
                self._stop(former, Outcome.PREEMPTED, "another instruction took over")
        self._changes.wait(lambda: self._running is None or job.cancel.is_set(), Deadline(self._end_s))
        with self._changes:
            if self._waiting is job:
                self._waiting = None
            if self._running is None and not job.cancel.is_set():
                self._running = job
                return None
        if job.cancel.is_set():
            return stopped(job.outcome or Outcome.CANCELLED, job.reason)
        return aborted("busy", _Result.BUSY, f"what runs did not end within {self._end_s:g} s of being asked to")

    def _stop_all(self, reason: str) -> None:
        with self._changes:
            jobs = (self._waiting, self._running)
        for job in jobs:
            if job is not None:
                self._stop(job, Outcome.CANCELLED, reason)

    def _stop(self, job: Job, outcome: Outcome, reason: str) -> None:
        job.stop(outcome, reason)
        # Under the lock, so that it cannot hit an instruction that has just begun in its place.
        with self._changes:
            if job is self._running:
                self._interrupt()

    def _conclude(self, action: str, handle: ServerGoalHandle, verdict: Verdict) -> None:
        if verdict.status is Status.SUCCEEDED:
            handle.succeed()
        elif verdict.status is Status.CANCELED and self._may_be_canceled(action, handle):
            handle.canceled()
        else:
            handle.abort()

    def _may_be_canceled(self, action: str, handle: ServerGoalHandle) -> bool:
        """A goal may end CANCELED only after a cancel request: where a stop ended it, we send that ourselves."""
        if handle.is_cancel_requested:
            return True
        request = CancelGoal.Request()
        request.goal_info.goal_id = handle.goal_id
        self._cancellers[action].call_async(request)
        return self._changes.wait(lambda: handle.is_cancel_requested, Deadline(_OWN_CANCEL_S))


def malformed(request: ExecuteInstruction.Goal) -> str:
    """What is wrong with a goal, for its sender; empty if nothing is."""
    if len(request.instruction) > MAX_INSTRUCTION:
        return f"the instruction has {len(request.instruction)} characters; at most {MAX_INSTRUCTION} are taken"
    if not plain(request.instruction, MAX_INSTRUCTION):
        return "the instruction is empty; say what the robot is to do"
    known = [a.value for a in Autonomy if a is not Autonomy.TELEOP]
    if request.autonomy and request.autonomy not in known:
        return f"autonomy '{request.autonomy}' is not known; one of: {', '.join(known)}, or empty"
    return ""


def _key(handle: ServerGoalHandle) -> bytes:
    return bytes(handle.goal_id.uuid)
