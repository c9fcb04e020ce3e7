# SPDX-License-Identifier: Apache-2.0
"""The planner seen from outside: send an instruction, hear its feedback, cancel it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import ExecuteInstruction
from rclpy.action.client import ClientGoalHandle

from agent_planner.errors import InfrastructureError
from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.client_node import ClientNode

ACTION = "execute_instruction"
_ANSWER_SECONDS = 15.0
_STATUS = {
    GoalStatus.STATUS_SUCCEEDED: "SUCCEEDED",
    GoalStatus.STATUS_CANCELED: "CANCELED",
    GoalStatus.STATUS_ABORTED: "ABORTED",
}


@dataclass(frozen=True)
class Feedback:
    """One message of the planner while it works; see ExecuteInstruction.action."""

    step: int
    thought: str
    call: str
    state: str
    detail: str


@dataclass(frozen=True)
class InstructionResult:
    """How an instruction ended; ``status`` is SUCCEEDED, CANCELED or ABORTED."""

    status: str
    outcome: str
    error_code: int
    error_msg: str
    summary: str
    goal: str
    steps: tuple[str, ...]
    episode_id: str


class SentInstruction:
    """An instruction that the planner has accepted."""

    def __init__(self, client: ClientNode, handle: ClientGoalHandle):
        self._client = client
        self._handle = handle
        self._done = threading.Event()
        self._future = handle.get_result_async()
        self._future.add_done_callback(lambda _: self._done.set())

    def result(self, seconds: float) -> InstructionResult:
        """Wait for the end.

        Raises:
            InfrastructureError: it did not end in time, or the planner has gone.
        """
        self._client.wait_until(self._done.is_set, seconds, "the instruction's result", self._done)
        answer = self._future.result()
        if answer is None:
            raise InfrastructureError("the planner went away before it gave a result")
        r = answer.result
        return InstructionResult(
            _STATUS.get(answer.status, "UNKNOWN"),
            r.outcome,
            r.error_code,
            r.error_msg,
            r.summary,
            r.goal,
            tuple(r.steps),
            r.episode_id,
        )

    def cancel(self) -> None:
        """Ask the planner to stop; the result then tells that it did."""
        self._client.wait_for(self._handle.cancel_goal_async(), _ANSWER_SECONDS, "cancelling the instruction")


class PlannerClient:
    """Sends instructions. Build it on an open `ClientNode`."""

    def __init__(self, client: ClientNode):
        self._client = client
        self._action = SafeActionClient(client.node, ExecuteInstruction, ACTION)

    def wait_for_server(self, seconds: float) -> None:
        """Wait for the planner.

        Raises:
            InfrastructureError: there is none.
        """
        self._client.wait_until(self._action.server_is_ready, seconds, f"the planner's action '{ACTION}'")

    def send(
        self,
        instruction: str,
        on_feedback: Callable[[Feedback], None],
        autonomy: str = "",
        preempt: bool = False,
    ) -> SentInstruction:
        """Send an instruction; ``on_feedback`` is called in the client's thread.

        Raises:
            InfrastructureError: the planner does not answer or is shutting down.
        """
        goal = ExecuteInstruction.Goal(instruction=instruction, autonomy=autonomy, preempt=preempt)

        def hear(message: ExecuteInstruction.Impl.FeedbackMessage) -> None:
            f = message.feedback
            on_feedback(Feedback(f.step, f.thought, f.call, f.state, f.detail))

        future = self._action.send_goal_async(goal, feedback_callback=hear)
        handle = self._client.wait_for(future, _ANSWER_SECONDS, "sending the instruction")
        if not handle.accepted:
            raise InfrastructureError("the planner rejected the instruction: it is shutting down or not active")
        return SentInstruction(self._client, handle)
