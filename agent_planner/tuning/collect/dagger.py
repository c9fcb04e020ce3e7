# SPDX-License-Identifier: Apache-2.0
"""DAgger (Ross et al. 2011, arXiv 1011.0686): a student acts, the expert says what it would have done in each state.

Demonstrations show only states that an expert gets into; a student gets into others, and must learn its way out.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent_planner.agent.checks import read_call
from agent_planner.agent.conversation import parse_turn
from agent_planner.errors import CallRefused
from agent_planner.llm.base import ChatModel, ChatReply, ChatRequest, Message, OnToken
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.reference_models import ExpertModel
from agent_planner.types import Call

_NOTHING = Call("nothing")
_GIVE_UP = "give_up"


@dataclass(frozen=True)
class Visited:
    """A state that the student got into: what was said so far, what it said there, and what the expert would have."""

    messages: tuple[Message, ...]
    said: str
    label: str

    @property
    def answered(self) -> str:
        """What the robot was told: a goal is the expert's."""
        return self.label if self.label.startswith("goal:") else self.said

    @property
    def agreed(self) -> bool:
        """Whether both meant the same; of a turn with a call, the call counts."""
        if self.said == self.label:
            return True
        try:
            said, label = parse_turn(self.said)[1], parse_turn(self.label)[1]
        except CallRefused:
            return False
        return said == label or said.skill == label.skill == _GIVE_UP  # for whatever reason


class Labelled(ExpertModel):
    """Lets a student act, with the expert looking on: ``visited`` are the states that it answered in, by conversation.

    The goal is stated by the expert, so that all that follows is about the task that was given; what the student would
    have stated is kept as any other turn.
    """

    def __init__(self, cases: Sequence[Case], student: ChatModel):
        super().__init__(cases)
        self._student = student
        self.visited: dict[str, list[Visited]] = {}

    def chat(
        self, requests: Sequence[ChatRequest], cancel: threading.Event | None = None, on_token: OnToken | None = None
    ) -> list[ChatReply]:
        """Answer as the student does, but for the goal."""
        labels = [self._answer(self._as_agreed(request)) for request in requests]
        replies = self._student.chat(requests, cancel, on_token)
        return [self._kept(*turn) for turn in zip(requests, replies, labels, strict=True)]

    def forget(self, conversation_id: str) -> None:
        """As `ChatModel.forget`."""
        super().forget(conversation_id)
        self._student.forget(conversation_id)

    def _as_agreed(self, request: ChatRequest) -> ChatRequest:
        """The conversation without the goals that a student stated where a call was wanted: they change nothing."""
        visited = self.visited.get(request.conversation_id, ())
        strays = {len(s.messages) for s in visited if s.said.startswith("goal:") and not s.label.startswith("goal:")}
        return replace(request, messages=tuple(m for i, m in enumerate(request.messages) if i not in strays))

    def _kept(self, request: ChatRequest, reply: ChatReply, label: str) -> ChatReply:
        if reply.finish == "full":
            return reply
        name = request.conversation_id
        state = Visited(request.messages, reply.text, label)
        self.visited.setdefault(name, []).append(state)
        if not label.startswith("goal:"):
            pursuit = self._pursuits[name]
            try:
                self._said[name] = read_call(state.said, pursuit.library, pursuit.world.observe())[1]
            except CallRefused:
                # The loop refuses it too, which the expert hears in the next turn.
                self._said[name] = _NOTHING
        return replace(reply, text=state.answered)
