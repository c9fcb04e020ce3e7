# SPDX-License-Identifier: Apache-2.0
"""Worlds in which what an instruction names lies in something closed: somebody has to look first.

As the loop does it, each look and what is said before and after it are conversations of their own: first the thing is
missing, then a place is looked into, then the thing is there. So each of them is an ordinary scenario here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

from agent_planner.agent.looking import explored
from agent_planner.goals import Goal, apply, plan
from agent_planner.scene import Relation, SceneGraph
from agent_planner.scene.graph import CONTAINER, OPENABLE
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.scenario import Scenario, rebased
from agent_planner.tuning.scenarios.scenes import observed

LOOK = "look"


def hide(
    rng: Random, world: SceneGraph, library: SkillLibrary, named: Sequence[str], share: float
) -> SceneGraph | None:
    """Return the world with some of the named objects in closed places that nobody has looked into.

    Args:
        rng: draws.
        world: in which they lie elsewhere.
        library: of a robot that must be able to look there.
        named: entities that instructions name.
        share: how many of these objects are hidden, at least one.

    Returns:
        The world, or None where there is no such object or place.
    """
    carried = {r.b for r in world.relations if r.b}
    things = [o.name for o in world.objects if o.name in named and o.name not in carried and o.name != world.holding]
    wanted = [p.name for p in world.places if {CONTAINER, OPENABLE} <= p.affordances]
    shut = _shut(world, wanted)
    places = [name for name in wanted if plan(explored(name), library, observed(shut)) is not None]
    if not things or not places:
        return None
    moved = {name: rng.choice(places) for name in rng.sample(things, max(1, round(share * len(things))))}
    kept = tuple(r for r in world.relations if r.a not in moved and not (r.name == "near" and r.b in moved))
    laid = tuple(Relation("in", thing, place) for thing, place in moved.items())
    return _shut(world, moved.values()).replace(relations=(*kept, *laid))


def missing_at_first(drawn: Sequence[Scenario], hidden: SceneGraph) -> list[tuple[Scenario, Scenario]]:
    """Return each scenario that names what is hidden, twice.

    First as it stands before anybody has looked, when the thing counts as missing; then after everything was looked
    into, with the goal that it had. What can then not be told for certain is left out.
    """
    found = []
    for scenario in drawn:
        if not scenario.clauses or tells_where(scenario):
            continue
        before = rebased(scenario, scenario.library, hidden)
        after = rebased(scenario, scenario.library, looked_into(hidden, scenario.library))
        if before is None or after is None or before.kind != "missing":
            continue
        goal = after.goal
        if isinstance(goal, Goal) and goal == scenario.goal and plan(goal, after.library, observed(after.world)):
            found.append((before, after))
    return found


def looked_into(world: SceneGraph, library: SkillLibrary) -> SceneGraph:
    """The world after the robot has looked into all that it can look into."""
    for place in world.places:
        for call in plan(explored(place.name), library, observed(world)) or ():
            world = apply(call, library, world)
    return world


def look_tasks(scenario: Scenario, world: SceneGraph) -> list[Scenario]:
    """A look into each place of the world that nobody has looked into, in the loop's own words."""
    places = [p.name for p in world.places if not p.explored]
    return [
        replace(scenario, instruction=f"look into the {name}", world=world, goal=goal, kind=LOOK, clauses=())
        for name in places
        if plan(goal := explored(name), scenario.library, observed(world))
    ]


def _shut(world: SceneGraph, names: Iterable[str]) -> SceneGraph:
    closed = set(names)
    update = {"is_open": False, "explored": False}
    return world.replace(places=tuple(p.model_copy(update=update) if p.name in closed else p for p in world.places))


def tells_where(scenario: Scenario) -> bool:
    """Whether the words tell a thing by where it is, which is elsewhere once it is hidden."""
    scene = observed(scenario.world)
    if any(clause.source for clause in scenario.clauses):
        return True
    return any(
        f"the {core} {location.name} the {location.b}" in clause.text
        for clause in scenario.clauses
        for name, core in clause.cores.items()
        if (location := scene.location(name))
    )
