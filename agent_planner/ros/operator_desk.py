# SPDX-License-Identifier: Apache-2.0
"""Asks the person who watches: a topic with the questions, a service for the answers."""

import threading
import uuid

from agent_planner_interfaces.msg import OperatorRequest
from agent_planner_interfaces.srv import AnswerOperator
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node

from agent_planner.agent.requests import Question
from agent_planner.ros.names import NEWEST, recorder_name
from agent_planner.ros.waiting import Changes, Deadline

# Kinds of questions that are answered by one of their options.
_CHOICES = ("approve_goal", "approve_call", "stuck", "help")
# The node of `ros2 bag record`.
_BAG_RECORDER = "rosbag2_recorder"
# How long a console may take to turn up before a question counts as asked into the void.
_LISTENER_S = 2.0


class OperatorDesk:
    """Publishes questions and takes the answers; one question is open at a time.

    The topic keeps its last message for who comes later. What is over is closed there: by the same id with an empty
    kind.

    Args:
        node: the node that it belongs to.
        timeout_s: steady time that a person has to answer.
        topic: of the questions.
        service: for the answers.
    """

    def __init__(
        self, node: Node, timeout_s: float, topic: str = "operator_requests", service: str = "answer_operator"
    ):
        self._node = node
        self._timeout_s = timeout_s
        self._topic, self._service_name = topic, service
        self._changes = Changes()
        self._open: OperatorRequest | None = None
        self._answer: str | None = None
        self.episode_id = ""

    def configure(self) -> None:
        """Create publisher and service."""
        self._publisher = self._node.create_publisher(OperatorRequest, self._topic, NEWEST)
        self._service = self._node.create_service(
            AnswerOperator, self._service_name, self._take, callback_group=ReentrantCallbackGroup()
        )

    def release(self) -> None:
        """Destroy both."""
        self._node.destroy_publisher(self._publisher)
        self._node.destroy_service(self._service)

    @property
    def is_watched(self) -> bool:
        """Whether anybody listens to the questions; a recorder, the planner's own or a bag's, is nobody.

        Whether they have a client of the service says nothing: some make it only for their answer.
        """
        listeners = self._node.get_subscriptions_info_by_topic(self._publisher.topic_name)
        recorders = (recorder_name(self._node), _BAG_RECORDER)
        return any(not listener.node_name.startswith(recorders) for listener in listeners)

    def ask(self, question: Question, cancel: threading.Event) -> str | None:
        """Publish the question and wait; None at once where nobody listens, or when the time is up."""
        if question.kind == "stuck" and not self.is_watched:
            return None  # one offer more; nobody is waited for
        if not self._changes.wait(lambda: self.is_watched or cancel.is_set(), Deadline(_LISTENER_S)):
            self._node.get_logger().warning(f"nobody listens on {self._topic}: {question.text}")
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
            answer = self._answer
        self._publisher.publish(OperatorRequest(header=request.header, id=request.id, episode_id=request.episode_id))
        return answer

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
        if self._open.kind in _CHOICES and answer not in self._open.options:
            return f"answer with one of: {', '.join(self._open.options)}"
        return "" if answer else "the answer is empty"
