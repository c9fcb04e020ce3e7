# SPDX-License-Identifier: Apache-2.0
"""Asks the person who watches: a topic with the questions, a service for the answers."""

import threading
import uuid

from agent_planner_interfaces.msg import OperatorRequest
from agent_planner_interfaces.srv import AnswerOperator
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile

from agent_planner.agent.requests import Question
from agent_planner.ros.waiting import Changes, Deadline

_APPROVALS = ("approve_goal", "approve_call")
# How long a console may take to turn up before a question counts as asked into the void.
_LISTENER_S = 2.0


class OperatorDesk:
    """Publishes ``operator_requests`` and serves ``answer_operator``; one question is open at a time."""

    def __init__(self, node: Node, timeout_s: float):
        self._node = node
        self._timeout_s = timeout_s
        self._changes = Changes()
        self._open: OperatorRequest | None = None
        self._answer: str | None = None
        self.episode_id = ""

    def configure(self) -> None:
        """Create publisher and service."""
        qos = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._publisher = self._node.create_publisher(OperatorRequest, "operator_requests", qos)
        self._service = self._node.create_service(
            AnswerOperator, "answer_operator", self._take, callback_group=ReentrantCallbackGroup()
        )

    def release(self) -> None:
        """Destroy both."""
        self._node.destroy_publisher(self._publisher)
        self._node.destroy_service(self._service)

    def ask(self, question: Question, cancel: threading.Event) -> str | None:
        """Publish the question and wait; None at once where nobody listens, or when the time is up."""
        if not self._changes.wait(
            lambda: self._publisher.get_subscription_count() > 0 or cancel.is_set(), Deadline(_LISTENER_S)
        ):
            self._node.get_logger().warning(f"nobody listens on operator_requests: {question.text}")
            return None
        request = OperatorRequest(
            id=uuid.uuid4().hex[:8],
            episode_id=self.episode_id,
            kind=question.kind,
            text=question.text,
            options=list(question.options),
        )
        request.header.stamp = self._node.get_clock().now().to_msg()
        with self._changes:
            self._open, self._answer = request, None
        self._publisher.publish(request)
        self._changes.wait(lambda: self._answer is not None or cancel.is_set(), Deadline(self._timeout_s))
        with self._changes:
            self._open = None
            return self._answer

    def _take(self, request: AnswerOperator.Request, response: AnswerOperator.Response) -> AnswerOperator.Response:
        answer = request.answer.strip()
        with self._changes:
            response.message = self._fault(request.id, answer)
            response.success = not response.message
            if response.success:
                self._answer = answer
        return response

    def _fault(self, question_id: str, answer: str) -> str:
        if self._open is None:
            return "no question is open"
        if question_id not in ("", self._open.id):
            return f"the question '{question_id}' is not open; open: {self._open.id} ({self._open.text})"
        if self._answer is not None:
            return "the question has been answered already"
        if self._open.kind in _APPROVALS and answer not in self._open.options:
            return f"answer with one of: {', '.join(self._open.options)}"
        return "" if answer else "the answer is empty"
