# SPDX-License-Identifier: Apache-2.0
"""Drives an episode in the symbolic world with scripted answers, and asks llguidance what a grammar admits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from llguidance import LLMatcher, LLTokenizer

from agent_planner.agent.events import Event
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.loop import Episode
from agent_planner.agent.requests import Dispatch, ModelTurn, Observe, Question
from agent_planner.agent.result import EpisodeResult
from agent_planner.llm.base import ChatReply, Message
from agent_planner.safety.judge import Judge
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Call, SkillResult

DEFAULTS = LoopConfig()
_BYTES = LLTokenizer("byte")


def admits(grammar: str, text: str) -> bool:
    """Whether the text is all that the grammar asks for."""
    matcher = LLMatcher(_BYTES, LLMatcher.grammar_from_lark(grammar))
    assert not matcher.get_error(), matcher.get_error()
    tokens = list(text.encode())
    return matcher.validate_tokens(tokens) == len(tokens) and matcher.consume_tokens(tokens) and matcher.is_accepting()


def reply(text: str) -> ChatReply:
    return ChatReply(text, False, 0, 0, 1, 0, 0.0, 0.0, "stop")


@dataclass
class Run:
    """What came of it."""

    result: EpisodeResult
    prompts: list[str] = field(default_factory=list)
    grammars: list[str | None] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    earlier: list[tuple[list[Message], list[int]]] = field(default_factory=list)


def drive(
    world: SceneGraph,
    library: SkillLibrary,
    texts: Sequence[str | ChatReply],
    instruction: str = "put the red cube in the bin",
    config: LoopConfig = DEFAULTS,
    execute: Callable[[SymbolicWorld, Call], SkillResult] = SymbolicWorld.execute,
    observe: Callable[[SymbolicWorld], SceneGraph | None] = SymbolicWorld.observe,
    answers: Sequence[str | Callable[[SymbolicWorld], str]] = (),
    clock: Callable[[], float] = lambda: 0.0,
    judge: Judge | None = None,
) -> Run:
    """The last text is said again and again; an answer that can be called may change the world before it comes."""
    symbolic = SymbolicWorld(world, library)
    events: list[Event] = []
    episode = Episode(library, instruction, symbolic.observe(), config, events.append, clock, judge)
    loop = episode.run()
    run = Run(None, events=events)  # type: ignore[arg-type]
    said, asked = list(texts), list(answers)
    try:
        request = next(loop)
        while True:
            match request:
                case ModelTurn(messages, grammar):
                    run.prompts.append(messages[-1].content)
                    run.grammars.append(grammar)
                    text = said.pop(0) if len(said) > 1 else said[0]
                    request = loop.send(reply(text) if isinstance(text, str) else text)
                case Dispatch(call):
                    run.calls.append(call)
                    request = loop.send(execute(symbolic, call))
                case Observe():
                    request = loop.send(observe(symbolic))
                case Question(_, text):
                    run.questions.append(text)
                    answer = asked.pop(0) if asked else None
                    request = loop.send(answer(symbolic) if callable(answer) else answer)
    except StopIteration as stop:
        run.result = stop.value
        run.refused, run.earlier = episode.refused, episode.earlier
    return run
