# SPDX-License-Identifier: Apache-2.0
"""Reference rows of the panel: what is reached by one who knows the goal and searches."""

import threading
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from agent_planner.agent.conversation import MAX_INSTRUCTION, UNMET, call_turn, thought_text
from agent_planner.agent.way_round import way_round
from agent_planner.goals import Declined, Goal, format_goal, next_step, parse_goal, unmet
from agent_planner.goals.goal import Stated
from agent_planner.goals.plan import Check, Step
from agent_planner.llm.base import ChatReply, ChatRequest, Message, OnToken, Progress
from agent_planner.scene.plain import plain
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Atom, Call

# How often the expert tries a call that fails before it looks for another way.
_TRIES = 2


def asks_for_goal(request: ChatRequest) -> bool:
    """Whether the goal is wanted next; what is unmet is told only where a call is."""
    return not any(line.startswith(UNMET) for line in request.messages[-1].content.splitlines())


def hears_all(scenario: Scenario, messages: Sequence[Message]) -> bool:
    """Whether a conversation is about the whole instruction: nobody knows the goals of its parts."""
    return f"\nInstruction: {plain(scenario.instruction, MAX_INSTRUCTION)}" in messages[1].content


def giving_up(unmet: Atom) -> str:
    """The turn that ends an episode in which no way is left."""
    return f'{unmet} cannot be reached\ngive_up(reason="it failed again and no way is left")'


@dataclass
class Pursuit:
    """The expert on its way through a case: search on what can be seen, in a world of its own.

    That world and its faults are the episode's once more, so that both stay the same call by call.
    """

    case: Case
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        scenario = self.case.scenario
        self.library: SkillLibrary = scenario.library
        self.goal: Stated = scenario.goal
        self.world = SymbolicWorld(scenario.world, scenario.library, self.case.faults)
        self._at_step = 0
        self._done: list[Call] = []
        self._failures: Counter[Hashable] = Counter()

    def aim(self, goal: Stated) -> None:
        """Go for a goal: the scenario's, or a look at a place; one that is pursued already goes on."""
        if goal != self.goal:
            self.goal, self._at_step, self._done = goal, 0, []

    def unmet(self) -> tuple[Atom, ...]:
        """What is to be reached next: nothing after every step of the goal has held."""
        assert isinstance(self.goal, Goal)
        while self._at_step < len(self.goal.steps):
            if missing := unmet(self.goal.steps[self._at_step], self.world.observe(), self._done):
                return missing
            self._at_step, self._done = self._at_step + 1, []
        return ()

    def next(self) -> Step | None:
        """The next call and why; None where all is reached or no way is left."""
        assert isinstance(self.goal, Goal)
        missing, scene = self.unmet(), self.world.observe()
        found = next_step(missing, self.library, scene, self._done)
        blocked = {key for key, count in self._failures.items() if count >= _TRIES}
        if found is None or found.call.key() not in blocked:
            return found
        call = way_round(self.goal, self.library, scene, blocked, self._at_step, self._done)
        if call is None:
            return None
        skill = self.library[call.skill]
        made, met = skill.made(call), skill.needed(call)
        if missing[0] in made:
            return Step(call, (Check(missing[0], skill.name, met),))
        return Step(call, (Check(missing[0]), Check(made[0], skill.name, met)))

    def execute(self, call: Call) -> None:
        """Carry the call out."""
        self.calls.append(call)
        if not self.world.execute(call).ok:
            self._failures[call.key()] += 1
        elif not self.library[call.skill].makes:
            self._done.append(call)


class ExpertModel:
    """States each scenario's own goal, once all that it names is in sight, and reaches it by search: the upper bound.

    It is told the cases, in the order in which `evaluate.run_symbolic` gets them, since no conversation says what is
    right. Of a conversation it hears only whether the call it made was refused.
    """

    name = "expert"

    def __init__(self, cases: Sequence[Case]):
        self._cases = cases
        self._pursuits: dict[str, Pursuit] = {}
        self._said: dict[str, Call] = {}

    def load(self, progress: Progress | None = None) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""

    def chat(
        self, requests: Sequence[ChatRequest], cancel: threading.Event | None = None, on_token: OnToken | None = None
    ) -> list[ChatReply]:
        """As `ChatModel.chat`."""
        return [ChatReply(self._answer(r), False, 0, 0, 0, 0, 0.0, 0.0, "stop") for r in requests]

    def forget(self, conversation_id: str) -> None:
        """As `ChatModel.forget`."""
        self._pursuits.pop(conversation_id, None)
        self._said.pop(conversation_id, None)

    def _answer(self, request: ChatRequest) -> str:
        name, heard = request.conversation_id, request.messages[-1].content
        said = self._said.pop(name, None)
        pursuit = self._pursuits.setdefault(name, Pursuit(self._cases[int(name)]))
        if said is not None and not heard.startswith("refused"):
            pursuit.execute(said)
        if asks_for_goal(request):
            return format_goal(_stated(pursuit.case.scenario, request.messages))
        pursuit.aim(_goal_of(request))
        step = pursuit.next()
        if step is None:
            return giving_up(pursuit.unmet()[0])
        self._said[name] = step.call
        return call_turn(thought_text(step), step.call)


def _goal_of(request: ChatRequest) -> Stated:
    """The goal that a conversation is about: the last that was stated in it."""
    stated = [m.content for m in request.messages if m.role == "assistant" and m.content.startswith("goal:")]
    return parse_goal(stated[-1])


def _stated(scenario: Scenario, messages: Sequence[Message]) -> Stated:
    """The scenario's goal, after an answer the one that follows from it.

    Or that a thing is missing, as long as the scene that the conversation shows lacks it; and of a part of the
    instruction nothing, since only the whole has a goal that is known.
    """
    if scenario.answered is not None and any(m.content.startswith("answer: ") for m in messages if m.role == "user"):
        return scenario.answered.goal
    if not hears_all(scenario, messages):
        return Declined("none")
    shown = messages[1].content
    for clause in scenario.clauses if isinstance(scenario.goal, Goal) else ():
        for name, words in clause.cores.items():
            if f"\n{name}: " not in shown:
                return Declined("missing", words)
    return scenario.goal
