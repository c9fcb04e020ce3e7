# SPDX-License-Identifier: Apache-2.0
"""Evaluation suites, by name. A scenario depends on split, suite and seed alone."""

from collections.abc import Collection
from random import Random

from agent_planner.errors import UserError, did_you_mean
from agent_planner.goals import Goal, plan
from agent_planner.tuning.scenarios.clauses import make_clause
from agent_planner.tuning.scenarios.scenario import Scenario, default_library, single, stable_seed
from agent_planner.tuning.scenarios.scenes import observed, random_scene
from agent_planner.tuning.zoo.vocabulary import SEEN

SUITES = ("smoke", "held_in")
SPLITS = ("dev", "test")


def scenario_of(suite: str, split: str, seed: int) -> Scenario:
    """Return that scenario for the symbolic world.

    Raises:
        UserError: there is no such suite or split.
    """
    check_name("suite", suite, SUITES)
    check_name("split", split, SPLITS)
    return single(split, suite, seed) if suite == "held_in" else _smoke(split, seed)


def check_name(what: str, name: str, known: Collection[str]) -> None:
    """Raise UserError where nothing of that kind has the name; it tells the names that are known."""
    if name not in known:
        raise UserError(f"there is no {what} '{name}'; {did_you_mean(name, known)}")


def _smoke(split: str, seed: int) -> Scenario:
    """The shipped library and one thing to fetch: what everybody tries first."""
    rng = Random(stable_seed(split, "smoke", seed))
    library = default_library()
    roles = {"place_in": library["place_in"], "place_on": library["place_on"]}
    while True:
        world = random_scene(rng, SEEN)
        scene = observed(world)
        clause = make_clause(rng, rng.choice(("in", "on")), roles, scene) if scene.objects else None
        goal = Goal((clause.atoms,)) if clause else None
        if clause and goal and plan(goal, library, scene):
            return Scenario(f"{split}/smoke/{seed}", library, world, clause.text, goal, clause.kind, (clause,))
