# SPDX-License-Identifier: Apache-2.0
"""What an episode knows, and how it speaks to the model, to the person and to whoever listens; `loop` is its course."""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from agent_planner.agent.believed import Believed
from agent_planner.agent.conversation import first_turn, system_turn
from agent_planner.agent.events import Emit, Event, EventKind
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.requests import ModelTurn, Observe, Question, Request
from agent_planner.agent.result import Counts, EpisodeResult
from agent_planner.agent.takeover import HumanTurn
from agent_planner.errors import CallRefused, ContextFull
from agent_planner.goals import Goal
from agent_planner.goals.goal import Stated
from agent_planner.llm.base import ChatReply, Message
from agent_planner.safety.judge import Judge
from agent_planner.scene import SceneGraph, focus
from agent_planner.skills import SkillLibrary
from agent_planner.types import Autonomy, Call, Level, Outcome

_YES_NO = ("yes", "no")


@dataclass
class Progress:
    """How far the goal is, and what the model was told: the last scene and the last result.

    ``done`` are the calls of the present step that have no effect on the scene.
    """

    shown: SceneGraph
    result: str = ""
    at_step: int = 0
    done: list[Call] = field(default_factory=list)


@dataclass
class EpisodeState:
    """One instruction and what has come of it so far.

    ``clock`` gives seconds; the time limit is counted with it. ``judge`` is what the gate decides by: here it serves
    to check a plan, and to tell the person why they are asked. ``autonomy`` is the level at this moment, where that
    may change while the episode runs.
    """

    library: SkillLibrary
    instruction: str
    scene: SceneGraph
    config: LoopConfig = LoopConfig()
    emit: Emit = lambda event: None
    clock: Callable[[], float] = time.monotonic
    judge: Judge | None = None
    autonomy: Callable[[], Autonomy] | None = None

    messages: list[Message] = field(default_factory=list)
    # Indices of assistant turns that were refused: recorded, but not to be learned from.
    refused: list[int] = field(default_factory=list)
    # Conversations before this one, with their refused turns: each look for a missing thing is one of its own, and
    # after a takeover a new one begins.
    earlier: list[tuple[list[Message], list[int]]] = field(default_factory=list)
    goal: Stated | None = None
    steps: list[tuple[Call, str]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    takeovers: list[HumanTurn] = field(default_factory=list)
    # Whether a person has said yes to the call that is dispatched.
    approved: bool = False
    _believed: Believed = field(default_factory=Believed, init=False)
    _deadline: float = field(default=0.0, init=False)
    # Turns that the limit leaves out: of the plan, and of single parts of the instruction.
    _free_turns: int = field(default=0, init=False)
    # Whether the person who was asked last did not answer.
    _unheard: bool = field(default=False, init=False)

    @property
    def at_turn(self) -> int:
        """The number of the model's turn, from 0, the goal."""
        return max(0, self.counts.turns - 1)

    def ended(self, outcome: Outcome, code: str, message: str) -> EpisodeResult:
        """How the episode ended, with all that was done in it."""
        return EpisodeResult(outcome, code, message, self.goal, tuple(self.steps), self.counts, tuple(self.takeovers))

    @property
    def _level(self) -> Autonomy:
        return self.autonomy() if self.autonomy is not None else self.config.autonomy

    # --- the world

    def _observe(self, after: str) -> Generator[Request, Any, EpisodeResult | None]:
        """See the world as it is now; the end where no scene is newer than what ``after`` names."""
        scene: SceneGraph | None = yield Observe()
        if scene is None:
            return self.ended(Outcome.UNKNOWN, "SCENE_STALE", f"no scene newer than {after}")
        self.scene = self._believed.added_to(scene)
        return None

    # --- the model

    def _converse(self, instruction: str) -> None:
        """Begin a conversation about an instruction in the present scene."""
        if any(message.role == "assistant" for message in self.messages):
            self.earlier.append((self.messages, self.refused))
        said = first_turn(self.scene, instruction)
        self.messages = [Message("system", system_turn(self.library)), Message("user", said)]
        self.refused = []

    def _near(self) -> SceneGraph:
        keep = (
            [arg for step in self.goal.steps for atom in step for arg in atom.args]
            if isinstance(self.goal, Goal)
            else []
        )
        return focus(self.scene, self.instruction, keep)

    def _say(self, grammar: str) -> Generator[Request, Any, ChatReply]:
        self._tell(EventKind.THINKING, "")
        free = self.config.level is Level.RAW
        reply: ChatReply = yield ModelTurn(tuple(self.messages), None if free else grammar)
        if reply.finish == "full":
            tokens = f" ({reply.prompt_tokens} tokens)" if reply.prompt_tokens else ""  # servers do not say
            raise ContextFull(
                f"after {self.counts.turns} turns the conversation{tokens} is longer than the model reads; choose a "
                "model with a longer context, or give the instruction in parts"
            )
        self.messages.append(Message("assistant", reply.text))
        self.counts.turns += 1
        self.counts.raw_invalid += bool(reply.raw_invalid)
        self.counts.sampled_tokens += reply.sampled_tokens
        self.counts.forced_tokens += reply.forced_tokens
        self.counts.model_seconds += reply.seconds_prompt + reply.seconds_decode
        return reply

    # --- the person and those who listen

    def _approve(self, kind: str, text: str) -> Generator[Request, Any, bool]:
        answer = yield self._ask(kind, text, _YES_NO)
        self._unheard = answer is None
        return answer == "yes"

    def _ask(self, kind: str, text: str, options: tuple[str, ...] = ()) -> Question:
        self._tell(EventKind.QUESTION, text)
        return Question(kind, text, options)

    def _refused(self, error: CallRefused, text: str) -> None:
        self.counts.add_refusal(error.code)
        self.refused.append(len(self.messages) - 1)
        self._tell(EventKind.REFUSED, f"{error.code}: {error.message}", call=text.rpartition("\n")[2])

    def _tell(self, kind: EventKind, text: str, thought: str = "", call: str = "") -> None:
        self.emit(Event(kind, self.at_turn, text, thought, call))

    # --- limits

    def _limit(self) -> EpisodeResult | None:
        if self.counts.turns - self._free_turns >= self.config.max_turns:
            return self.ended(Outcome.TIMEOUT, "MAX_TURNS", f"{self.config.max_turns} turns were not enough")
        if self.clock() > self._deadline:
            return self.ended(Outcome.TIMEOUT, "MAX_TIME", f"{self.config.max_seconds:g} s were not enough")
        return None
