# SPDX-License-Identifier: Apache-2.0
"""Drives one episode on a robot: answers what the loop asks, in one thread, until it ends or is cancelled.

While a person has the robot the episode stands still, wherever it is, and nothing that was asked before is acted on.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from agent_planner.agent.events import Event, EventKind
from agent_planner.agent.loop import Episode
from agent_planner.agent.requests import Dispatch, HandOver, ModelTurn, Observe, Question, Request
from agent_planner.agent.result import EpisodeResult
from agent_planner.agent.takeover import ASKED, TAKEOVER, Handed, Takeovers, TookOver, merged
from agent_planner.errors import ModelError, UserError
from agent_planner.llm.base import ChatModel, ChatReply, ChatRequest
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
    """Whoever sets ``cancel`` also tells the executor, and so does ``takeovers``; all else here looks at the events."""

    model: ChatModel
    executor: SkillExecutor
    scenes: SceneSource
    operator: Operator
    cancel: threading.Event
    takeovers: Takeovers = field(default_factory=Takeovers)

    def __post_init__(self) -> None:
        """What ends a wait: a cancel or a takeover."""
        self._interrupt = self.takeovers.interrupt(self.cancel)

    def run(self, episode: Episode, conversation_id: str) -> EpisodeResult:
        """Run the episode; every way out returns a result and tells it as an event."""
        loop = episode.run()
        self.takeovers.forget()
        go_on: Callable[[], Request] = partial(loop.send, None)
        doubt: SkillResult | None = None
        try:
            while True:
                request = go_on()
                if doubt is not None:
                    return _ended(episode, Outcome.UNKNOWN, doubt.code, doubt.message)
                if self.cancel.is_set():
                    return _ended(episode, Outcome.CANCELLED, "CANCELLED", "")
                answer: Any = None if self.takeovers.pending else self._answer(request, episode, conversation_id)
                if self.takeovers.pending and not _was_sent(request, answer):
                    took = self._pause(episode)
                    if took is None:
                        return _ended(episode, Outcome.CANCELLED, "CANCELLED", "")
                    go_on = partial(loop.throw, took)
                    continue
                if _was_sent(request, answer):
                    answer = self._told_apart(answer)
                    # What the robot does now is not known: no further motion may be built on it.
                    doubt = answer if answer.status is ResultStatus.UNKNOWN else None
                elif self.cancel.is_set():
                    # What comes back then is no answer: nobody said no (the gate asks, too), and no scene is late.
                    return _ended(episode, Outcome.CANCELLED, "CANCELLED", "")
                go_on = partial(loop.send, answer)
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
                return self._reply(chat)
            case Dispatch(call, skill, scene):
                feedback = _Feedback(episode, call)
                return self.executor.execute(call, skill, scene, feedback.tell)
            case Observe():
                return self.scenes.observe(self._interrupt)
            case Question():
                return self.operator.ask(request, self._interrupt)
            case HandOver():
                self.takeovers.ask()
                return None

    def _reply(self, chat: ChatRequest) -> ChatReply:
        try:
            return self.model.chat([chat], self._interrupt)[0]
        except UserError as error:  # a key that a server does not take, a model that it has not: still no answer
            raise ModelError(str(error)) from error

    def _told_apart(self, result: SkillResult) -> SkillResult:
        """A call that ended since a person took over says so; a stop or a cancel that came as well counts for more."""
        taken = self.takeovers.pending and not self.cancel.is_set() and result.code == "CANCELLED"
        return replace(result, code=TAKEOVER, message="a person took over") if taken else result

    def _pause(self, episode: Episode) -> TookOver | None:
        """Stand still until the robot is given back; None where the episode is cancelled meanwhile."""
        began = episode.clock()
        why = "the planner asked for it" if self.takeovers.source == ASKED else self.takeovers.source
        data = {"active": True, "source": "human", "from": self.takeovers.source}
        text = f"a person has the robot ({why})" if why else "a person had the robot"
        episode.emit(Event(EventKind.TELEOP, episode.at_turn, text, data=data))
        parts: list[Handed] = []
        scene: SceneGraph | None = None
        while self.takeovers.pending:
            handed = self.takeovers.handed(self.cancel)
            if handed is None:
                return None
            parts.append(handed)
            # Whoever takes over again while we look has us look again afterwards.
            scene = self.scenes.observe(self._interrupt)
        return None if self.cancel.is_set() else TookOver(merged(parts), scene, episode.clock() - began)


class _Feedback:
    """Passes a server's feedback on as events, a few times a second at most."""

    def __init__(self, episode: Episode, call: Call):
        self._episode = episode
        self._call = str(call)
        self._step = episode.at_turn
        self._last = 0.0

    def tell(self, text: str) -> None:
        now = time.monotonic()
        if text and now - self._last >= _FEEDBACK_S:
            self._last = now
            data = {"feedback": True}
            self._episode.emit(Event(EventKind.EXECUTING, self._step, text, call=self._call, data=data))


def _was_sent(request: Request, answer: SkillResult | None) -> bool:
    """Whether a call went to the robot: then its end is part of what happened."""
    return isinstance(request, Dispatch) and answer is not None and answer.status is not ResultStatus.DENIED


def _ended(episode: Episode, outcome: Outcome, code: str, message: str) -> EpisodeResult:
    result = episode.ended(outcome, code, message)
    episode.emit(Event(EventKind.ENDED, episode.at_turn, result.summary))
    return result
