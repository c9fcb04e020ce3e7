# SPDX-License-Identifier: Apache-2.0
"""Reference rows of the panel that are half a model: which half of the work its errors come from.

``goal+search``   the model states the goal, search finds the calls
``search+calls``  the goal is the scenario's own, the model finds the calls
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from agent_planner.goals import format_goal, parse_goal
from agent_planner.llm.base import ChatModel, ChatReply, ChatRequest, OnToken, Progress
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.reference_models import ExpertModel


def asks_for_goal(request: ChatRequest) -> bool:
    """Whether the goal is wanted next; what is unmet is told only where a call is."""
    return not any(line.startswith("unmet: ") for line in request.messages[-1].content.splitlines())


class HalfModel(ABC):
    """Passes one kind of turns on to a model; the other kind is answered by `_own`.

    Args:
        model: who answers the rest.
        cases: in the order in which `evaluate.run_symbolic` gets them: a conversation's id is the number of its case.

    Attributes:
        kind: what it is called, before the model's name.
        states_goal: whether the model's turns are those that state the goal, or those that call.
    """

    kind = ""
    states_goal = True

    def __init__(self, model: ChatModel, cases: Sequence[Case]):
        self._model = model
        self._cases = list(cases)

    @property
    def name(self) -> str:
        """Which half of which model."""
        return f"{self.kind}:{self._model.name}"

    def load(self, progress: Progress | None = None) -> None:
        """As the model does."""
        self._model.load(progress)

    def chat(
        self, requests: Sequence[ChatRequest], cancel: threading.Event | None = None, on_token: OnToken | None = None
    ) -> list[ChatReply]:
        """Answer every request; see `ChatModel.chat`."""
        passed = [r for r in requests if asks_for_goal(r) is self.states_goal]
        said = iter(self._model.chat(passed, cancel, on_token) if passed else [])
        return [next(said) if asks_for_goal(r) is self.states_goal else _reply(self._own(r)) for r in requests]

    def forget(self, conversation_id: str) -> None:
        """Free what is kept for a conversation."""
        self._model.forget(conversation_id)

    def close(self) -> None:
        """Free the model."""
        self._model.close()

    @abstractmethod
    def _own(self, request: ChatRequest) -> str:
        """The answer that is not the model's."""


class GoalAndSearch(HalfModel):
    """The model's goal, then search towards it."""

    kind = "goal+search"

    def __init__(self, model: ChatModel, cases: Sequence[Case]):
        super().__init__(model, cases)
        self._expert = ExpertModel(self._cases)
        self._begun: set[str] = set()

    def forget(self, conversation_id: str) -> None:
        """Free what is kept for a conversation."""
        super().forget(conversation_id)
        self._expert.forget(conversation_id)
        self._begun.discard(conversation_id)

    def _own(self, request: ChatRequest) -> str:
        name = request.conversation_id
        if name not in self._begun:
            self._begun.add(name)
            stated = parse_goal(request.messages[-2].content)
            case = self._cases[int(name)]
            self._cases[int(name)] = replace(case, scenario=replace(case.scenario, goal=stated))
            # The expert takes a goal for its own once it has stated it.
            self._expert.chat([replace(request, messages=request.messages[:2])])
        return self._expert.chat([request])[0].text


class SearchAndCalls(HalfModel):
    """The scenario's own goal, then the model's calls."""

    kind = "search+calls"
    states_goal = False

    def _own(self, request: ChatRequest) -> str:
        return format_goal(self._cases[int(request.conversation_id)].scenario.goal)


def _reply(text: str) -> ChatReply:
    return ChatReply(text, False, 0, 0, 0, 0, 0.0, 0.0, "stop")


HALVES: dict[str, type[HalfModel]] = {half.kind: half for half in (GoalAndSearch, SearchAndCalls)}
