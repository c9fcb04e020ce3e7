# SPDX-License-Identifier: Apache-2.0
"""The loop: goal, then state, thought and call, check, dispatch, observe, until every step of the goal has held.

It is a generator that yields `Request`s and is sent their answers, so it never waits itself (see `requests`).

While a person answers, the world may change: it is observed anew after every answer and every denial, and before it is
said that there is nothing to do.

Where a person takes over, `TookOver` comes in place of an answer once they have given the robot back. What was being
done falls; the scene is told anew from its beginning, with the goal as it was agreed, and the loop goes on from there.
"""

from collections.abc import Collection, Generator
from dataclasses import dataclass, replace
from typing import Any

from agent_planner.agent.believed import Believed
from agent_planner.agent.checks import read_call, refuse_unmet
from agent_planner.agent.conversation import (
    refused_line,
    result_line,
    state_turn,
)
from agent_planner.agent.episode import Progress
from agent_planner.agent.events import Event, EventKind
from agent_planner.agent.grammar import turn_grammar
from agent_planner.agent.limits import Tallies
from agent_planner.agent.look_ahead import LookAhead
from agent_planner.agent.looking import Looking, explored
from agent_planner.agent.requests import Dispatch, HandOver, Observe, Request
from agent_planner.agent.result import EpisodeResult
from agent_planner.agent.rollout import Rollout, imagined
from agent_planner.agent.stating import GoalStating
from agent_planner.agent.takeover import GIVE_UP, RETRY, TAKE_OVER, TAKEOVER, HumanTurn, TookOver
from agent_planner.agent.way_round import way_round
from agent_planner.errors import CallRefused, ContextFull
from agent_planner.goals import Declined, Goal, format_goal, unmet
from agent_planner.llm.base import Message
from agent_planner.safety.gate import DENIED, FOR_A_PERSON
from agent_planner.safety.policy import Effect
from agent_planner.scene import SceneGraph, changes
from agent_planner.scene.plain import plain
from agent_planner.skills.library import BUILT_IN
from agent_planner.types import Atom, Autonomy, Call, Outcome, ResultStatus, SkillResult

Loop = Generator[Request, Any, EpisodeResult]

# Ends of a look after which it would be wrong to go on; after any other the next place is tried.
_FINAL = (Outcome.CANCELLED, Outcome.UNKNOWN, Outcome.TIMEOUT, Outcome.NEEDS_OPERATOR)
# Ends at which a person may know what to do.
_STUCK = (Outcome.FAILED, Outcome.NEEDS_OPERATOR)


