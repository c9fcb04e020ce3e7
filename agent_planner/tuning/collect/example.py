# SPDX-License-Identifier: Apache-2.0
"""One finished task, for a model that was never tuned for this."""

from functools import cache
from itertools import count
from random import Random

from agent_planner.agent.conversation import first_turn
from agent_planner.goals import Goal
from agent_planner.llm.base import Message
from agent_planner.tuning.collect.expert import Injection, Turn, attempt
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import draw_situations

# No situations that are collected from have it.
_SEED = -1
_FLAWLESS = Injection(0, 0, 0, 0)
_FEWEST_TURNS = 5  # a goal, and two calls with what came before them


@cache
def finished_example() -> tuple[Message, ...]:
    """Return a task of the training split with the expert's turns, in a scene and library of its own."""
    scenario, turns = next(
        (scenario, turns)
        for index in count()
        for situation in draw_situations("train", _SEED, index, 4)
        for scenario in situation.scenarios()
        if isinstance(scenario.goal, Goal) and len(turns := _flawless(scenario)) >= _FEWEST_TURNS
    )
    scene = observed(scenario.world)
    begin = f"An example with these skills:\n{scenario.library.text()}\n\n{first_turn(scene, scenario.instruction)}"
    return (Message("user", begin), *(Message(t.role, t.content) for t in turns))


def _flawless(scenario: Scenario) -> list[Turn]:
    """The expert's turns; none where they do not lead to the goal."""
    turns, reached = attempt(scenario, Random(0), _FLAWLESS)
    return turns if reached else []
