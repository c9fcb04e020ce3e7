# SPDX-License-Identifier: Apache-2.0
"""The expert beside a robot: it knows the goal, sees what the robot sees, and says what to do next."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from agent_planner.agent.conversation import UNMET, call_turn, tells_failure, thought_text
from agent_planner.goals import Declined, Goal, format_goal, parse_goal
from agent_planner.goals.plan import Step
from agent_planner.llm.base import Message
from agent_planner.scene import SceneGraph
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.reference_models import Pursuit, giving_up, hears_all
from agent_planner.tuning.scenarios.faults import Failure, Faults
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.types import Call


class Adviser:
    """Says the next turn of one conversation. Unlike `ExpertModel` it has no world of its own, so that it serves any.

    Args:
        scenario: library, instruction and goal.
        see: the scene that the robot was shown last, given the turn that tells of it.
    """

    def __init__(self, scenario: Scenario, see: Callable[[str], SceneGraph]):
        self._scenario = scenario
        self._see = see
        self._said: Call | None = None
        self._failed: list[Call] = []

    def answer(self, messages: Sequence[Message]) -> str:
        """The assistant's turn after these messages."""
        heard = messages[-1].content
        wanted = next((line for line in heard.splitlines() if line.startswith(UNMET)), None)
        if wanted is None:
            return format_goal(self._scenario.goal if hears_all(self._scenario, messages) else Declined("none"))
        if self._said is not None and tells_failure(heard):
            self._failed.append(self._said)
        goal = parse_goal(f"goal: {wanted.removeprefix(UNMET)}")
        assert isinstance(goal, Goal)
        step = next_way(replace(self._scenario, world=self._see(heard), goal=goal), self._failed)
        self._said = step.call if step is not None else None
        return call_turn(thought_text(step), step.call) if step is not None else giving_up(goal.steps[0][0])


def next_way(scenario: Scenario, failed: Sequence[Call]) -> Step | None:
    """The next call towards the goal of a scenario, from its world on; None where no way is left.

    Args:
        scenario: with what is seen now for a world.
        failed: the calls that have failed so far; what did so twice is gone round.
    """
    pursuit = Pursuit(Case(scenario, faults=Faults(tuple(Failure("", "", call=call) for call in failed))))
    for call in failed:
        pursuit.execute(call)
    return pursuit.next()
