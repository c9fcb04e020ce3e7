# SPDX-License-Identifier: Apache-2.0
"""The loop: goal, then state, thought and call, check, dispatch, observe, until every step of the goal has held.

It is a generator that yields `Request`s and is sent their answers, so it never waits itself (see `requests`).
"""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import Any

from agent_planner.agent.believed import Believed
from agent_planner.agent.checks import read_call, refuse_goal, refuse_unmet
from agent_planner.agent.conversation import (
    first_turn,
    refused_line,
    result_line,
    state_turn,
    system_turn,
)
from agent_planner.agent.doubts import Doubt, Doubted
from agent_planner.agent.events import Emit, Event, EventKind
from agent_planner.agent.grammar import goal_grammar, turn_grammar
from agent_planner.agent.limits import LoopConfig, Tallies
from agent_planner.agent.look_ahead import LookAhead
from agent_planner.agent.looking import Looking, explored
from agent_planner.agent.requests import Dispatch, ModelTurn, Observe, Question, Request
from agent_planner.agent.result import Counts, EpisodeResult
from agent_planner.agent.rollout import Rollout, imagined
from agent_planner.errors import CallRefused
from agent_planner.goals import Declined, Goal, format_goal, parse_goal, unmet
from agent_planner.goals.goal import Stated
from agent_planner.llm.base import ChatReply, Message
from agent_planner.safety.gate import DENIED
from agent_planner.safety.judge import Judge
from agent_planner.safety.policy import Effect
from agent_planner.scene import SceneGraph, changes, focus
from agent_planner.scene.plain import plain
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import BUILT_IN
from agent_planner.types import Atom, Autonomy, Call, Level, Outcome, ResultStatus, SkillResult

Loop = Generator[Request, Any, EpisodeResult]

_YES_NO = ("yes", "no")
# Ends of a look after which it would be wrong to go on; after any other the next place is tried.
_FINAL = (Outcome.CANCELLED, Outcome.UNKNOWN, Outcome.TIMEOUT, Outcome.NEEDS_OPERATOR)


