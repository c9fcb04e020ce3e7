# SPDX-License-Identifier: Apache-2.0
"""What no rule can allow: arguments, areas and reach."""

from collections.abc import Iterator

from agent_planner.safety.places import Site, drives_to, entities_of, is_placed, sites
from agent_planner.safety.policy import Bounds
from agent_planner.scene import SceneGraph
from agent_planner.scene.geometry import footprint_distance
from agent_planner.skills import Skill
from agent_planner.types import Call


def violations(bounds: Bounds, call: Call, skill: Skill, scene: SceneGraph) -> Iterator[tuple[str, str]]:
    """Every bound that a checked call would exceed: its name and the reason, for a person and for the model.

    What cannot be told, because a place is not known, counts as exceeded.
    """
    for name, admitted in bounds.arguments.get(skill.name, {}).items():
        value = call.args[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not admitted.holds(value):
            yield f"arguments.{skill.name}.{name}", f"{name}={value} is not {admitted}"
    for site in sites(call, skill, scene):
        yield from _areas(bounds, site)
    yield from _reach(bounds, call, skill, scene)


def _areas(bounds: Bounds, site: Site) -> Iterator[tuple[str, str]]:
    margin = bounds.margin_m if site.of_base else 0.0
    near = f", or less than {margin:g} m from its edge" if margin else ""
    if not site.points:
        if bounds.workspace is not None or bounds.keep_out:
            yield "workspace" if bounds.workspace else "keep_out", f"where {site.what} is, is not known"
        return
    is_ = "is" if len(site.points) == 1 else "may, as the server chooses, come to be"
    work = bounds.workspace
    if work is not None and not all(work.contains(at) and work.edge_distance(at) >= margin for at in site.points):
        yield "workspace", f"{site.what} {is_} outside the workspace{near}"
    for name, area in bounds.keep_out.items():
        distance = min(map(area.distance, site.points))
        if distance < margin or distance == 0.0:
            yield f"keep_out.{name}", f"{site.what} {is_} inside the keep-out area '{name}'{near}"


def _reach(bounds: Bounds, call: Call, skill: Skill, scene: SceneGraph) -> Iterator[tuple[str, str]]:
    if bounds.reach_m is None or drives_to(call, skill, scene):
        return
    for entity in entities_of(call, skill, scene):
        if entity.name == scene.holding:
            continue
        if not is_placed(entity):
            yield "reach_m", f"where '{entity.name}' is, is not known"
            continue
        gap = footprint_distance(scene.robot.base, entity.pose, entity.size)
        if not gap <= bounds.reach_m:
            yield "reach_m", f"'{entity.name}' is {gap:.2f} m away, more than {bounds.reach_m:g} m"
