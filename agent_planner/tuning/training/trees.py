# SPDX-License-Identifier: Apache-2.0
"""Training samples: one scene and library, many instructions, packed as a tree.

Every branch (an instruction with its goal and, for some, its whole episode) follows the same prefix (library and
scene). The prefix is computed once for all branches: a token attends to the prefix and to its own branch, and its
position counts from there. This equals training on each conversation alone, at about half the cost.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from agent_planner.agent.conversation import first_turn, system_turn
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.collect.expert import Turn, demonstrate
from agent_planner.tuning.scenarios.scenario import (
    Scenario,
    draw_setting,
    scenarios,
    stable_seed,
    twins,
)
from agent_planner.tuning.scenarios.scenes import observed

SPLIT_MARK = "Instruction:"


@dataclass(frozen=True)
class Branch:
    """What follows the prefix: the rest of the first user turn, then the other turns."""

    opening: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Tree:
    """``system`` and ``opening`` are the shared prefix (the latter up to and with ``Instruction:``)."""

    id: str
    system: str
    opening: str
    branches: tuple[Branch, ...]


def trees(seed: int, index: int, branches: int = 24, episodes: int = 1) -> Iterator[Tree]:
    """Yield the two trees of that index: a setting, and its twin that lacks a thing or an ability.

    The twin gets the very same instructions, so that only scene and library tell the feasible from the
    impossible. ``episodes`` of the branches of each tree hold a whole episode, the others only the goal.
    """
    rng = Random(stable_seed("train", seed, index))
    setting = draw_setting(rng)
    name = f"train/{seed}/{index}"
    drawn = list(scenarios(rng, setting, branches, name))
    if drawn:
        yield _tree(rng, name, setting.library, setting.world, drawn, episodes)
    again = twins(rng, setting, drawn)
    if again:
        yield _tree(rng, f"{name}/twin", again[0].library, again[0].world, again, episodes)


def _tree(
    rng: Random, name: str, library: SkillLibrary, world: SceneGraph, drawn: list[Scenario], episodes: int
) -> Tree:
    scene = observed(world)
    opening = first_turn(scene, "").rpartition(SPLIT_MARK)[0] + SPLIT_MARK
    branches = []
    for scenario in drawn:
        turns = demonstrate(scenario, rng)
        if turns is None:
            continue
        stated = 1 + next(i for i, turn in enumerate(turns) if turn.loss)
        if len(turns) > stated:
            whole = episodes > 0
            episodes -= whole
            turns = turns if whole else turns[:stated]
        _, _, said = first_turn(scene, scenario.instruction).rpartition(SPLIT_MARK)
        branches.append(Branch(said, tuple(turns)))
    return Tree(name, system_turn(library), opening, tuple(branches))
