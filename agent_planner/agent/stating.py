# SPDX-License-Identifier: Apache-2.0
"""How the goal of an instruction is stated: part by part where that is certain, else as a whole."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from agent_planner.agent.checks import check_goal, refuse_goal
from agent_planner.agent.conversation import refused_line
from agent_planner.agent.doubts import Doubt, Doubted
from agent_planner.agent.episode import EpisodeState
from agent_planner.agent.events import EventKind
from agent_planner.agent.grammar import goal_grammar
from agent_planner.agent.parts import parts
from agent_planner.agent.requests import Request
from agent_planner.agent.result import EpisodeResult
from agent_planner.errors import CallRefused
from agent_planner.goals import Declined, Goal, format_goal, parse_goal
from agent_planner.goals.goal import Stated
from agent_planner.llm.base import Message
from agent_planner.scene import changes, focus
from agent_planner.scene.answers import meant
from agent_planner.scene.plain import plain
from agent_planner.types import Atom, Outcome

# Of a part; one that is refused that often is better read with all the others.
_PART_TRIES = 2
# A text of more is no list of things to do.
_MOST_PARTS = 10


@dataclass
class GoalStating(EpisodeState):
    """An episode up to its goal. ``_said`` is the instruction with what a person has answered since."""

    _said: str = field(default="", init=False)

    def _state_goal(self) -> Generator[Request, Any, Stated | EpisodeResult]:
        """A goal, or what is missing, in a conversation of its own; all else that is no goal ends here."""
        self._converse(self._said)
        before, turns = len(self.earlier), self.counts.turns
        goal = (yield from self._state_parts()) if self.config.by_parts else None
        self._free_turns += self.counts.turns - turns
        self._converse(self._said)
        if goal is None:
            # What was said of single parts led nowhere: it is not to be learned from.
            self.earlier[before:] = [(messages, _answers(messages)) for messages, _ in self.earlier[before:]]
            return (yield from self._state_whole())
        self.messages.append(Message("assistant", format_goal(goal)))
        self._tell_goal(goal)
        return goal

    def _state_parts(self) -> Generator[Request, Any, Goal | None]:
        """What the parts of the instruction ask for, each in a conversation of its own.

        None: it has but one, or too many, or one of them asks for nothing that can be reached: the whole may tell why.
        """
        asked = parts(self._said, self.library)
        steps: list[tuple[Atom, ...]] = []
        anchor = 0
        for part in asked if 1 < len(asked) <= _MOST_PARTS else ():
            said = part.since or part.text
            self._converse(said)
            stated = yield from self._state(said, _PART_TRIES)
            if not isinstance(stated, Goal):
                return None
            if not part.since:
                anchor = len(steps)
                steps += stated.steps
            elif len(stated.steps) == 1:
                # All since then was but one thing to do.
                steps[anchor:] = stated.steps
            else:
                steps.append(stated.steps[-1])
        goal = Goal(tuple(steps))
        try:
            check_goal(goal, self.library, self.scene)
        except CallRefused:
            return None
        return goal if steps else None

    def _state_whole(self) -> Generator[Request, Any, Stated | EpisodeResult]:
        until = self.counts.turns + self.config.goal_tries
        while (left := until - self.counts.turns) > 0:
            stated = yield from self._state(self._said, left)
            if isinstance(stated, CallRefused):
                return self.ended(Outcome.FAILED, stated.code, f"no usable goal: {stated.message}")
            self._tell_goal(stated)
            if isinstance(stated, Goal) or stated.kind == "missing":
                return stated
            answer = yield from self._declined(stated)
            if isinstance(answer, EpisodeResult):
                return answer
            self._said += f"\n{answer}"
            before = self.scene
            if stale := (yield from self._observe("the answer")):
                return stale
            if changes(before, self.scene):
                self._converse(self._said)
            else:
                self.messages.append(Message("user", f"answer: {plain(answer)}"))
        return self.ended(Outcome.FAILED, "BAD_GOAL", "no usable goal: one question led to the next")

    def _state(self, said: str, tries: int) -> Generator[Request, Any, Stated | CallRefused]:
        """What the conversation so far asks for; the last refusal where that often nothing else came of it."""
        refusal = CallRefused("BAD_GOAL", "no goal was stated")
        doubted: list[Stated] = []
        hint: Doubt | None = None
        near = focus(self.scene, said)
        for left in reversed(range(tries)):
            # The last time what was doubted may be said again: perhaps it is meant, in words that no scene has.
            grammar = goal_grammar(self.library, near, said, self.config.level, hint if left else None)
            reply = yield from self._say(grammar)
            stated: Stated | None = None
            try:
                stated = parse_goal(reply.text)
                refuse_goal(stated, self.library, self.scene, said, doubted)
            except CallRefused as error:
                refusal = error
                if isinstance(error, Doubted) and stated is not None:
                    doubted.append(stated)
                    hint = error.doubt
                self._refused(error, reply.text)
                self.messages.append(Message("user", refused_line(error)))
            else:
                return stated
        return refusal

    def _tell_goal(self, stated: Stated) -> None:
        self.goal = stated
        self._tell(EventKind.GOAL, str(stated) if isinstance(stated, Goal) else format_goal(stated))

    def _declined(self, stated: Declined) -> Generator[Request, Any, str | EpisodeResult]:
        match stated.kind:
            case "none":
                return self.ended(Outcome.ANSWERED, "", stated.words or "nothing to do")
            case "which":
                text = f"Which '{stated.words}' do you mean: {', '.join(stated.options)}?"
                answer = yield self._ask("which", text, stated.options)
                if answer:
                    return meant(self.scene, stated.options, answer) or answer
                return self.ended(Outcome.NEEDS_OPERATOR, "AMBIGUOUS", text)
        return self.ended(Outcome.INFEASIBLE, "NO_SKILL", f"no skill of this robot does '{stated.words}'")


def _answers(messages: list[Message]) -> list[int]:
    """The indices of what the model said."""
    return [number for number, message in enumerate(messages) if message.role == "assistant"]
