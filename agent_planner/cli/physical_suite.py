# SPDX-License-Identifier: Apache-2.0
"""Instructions about a simulated scene, with the goal that scores them."""

from random import Random

from agent_planner.errors import InfrastructureError, UserError
from agent_planner.goals import Goal, plan
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.clauses import make_clause
from agent_planner.tuning.scenarios.scenario import Scenario, stable_seed

SUITES = ("smoke",)
_TRIES = 300
_SEEDS = 2**31


def scene_seed(suite: str, split: str, seed: int) -> int:
    """The seed of the simulator's scene, from a stable hash.

    Raises:
        UserError: the suite has no scenarios in the simulator.
    """
    if suite not in SUITES:
        raise UserError(
            f"the suite '{suite}' is not for the simulator; there: {', '.join(SUITES)} (or --backend symbolic)"
        )
    return stable_seed(split, suite, seed) % _SEEDS


def scenario(suite: str, split: str, seed: int, seen: SceneGraph, library: SkillLibrary) -> Scenario:
    """Draw one thing to fetch that the scene's own plan says is feasible and not done already.

    Raises:
        InfrastructureError: the scene has nothing for it.
    """
    rng = Random(stable_seed(split, suite, seed, "instruction"))
    roles = {"place_in": library["place_in"], "place_on": library["place_on"]}
    for _ in range(_TRIES):
        clause = make_clause(rng, rng.choice(("in", "on")), roles, seen)
        goal = Goal((clause.atoms,)) if clause else None
        if clause and goal and plan(goal, library, seen):
            return Scenario(f"{split}/{suite}/{seed}", library, seen, clause.text, goal, clause.kind, (clause,))
    raise InfrastructureError(f"seed {seed}: nothing in the scene can be put anywhere: {', '.join(seen.entities)}")