@dataclass
class Episode:
    """One instruction on its way. Build it, then drive `run`.

    ``clock`` gives seconds; the time limit is counted with it. ``judge`` is what the gate decides by: here it serves
    to check a plan, and to tell the person why they are asked.
    """

    library: SkillLibrary
    instruction: str
    scene: SceneGraph
    config: LoopConfig = LoopConfig()
    emit: Emit = lambda event: None
    clock: Callable[[], float] = time.monotonic
    judge: Judge | None = None

    messages: list[Message] = field(default_factory=list)
    # Indices of assistant turns that were refused: recorded, but not to be learned from.
    refused: list[int] = field(default_factory=list)
    # Conversations before this one, with their refused turns: each look for a missing thing is one of its own.
    earlier: list[tuple[list[Message], list[int]]] = field(default_factory=list)
    goal: Stated | None = None
    steps: list[tuple[Call, str]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    def run(self) -> Loop:
        """Yield requests until the outcome is certain; returns it."""
        result = yield from self._run()
        self._tell(EventKind.ENDED, result.summary)
        return result

    def _run(self) -> Loop:
        self._deadline = self.clock() + self.config.max_seconds
        self._believed = Believed()
        self._planned_turns = 0
        goal = yield from self._find_goal()
        if not isinstance(goal, Goal):
            return goal
        planned = ""
        if self.config.plans_first:
            plan = yield from self._plan(goal)
            if isinstance(plan, EpisodeResult):
                return plan
            planned = f" Plan: {'; '.join(map(str, plan)) or 'nothing to do'}."
        if self.config.autonomy is Autonomy.CONFIRM:
            answer = yield self._ask("approve_goal", f"Goal: {goal}.{planned} Approve?", _YES_NO)
            if answer != "yes":
                return self._end(Outcome.NEEDS_OPERATOR, "NOT_APPROVED", "the goal was not approved")
        return (yield from self._pursue(goal))

    # --- the goal

    def _find_goal(self) -> Generator[Request, Any, Goal | EpisodeResult]:
        """Have the goal stated; and stated anew, where something was missing and a look brought things to light."""
        looking = Looking(self.library)
        self._said = self.instruction
        while True:
            self._converse(self._said)
            stated = yield from self._state_goal()
            if not isinstance(stated, Declined):
                return stated
            ended = yield from self._look(stated, looking)
            if ended is not None:
                return ended

    def _look(self, missing: Declined, looking: Looking) -> Generator[Request, Any, EpisodeResult | None]:
        """Look into one place after the other until something new is seen; the end where nothing is."""
        known = set(self.scene.entities)
        while self._may_look and (place := looking.next_place(self.scene)):
            text = f"'{missing.words}' is not in sight; looking into: {place}"
            if self.config.autonomy is Autonomy.CONFIRM:
                answer = yield self._ask(
                    "approve_goal", f"'{missing.words}' is not in sight. Look into {place}?", _YES_NO
                )
                if answer != "yes":
                    return self._end(Outcome.NEEDS_OPERATOR, "NOT_APPROVED", f"{text}: not approved")
            self._tell(EventKind.LOOKING, text)
            self.goal = goal = explored(place)
            self._converse(f"look into the {place}")
            self.messages.append(Message("assistant", format_goal(goal)))
            ended = yield from self._pursue(goal)
            self.goal = missing
            looking.tried(place)
            if ended.outcome in _FINAL:
                return ended
            if set(self.scene.entities) - known:
                return None
        text = f"'{missing.words}' is not in the scene{looking.account(self.scene)}"
        return self._end(Outcome.INFEASIBLE, "MISSING", text)

    @property
    def _may_look(self) -> bool:
        """In a plan alone nothing comes to light."""
        return self.config.look_for_missing and self.config.autonomy is not Autonomy.PLAN_ONLY

    def _converse(self, instruction: str) -> None:
        """Begin a conversation about an instruction in the present scene."""
        if self.messages:
            self.earlier.append((self.messages, self.refused))
        said = first_turn(self.scene, instruction)
        self.messages = [Message("system", system_turn(self.library)), Message("user", said)]
        self.refused = []

    def _state_goal(self) -> Generator[Request, Any, Stated | EpisodeResult]:
        """A goal, or what is missing; all else that is no goal ends here."""
        refusal = CallRefused("BAD_GOAL", "no goal was stated")
        doubted: list[Stated] = []
        hint: Doubt | None = None
        near = focus(self.scene, self._said)
        for left in reversed(range(self.config.goal_tries)):
            # The last time what was doubted may be said again: perhaps it is meant, in words that no scene has.
            grammar = goal_grammar(self.library, near, self._said, self.config.level, hint if left else None)
            reply = yield from self._say(grammar)
            stated: Stated | None = None
            try:
                stated = parse_goal(reply.text)
                refuse_goal(stated, self.library, self.scene, self._said, doubted)
            except CallRefused as error:
                refusal = error
                if isinstance(error, Doubted) and stated is not None:
                    doubted.append(stated)
                    hint = error.doubt
                self._refused(error, reply.text)
                self.messages.append(Message("user", refused_line(error)))
                continue
            self.goal = stated
            self._tell(EventKind.GOAL, str(stated) if isinstance(stated, Goal) else format_goal(stated))
            if isinstance(stated, Goal) or stated.kind == "missing":
                return stated
            answer = yield from self._declined(stated)
            if isinstance(answer, EpisodeResult):
                return answer
            self._said += f"\n{answer}"
            self.messages.append(Message("user", f"answer: {plain(answer)}"))
        return self._end(Outcome.FAILED, refusal.code, f"no usable goal: {refusal.message}")

    def _declined(self, stated: Declined) -> Generator[Request, Any, str | EpisodeResult]:
        match stated.kind:
            case "none":
                return self._end(Outcome.ANSWERED, "", stated.words or "nothing to do")
            case "which":
                text = f"Which '{stated.words}' do you mean: {', '.join(stated.options)}?"
                answer = yield self._ask("which", text, stated.options)
                if answer:
                    return answer
                return self._end(Outcome.NEEDS_OPERATOR, "AMBIGUOUS", text)
        return self._end(Outcome.INFEASIBLE, "NO_SKILL", f"no skill of this robot does '{stated.words}'")

    # --- the plan

    def _plan(self, goal: Goal) -> Generator[Request, Any, tuple[Call, ...] | EpisodeResult]:
        """The same turns in an imagined world, before anything moves: the calls that reach the goal there."""
        config = replace(self.config, autonomy=Autonomy.AUTO, check_plan=False)
        own = {"messages": list(self.messages), "refused": [], "steps": [], "counts": replace(self.counts)}
        first = replace(self, config=config, emit=self._planning, **own)
        first._deadline, first._believed, first._planned_turns = self._deadline, Believed(), 0
        world = Rollout(self.scene, self.library)
        ended = yield from imagined(first._pursue(goal), world, world.gated(self.judge))
        self._planned_turns = first.counts.turns - self.counts.turns
        self.counts = replace(first.counts, calls=self.counts.calls)
        if ended.outcome not in (Outcome.SUCCEEDED, Outcome.ANSWERED):
            return self._end(ended.outcome, ended.code, f"nothing was moved; in the plan {ended.message}")
        calls = tuple(call for call, _ in ended.steps)
        self._tell(EventKind.PLANNING, f"plan: {'; '.join(map(str, calls)) or 'nothing to do'}")
        return calls

    def _planning(self, event: Event) -> None:
        """Of what happens in the plan, what is said and what is refused is told."""
        if event.kind is EventKind.CALL:
            self.emit(replace(event, kind=EventKind.PLANNING, text=event.call))
        elif event.kind is EventKind.REFUSED:
            self.emit(replace(event, kind=EventKind.PLANNING, text=f"refused {event.text}"))

    # --- acting

    def _pursue(self, goal: Goal) -> Loop:
        self._ahead = LookAhead(self.library)
        self._tallies = Tallies(self.config)
        self._shown, self._result = self.scene, ""
        for at_step, atoms in enumerate(goal.steps):
            done: list[Call] = []
            while missing := unmet(atoms, self.scene, done):
                if limit := self._limit():
                    return limit
                ended = yield from self._turn(goal, at_step, missing, done)
                if ended is not None:
                    return ended
        if not self.steps:
            return self._end(Outcome.ANSWERED, "", "nothing to do: the goal holds already")
        return self._end(Outcome.SUCCEEDED, "", "")

    def _turn(
        self, goal: Goal, at_step: int, missing: tuple[Atom, ...], done: list[Call]
    ) -> Generator[Request, Any, EpisodeResult | None]:
        """One thought and call, checked and carried out or refused; ``done`` grows by what has no effect."""
        state = (self.scene.facts, at_step, len(done))
        text = state_turn(self.scene, missing, self._result, changes(self._shown, self.scene))
        self.messages.append(Message("user", text))
        self._shown = self.scene
        grammar = turn_grammar(self.library, self._near(), missing, self.config.level, self._tallies.refused_in(state))
        reply = yield from self._say(grammar)
        call: Call | None = None
        try:
            thought, call = read_call(reply.text, self.library, self.scene)
            self._tell(EventKind.CALL, reply.text, thought=thought, call=str(call))
            if call.skill in BUILT_IN:
                if self.config.look_ahead:
                    failed = self._tallies.any_failed
                    self._ahead.check_stopping(call.skill, failed, goal, at_step, self.scene, done)
                return (yield from self._spoken(call))
            refuse_unmet(call, self.library, self.scene)
            if self.config.look_ahead:
                self._ahead.check(call, goal, at_step, self.scene, done)
            outcome = yield from self._carry_out(call)
        except CallRefused as error:
            self._refused(error, reply.text)
            self._result = refused_line(error)
            if self._tallies.refusal(state, call.key() if call else reply.text, error.code):
                return self._end(Outcome.FAILED, "LOOP", f"the same call was refused again: {error.message}")
            return None
        if isinstance(outcome, EpisodeResult):
            return outcome
        self._result = result_line(outcome)
        if not outcome.ok:
            if self._tallies.failure(call, self.library[call.skill].retries):
                return self._end(
                    Outcome.FAILED, outcome.code or "FAILED", f"{call} failed too often: {outcome.message}"
                )
            return None
        done += [] if self.library[call.skill].makes else [call]
        if self._tallies.visit((self.scene.facts, at_step, len(done))):
            return self._end(Outcome.FAILED, "LOOP", "the same state came back again and again")
        return None

    def _spoken(self, call: Call) -> Generator[Request, Any, EpisodeResult | None]:
        """The built-in calls ``ask`` and ``give_up``."""
        if call.skill == "give_up":
            return self._end(Outcome.INFEASIBLE, "GAVE_UP", plain(str(call.args["reason"])))
        question = plain(str(call.args["question"]))
        answer = yield self._ask("question", question)
        if not answer:
            return self._end(Outcome.NEEDS_OPERATOR, "QUESTION", question)
        self._result = f"answer: {plain(answer)}"
        return None

    def _carry_out(self, call: Call) -> Generator[Request, Any, SkillResult | EpisodeResult]:
        """Dispatch and observe.

        Raises:
            CallRefused: DENIED, by the gate; nothing was sent.
        """
        if self.config.autonomy is Autonomy.CONFIRM:
            answer = yield self._ask("approve_call", f"{call}. Approve?{self._why_asked(call)}", _YES_NO)
            if answer != "yes":
                return self._end(Outcome.NEEDS_OPERATOR, "NOT_APPROVED", f"{call} was not approved")
        skill = self.library[call.skill]
        self._tell(EventKind.EXECUTING, str(call), call=str(call))
        outcome: SkillResult = yield Dispatch(call, skill, self.scene)
        if outcome.status is ResultStatus.DENIED:
            raise CallRefused(DENIED, outcome.message)
        self.counts.calls += 1
        text = result_line(outcome)
        self.steps.append((call, text))
        self._tell(EventKind.RESULT, text, call=str(call))
        if outcome.status is ResultStatus.CANCELLED:
            return self._end(Outcome.CANCELLED, outcome.code or "CANCELLED", outcome.message)
        if outcome.ok:
            self._believed.note(skill.made(call))
        scene: SceneGraph | None = yield Observe()
        if scene is None:
            return self._end(Outcome.UNKNOWN, "SCENE_STALE", f"no scene newer than the result of {call}")
        self.scene = self._believed.added_to(scene)
        self._tell(EventKind.OBSERVED, "")
        return outcome

    def _why_asked(self, call: Call) -> str:
        """What the policy says, for the person; they are not asked for what it denies."""
        if self.judge is None:
            return ""
        opinion = self.judge.decide(call, self.library[call.skill], self.scene)
        if opinion.effect is Effect.DENY:
            raise CallRefused(DENIED, str(opinion))
        return f" ({opinion})" if opinion.effect is Effect.ASK else ""

    # --- parts

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
        self.messages.append(Message("assistant", reply.text))
        self.counts.turns += 1
        self.counts.raw_invalid += bool(reply.raw_invalid)
        self.counts.sampled_tokens += reply.sampled_tokens
        self.counts.forced_tokens += reply.forced_tokens
        self.counts.model_seconds += reply.seconds_prompt + reply.seconds_decode
        return reply

    def _limit(self) -> EpisodeResult | None:
        if self.counts.turns - self._planned_turns >= self.config.max_turns:
            return self._end(Outcome.TIMEOUT, "MAX_TURNS", f"{self.config.max_turns} turns were not enough")
        if self.clock() > self._deadline:
            return self._end(Outcome.TIMEOUT, "MAX_TIME", f"{self.config.max_seconds:g} s were not enough")
        return None

    def _ask(self, kind: str, text: str, options: tuple[str, ...] = ()) -> Question:
        self._tell(EventKind.QUESTION, text)
        return Question(kind, text, options)

    def _refused(self, error: CallRefused, text: str) -> None:
        self.counts.add_refusal(error.code)
        self.refused.append(len(self.messages) - 1)
        self._tell(EventKind.REFUSED, f"{error.code}: {error.message}", call=text.rpartition("\n")[2])

    def _tell(self, kind: EventKind, text: str, thought: str = "", call: str = "") -> None:
        self.emit(Event(kind, max(0, self.counts.turns - 1), text, thought, call))

    def _end(self, outcome: Outcome, code: str, message: str) -> EpisodeResult:
        return EpisodeResult(outcome, code, message, self.goal, tuple(self.steps), self.counts)
