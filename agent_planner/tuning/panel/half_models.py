# SPDX-License-Identifier: Apache-2.0
"""Reference rows of the panel that are half a model: which half of the work its errors come from.

``goal+search``   the model states the goal, search finds the calls
``search+calls``  the goal is the scenario's own, the model finds the calls
"""

import threading
from collections.abc import Sequence

from agent_planner.llm.base import ChatModel, ChatReply, ChatRequest, OnToken, Progress
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.reference_models import ExpertModel, asks_for_goal


class HalfModel:
    """Passes one kind of turns on to a model; the other kind is the expert's.

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
        self._expert = ExpertModel(cases)

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
        own = [r for r in requests if asks_for_goal(r) is not self.states_goal]
        searched = iter(self._expert.chat(own, cancel, on_token))
        return [next(said if asks_for_goal(r) is self.states_goal else searched) for r in requests]

    def forget(self, conversation_id: str) -> None:
        """Free what is kept for a conversation."""
        self._model.forget(conversation_id)
        self._expert.forget(conversation_id)

    def close(self) -> None:
        """Free the model."""
        self._model.close()


class GoalAndSearch(HalfModel):
    """The model's goal, then search towards it."""

    kind = "goal+search"


class SearchAndCalls(HalfModel):
    """The scenario's own goal, then the model's calls."""

    kind = "search+calls"
    states_goal = False


HALVES: dict[str, type[HalfModel]] = {half.kind: half for half in (GoalAndSearch, SearchAndCalls)}
