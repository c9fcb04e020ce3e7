# SPDX-License-Identifier: Apache-2.0
"""Drives one episode on a robot: answers what the loop asks, in one thread, until it ends or is cancelled."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from agent_planner.agent.events import Event, EventKind
from agent_planner.agent.loop import Episode
from agent_planner.agent.requests import Dispatch, ModelTurn, Observe, Question, Request
from agent_planner.agent.result import EpisodeResult
from agent_planner.errors import ModelError
from agent_planner.llm.base import ChatModel, ChatRequest
from agent_planner.scene import SceneGraph
from agent_planner.skills import Skill
from agent_planner.skills.tools import tools
from agent_planner.types import Call, Outcome, ResultStatus, SkillResult

_FEEDBACK_S = 0.5


class SkillExecutor(Protocol):
    """Carries out calls on the robot."""

    def execute(self, call: Call, skill: Skill, scene: SceneGraph, on_feedback: Callable[[str], None]) -> SkillResult:
        """Block until the call's end is certain, or is known to be uncertain."""
        ...


class SceneSource(Protocol):
    """Shows the world."""

    def observe(self, cancel: threading.Event) -> SceneGraph | None:
        """Return a scene observed after this was called, or None if there is none in time."""
        ...


class Operator(Protocol):
    """The person who watches."""

    def ask(self, question: Question, cancel: threading.Event) -> str | None:
        """Return the answer, or None where nobody answers in time."""
        ...


@dataclass
class Driver:
    """Whoever sets ``cancel`` also tells the executor; everything else here looks at the event."""

    model: ChatModel
    executor: SkillExecutor
    scenes: SceneSource
    operator: Operator
    cancel: threading.Event

    def run(self, episode: Episode, conversation_id: str) -> EpisodeResult:
        """Run the episode; every way out returns a result and tells it as an event."""
        loop = episode.run()
        answer: Any = None
        doubt: SkillResult | None = None
        try:
            while True:
                request = loop.send(answer)
                if doubt is not None:
                    return _ended(episode, Outcome.UNKNOWN, doubt.code, doubt.message)
                if self.cancel.is_set():
                    return _ended(episode, Outcome.CANCELLED, "CANCELLED", "")
                answer = self._answer(request, episode, conversation_id)
                if isinstance(request, ModelTurn) and answer.finish == "cancelled":
                    return _ended(episode, Outcome.CANCELLED, "CANCELLED", "")
                # What the robot does now is not known: no further motion may be built on it.
                if isinstance(request, Dispatch) and answer.status is ResultStatus.UNKNOWN:
                    doubt = answer
        except StopIteration as stop:
            return stop.value
        except ModelError as error:
            return _ended(episode, Outcome.FAILED, "MODEL_ERROR", str(error))
        finally:
            loop.close()
            self.model.forget(conversation_id)

    def _answer(self, request: Request, episode: Episode, conversation_id: str) -> Any:
        match request:
            case ModelTurn(messages, grammar):
                offered = tuple(tools(episode.library, episode.scene))
                chat = ChatRequest(conversation_id, messages, grammar, tools=offered)
                return self.model.chat([chat], self.cancel)[0]
            case Dispatch(call, skill, scene):
                feedback = _Feedback(episode, call)
                return self.executor.execute(call, skill, scene, feedback.tell)
            case Observe():
                return self.scenes.observe(self.cancel)
            case Question():
                return self.operator.ask(request, self.cancel)


class _Feedback:
    """Passes a server's feedback on as events, a few times a second at most."""

    def __init__(self, episode: Episode, call: Call):
        self._episode = episode
        self._call = str(call)
        self._step = max(0, episode.counts.turns - 1)
        self._last = 0.0

    def tell(self, text: str) -> None:
        now = time.monotonic()
        if text and now - self._last >= _FEEDBACK_S:
            self._last = now
            data = {"feedback": True}
            self._episode.emit(Event(EventKind.EXECUTING, self._step, text, call=self._call, data=data))


def _ended(episode: Episode, outcome: Outcome, code: str, message: str) -> EpisodeResult:
    result = EpisodeResult(outcome, code, message, episode.goal, tuple(episode.steps), episode.counts)
    episode.emit(Event(EventKind.ENDED, max(0, episode.counts.turns - 1), result.summary))
    return result
