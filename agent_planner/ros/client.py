# SPDX-License-Identifier: Apache-2.0
"""The planner seen from outside: send an instruction, hear its feedback, cancel it."""

from collections.abc import Callable
from dataclasses import dataclass

from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import ExecuteInstruction
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.callback_groups import ReentrantCallbackGroup

from agent_planner.errors import InfrastructureError
from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.names import EXECUTE_INSTRUCTION
from agent_planner.ros.remote_goal import Presence, RemoteGoal
from agent_planner.types import GOOD_OUTCOMES

_ANSWER_SECONDS = 15.0
_LOST_SECONDS = 5.0
# How the planner's line about its model ends in /diagnostics.
_MODEL_LINE = "planner: model"
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

    @property
    def good(self) -> bool:
        """Whether a person has what they asked for."""
        return self.outcome in GOOD_OUTCOMES


class SentInstruction:
    """An instruction on its way to the planner."""

    def __init__(self, client: ClientNode, goal: RemoteGoal):
        self._client = client
        self._goal = goal
        self._planner = Presence(goal.server_is_there, _LOST_SECONDS)

    @property
    def ended(self) -> bool:
        """Whether nothing of it runs any more."""
        return self._goal.ended.is_set()

    def result(self, seconds: float) -> InstructionResult:
        """Wait for the end.

        Raises:
            InfrastructureError: it was not accepted, did not end in time, or the planner has gone or was started anew.
        """
        goal = self._goal
        self._client.wait_until(lambda: goal.answered or goal.ended.is_set(), _ANSWER_SECONDS, "the instruction")
        self._client.wait_until(self._has_ended, seconds, "the instruction's result", goal.ended)
        if goal.response is None:
            raise InfrastructureError("the planner rejected the instruction: it is shutting down")
        r = goal.response.result
        return InstructionResult(
            _STATUS.get(goal.response.status, "UNKNOWN"),
            r.outcome,
            r.error_code,
            r.error_msg,
            r.summary,
            r.goal,
            tuple(r.steps),
            r.episode_id,
        )

    def ask_cancel(self) -> None:
        """Ask the planner to stop; returns at once. What is accepted only later is cancelled then."""
        self._goal.cancel()

    def cancel(self, seconds: float) -> None:
        """Ask the planner to stop, until it has: the robot is at rest then, and the result tells how it ended.

        Raises:
            InfrastructureError: it did not end in time, or the planner has gone or was started anew; the robot may
                still move.
        """

        def over() -> bool:
            self._goal.cancel()
            return self._has_ended()

        what = "cancelling the instruction (the robot may still move)"
        self._client.wait_until(over, seconds, what, self._goal.ended)

    def _has_ended(self) -> bool:
        if self._goal.forgotten:
            raise InfrastructureError(
                "the planner does not know the instruction any more, as one started anew; it may not have ended"
            )
        if not self.ended and self._planner.lost:
            raise InfrastructureError("the planner went away before it gave a result")
        return self.ended


class PlannerClient:
    """Sends instructions. Build it on an open `ClientNode`.

    Args:
        client: the node.
        action: EXECUTE_CALL for an instruction that is one call.
    """

    def __init__(self, client: ClientNode, action: str = EXECUTE_INSTRUCTION):
        self._client = client
        self._name = action
        self._action = SafeActionClient(client.node, ExecuteInstruction, action)

    @property
    def found(self) -> bool:
        """Whether there is a planner."""
        return self._action.server_is_ready()

    def wait_for_server(self, seconds: float) -> None:
        """Wait for the planner.

        Raises:
            InfrastructureError: there is none.
        """
        self._client.wait_until(self._action.server_is_ready, seconds, f"the planner's action '{self._name}'")

    def wait_for_model(self, seconds: float, tell: Callable[[str], object]) -> None:
        """Wait until the planner's language model can answer; ``tell`` hears how far it is.

        Raises:
            InfrastructureError: it cannot be loaded, or not in time.
        """
        newest = DiagnosticStatus(message="nothing heard of it yet")

        def take(message: DiagnosticArray) -> None:
            nonlocal newest
            newest = next((line for line in message.status if line.name.endswith(_MODEL_LINE)), newest)

        def ready() -> bool:
            if newest.level == DiagnosticStatus.ERROR:
                raise InfrastructureError(f"the planner's model cannot be loaded: {newest.message}")
            tell(newest.message)
            return bool(newest.name) and newest.level == DiagnosticStatus.OK

        subscription = self._client.node.create_subscription(
            DiagnosticArray, "/diagnostics", take, 10, callback_group=ReentrantCallbackGroup()
        )
        try:
            self._client.wait_until(ready, seconds, "the planner's model")
        finally:
            self._client.node.destroy_subscription(subscription)

    def send(
        self,
        instruction: str,
        on_feedback: Callable[[Feedback], None],
        autonomy: str = "",
        preempt: bool = False,
        check_plan: bool = False,
    ) -> SentInstruction:
        """Send an instruction; returns at once. ``on_feedback`` is called in the client's thread."""
        message = ExecuteInstruction.Goal(
            instruction=instruction, autonomy=autonomy, preempt=preempt, check_plan=check_plan
        )

        def hear(f: ExecuteInstruction.Feedback) -> None:
            on_feedback(Feedback(f.step, f.thought, f.call, f.state, f.detail))

        goal = RemoteGoal(self._action, message, hear)
        goal.send()
        return SentInstruction(self._client, goal)