@dataclass
class Episode(GoalStating):
    """One instruction on its way. Build it, then drive `run`."""

    def run(self) -> Loop:
        """Yield requests until the outcome is certain; returns it."""
        try:
            result = yield from self._run()
        except ContextFull as error:
            result = self.ended(Outcome.FAILED, "MODEL_ERROR", str(error))
        self._tell(EventKind.ENDED, result.summary)
        return result

    def _run(self) -> Loop:
        self._deadline = self.clock() + self.config.max_seconds
        self._believed = Believed()
        self._said = self.instruction
        self._agreed: Goal | None = None
        work = self._begin()
        while True:
            try:
                ended = yield from work
                if not (yield from self._helped(ended)):
                    return ended
            except TookOver as took:
                if not self._take_back(took):
                    return self.ended(Outcome.UNKNOWN, "SCENE_STALE", "no scene newer than the takeover")
            work = self._resume()

    def _begin(self) -> Loop:
        """From the instruction: goal, plan and approval as the level asks for, then the calls."""
        self._agreed = None
        goal = yield from self._find_goal()
        if not isinstance(goal, Goal):
            return goal
        progress = Progress(self.scene)
        planned = ""
        if replace(self.config, autonomy=self._level).plans_first:
            plan = yield from self._plan(goal)
            if isinstance(plan, EpisodeResult):
                return plan
            planned = f" Plan: {'; '.join(map(str, plan)) or 'nothing to do'}."
        asks = self._level is Autonomy.CONFIRM
        if asks and not (yield from self._approve("approve_goal", f"Goal: {goal}.{planned} Approve?")):
            return self.ended(Outcome.NEEDS_OPERATOR, "NOT_APPROVED", "the goal was not approved")
        # The model may have asked a person for the plan, too.
        if (asks or planned) and (stale := (yield from self._observe("the approval" if asks else "the plan"))):
            return stale
        self._agreed = goal
        return (yield from self._pursue(goal, progress))

    # --- the person

    def _take_back(self, took: TookOver) -> bool:
        """Note what a person did, in the scene as it is now; False where nothing shows how that is."""
        self._deadline += took.paused_s
        if took.scene is None:
            return False
        before, self.scene = self.scene, self._believed.added_to(took.scene)
        handed, changed = took.handed, changes(before, self.scene)
        turn = HumanTurn(len(self.steps), handed.source, handed.seconds, handed.distance_m, changed)
        self.takeovers.append(turn)
        if self._agreed is not None:
            self._progress.result = result_line(turn.result)
        data = {"active": False, "source": "human", "from": turn.source, "seconds": round(turn.seconds, 1)}
        data |= {"distance_m": round(turn.distance_m, 2), "changed": list(changed)}
        text = f"given back: {turn.text}; changed: {'; '.join(changed) or 'nothing in the scene'}"
        self.emit(Event(EventKind.TELEOP, self.at_turn, text, data=data))
        return True

    def _helped(self, ended: EpisodeResult) -> Generator[Request, Any, bool]:
        """Ask a person before the robot's own means are given up; whether to go on, in the scene as it is now."""
        asks = self.config.ask_before_giving_up and self._agreed is not None and not self._unheard
        if not asks or ended.outcome not in _STUCK:
            return False
        text = f"{ended.message}. Take over, retry or give up?"
        answer = yield self._ask("stuck", text, (TAKE_OVER, RETRY, GIVE_UP))
        self._tell(EventKind.QUESTION, f"answered: {answer or 'nothing'}")
        if answer == TAKE_OVER:
            yield HandOver()
        scene: SceneGraph | None = (yield Observe()) if answer == RETRY else None
        if scene is None:
            return False
        self.scene = self._believed.added_to(scene)
        return True

    def _resume(self) -> Loop:
        """Go on in the scene as it is now, in a new conversation.

        The goal stays as it was agreed, and the steps of it that have held count. It is stated anew where there was
        none yet, or where something that it names is not in the scene any more.
        """
        goal = self._agreed
        if goal is None or not self._named <= set(self.scene.entities):
            return (yield from self._begin())
        self._converse(self._said)
        self.messages.append(Message("assistant", format_goal(goal)))
        return (yield from self._pursue(goal, self._progress))

    # --- the goal

    def _find_goal(self) -> Generator[Request, Any, Goal | EpisodeResult]:
        """Have the goal stated; and stated anew, where something was missing and a look brought things to light."""
        looking = Looking(self.library)
        while True:
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
            if self._level is Autonomy.CONFIRM:
                question = f"'{missing.words}' is not in sight. Look into {place}?"
                if not (yield from self._approve("approve_goal", question)):
                    return self.ended(Outcome.NEEDS_OPERATOR, "NOT_APPROVED", f"{text}: not approved")
                if stale := (yield from self._observe("the approval")):
                    return stale
            self._tell(EventKind.LOOKING, text)
            self.goal = goal = explored(place)
            self._converse(f"look into the {place}")
            self.messages.append(Message("assistant", format_goal(goal)))
            ended = yield from self._pursue(goal, Progress(self.scene))
            self.goal = missing
            looking.tried(place)
            if ended.outcome in _FINAL:
                return ended
            if set(self.scene.entities) - known:
                return None
        text = f"'{missing.words}' is not in the scene{looking.account(self.scene)}"
        return self.ended(Outcome.INFEASIBLE, "MISSING", text)

    @property
    def _may_look(self) -> bool:
        """In a plan alone nothing comes to light."""
        return self.config.look_for_missing and self.config.autonomy is not Autonomy.PLAN_ONLY

    # --- the plan

    def _plan(self, goal: Goal) -> Generator[Request, Any, tuple[Call, ...] | EpisodeResult]:
        """The same turns in an imagined world, before anything moves: the calls that reach the goal there."""
        config = replace(self.config, autonomy=Autonomy.AUTO, check_plan=False)
        own = {"messages": list(self.messages), "refused": [], "steps": [], "counts": replace(self.counts)}
        first = replace(self, config=config, emit=self._planning, autonomy=None, takeovers=[], **own)
        first._deadline, first._believed, first._free_turns = self._deadline, Believed(), self._free_turns
        world = Rollout(self.scene, self.library)
        ended = yield from imagined(first._pursue(goal, Progress(self.scene)), world, world.gated(self.judge))
        self._free_turns += first.counts.turns - self.counts.turns
        self.counts = replace(first.counts, calls=self.counts.calls)
        if ended.outcome not in (Outcome.SUCCEEDED, Outcome.ANSWERED):
            return self.ended(ended.outcome, ended.code, f"nothing was moved; in the plan {ended.message}")
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

    def _pursue(self, goal: Goal, progress: Progress) -> Loop:
        self._ahead = LookAhead(self.library)
        self._tallies = Tallies(self.config)
        self._progress = progress
        self._named = {arg for step in goal.steps for atom in step for arg in atom.args} & set(self.scene.entities)
        while True:
            while progress.at_step < len(goal.steps):
                while missing := unmet(goal.steps[progress.at_step], self.scene, progress.done):
                    if limit := self._limit():
                        return limit
                    ended = yield from self._turn(goal, missing)
                    if ended is not None:
                        return ended
                progress.at_step += 1
                progress.done = []
            if self.steps or self.takeovers:
                return self.ended(Outcome.SUCCEEDED, "", "")
            # The scene is as old as the instruction: what it shows may have been undone.
            held = [number for number, step in enumerate(goal.steps) if not unmet(step, self.scene)]
            if stale := (yield from self._observe("the goal")):
                return stale
            undone = [number for number in held if unmet(goal.steps[number], self.scene)]
            if not undone:
                return self.ended(Outcome.ANSWERED, "", "nothing to do: the goal holds already")
            progress.at_step = undone[0]

    def _turn(self, goal: Goal, missing: tuple[Atom, ...]) -> Generator[Request, Any, EpisodeResult | None]:
        """One thought and call, checked and carried out or refused."""
        progress = self._progress
        at_step, done = progress.at_step, progress.done
        state = (self.scene.facts, at_step, len(done))
        text = state_turn(self.library, self.scene, missing, progress.result, changes(progress.shown, self.scene))
        self.messages.append(Message("user", text))
        progress.shown = self.scene
        grammar = turn_grammar(self.library, self._near(), missing, self.config.level, self._tallies.left_out(state))
        reply = yield from self._say(grammar)
        call: Call | None = None
        try:
            thought, call = read_call(reply.text, self.library, self.scene)
            self._tell(EventKind.CALL, reply.text, thought=thought, call=str(call))
            if call.skill in BUILT_IN:
                if self.config.look_ahead:
                    self._ahead.check_stopping(call.skill, self._stuck(goal), goal, at_step, self.scene, done)
                return (yield from self._spoken(call))
            refuse_unmet(call, self.library, self.scene)
            if call.key() in self._tallies.spent:
                return self._failed_too_often(call)
            self._tallies.check(state, call)
            if self.config.look_ahead:
                self._ahead.check(call, goal, at_step, self.scene, done)
            outcome = yield from self._carry_out(call)
        except CallRefused as error:
            self._refused(error, reply.text)
            progress.result = refused_line(error)
            if self._tallies.refusal(state, call.key() if call else reply.text, error.code):
                return self.ended(Outcome.FAILED, "LOOP", f"the same call was refused again: {error.message}")
            return (yield from self._observe("the denial")) if error.code == DENIED else None
        if isinstance(outcome, EpisodeResult):
            return outcome
        progress.result = result_line(outcome)
        if not outcome.ok:
            spent = self._tallies.failure(call, outcome, self.library[call.skill].retries)
            hopeless = spent and not self._has_other_way(goal, self._tallies.spent)
            return self._failed_too_often(call) if hopeless else None
        self._tallies.made(state, call)
        if self._tallies.visit((self.scene.facts, at_step, len(done))):
            return self.ended(Outcome.FAILED, "LOOP", "the same state came back again and again")
        return None

    def _failed_too_often(self, call: Call) -> EpisodeResult:
        result = self._tallies.spent[call.key()]
        return self.ended(Outcome.FAILED, result.code or "FAILED", f"{call} failed too often: {result.message}")

    def _stuck(self, goal: Goal) -> bool:
        """Whether giving up makes sense: a call was denied, or some have failed and there is no other way."""
        failed = self._tallies.failed
        return self._tallies.any_denied or bool(failed) and not self._has_other_way(goal, failed)

    def _has_other_way(self, goal: Goal, failed: Collection[tuple]) -> bool:
        """Whether other calls than these, as keys, lead to the goal, of those that are offered.

        None is looked for where two calls of a skill fail: then it is the skill that does not work.
        """
        skills = [skill for skill, _ in failed]
        if len(set(skills)) < len(skills):
            return False
        progress = self._progress
        return way_round(goal, self.library, self._near(), failed, progress.at_step, progress.done) is not None

    def _spoken(self, call: Call) -> Generator[Request, Any, EpisodeResult | None]:
        """The built-in calls ``ask`` and ``give_up``."""
        if call.skill == "give_up":
            return self.ended(Outcome.INFEASIBLE, "GAVE_UP", plain(str(call.args["reason"])))
        question = plain(str(call.args["question"]))
        answer = yield self._ask("question", question)
        self._unheard = not answer
        if not answer:
            return self.ended(Outcome.NEEDS_OPERATOR, "QUESTION", question)
        self._progress.result = f"answer: {plain(answer)}"
        return (yield from self._observe("the answer"))

    def _carry_out(self, call: Call) -> Generator[Request, Any, SkillResult | EpisodeResult]:
        """Dispatch and observe.

        Raises:
            CallRefused: DENIED, by the gate or since nobody did what is for a person; nothing was sent.
        """
        level = self._level
        if level is Autonomy.PLAN_ONLY is not self.config.autonomy:
            text = f"{call} was not carried out: the level of autonomy is plan_only now"
            return self.ended(Outcome.NEEDS_OPERATOR, "NOT_APPROVED", text)
        self.approved = level is Autonomy.CONFIRM
        if self.approved and not (yield from self._approve_call(call)):
            return self.ended(Outcome.NEEDS_OPERATOR, "NOT_APPROVED", f"{call} was not approved")
        skill = self.library[call.skill]
        self._tell(EventKind.EXECUTING, str(call), call=str(call))
        outcome: SkillResult = yield Dispatch(call, skill, self.scene)
        if outcome.status is ResultStatus.DENIED:
            if outcome.code == FOR_A_PERSON:
                yield from self._hand_over(call, outcome.message)
            raise CallRefused(DENIED, outcome.message)
        self.counts.calls += 1
        text = result_line(outcome)
        self.steps.append((call, text))
        self._tell(EventKind.RESULT, text, call=str(call))
        if outcome.status is ResultStatus.CANCELLED and outcome.code != TAKEOVER:
            return self.ended(Outcome.CANCELLED, outcome.code or "CANCELLED", outcome.message)
        if outcome.ok:
            self._believed.note(skill.made(call))
            self._progress.done += [] if skill.makes else [call]
        else:
            refuted = skill.refuted(call, outcome.code)
            self._believed.refute(atom for atom in refuted if atom.name in self.library.predicates)
        if stale := (yield from self._observe(f"the result of {call}")):
            return stale
        self._tell(EventKind.OBSERVED, "")
        return outcome

    def _approve_call(self, call: Call) -> Generator[Request, Any, bool]:
        """Ask for the call, with what the policy says of it; not for what it denies or leaves to a person.

        Raises:
            CallRefused: DENIED.
        """
        why = ""
        if self.judge is not None:
            opinion = self.judge.decide(call, self.library[call.skill], self.scene)
            if opinion.effect is Effect.DENY:
                raise CallRefused(DENIED, str(opinion))
            if opinion.effect is Effect.HAND_OVER:
                yield from self._hand_over(call, str(opinion))
            why = f" ({opinion})" if opinion.effect is Effect.ASK else ""
        return (yield from self._approve("approve_call", f"{call}. Approve?{why}"))

    def _hand_over(self, call: Call, why: str) -> Generator[Request, Any, None]:
        """Ask a person to do what the policy leaves to them.

        Raises:
            CallRefused: DENIED: nobody took over.
        """
        answer = yield self._ask("stuck", f"{call} is for a person to do ({why}). Take over?", (TAKE_OVER, "no"))
        self._unheard = not answer
        if answer == TAKE_OVER:
            yield HandOver()
        raise CallRefused(DENIED, f"{why}; it is for a person to do, and nobody took over")
