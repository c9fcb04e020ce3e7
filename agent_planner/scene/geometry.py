# SPDX-License-Identifier: Apache-2.0
"""Relations from poses and sizes alone. Frame map, metres and radians."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from agent_planner.scene.graph import (
    CONTAINER,
    GRASPABLE,
    SURFACE,
    Pose,
    Relation,
    RobotState,
    SceneObject,
    ScenePlace,
)

# The name of the pose at which a base stands to work on a place, where its map entry gives one.
APPROACH = "approach"
_CLOSED_M = 0.003  # fingers that are no further apart have nothing between them, as `pick` has it


@dataclass(frozen=True)
class Reach:
    """What counts as near enough, metres."""

    object_m: float = 0.85  # base_link to the object's centre
    place_m: float = 0.60  # base_link to the nearest point of the footprint
    approach_m: float = 0.35  # base_link to the place's own approach pose; Nav2 stops within 0.25 by default
    hold_m: float = 0.045  # end_effector to the object's centre, beyond half its smallest side
    rest_m: float = 0.025  # gap between an object's underside and what it rests on
    near_m: float = 0.25  # gap between two neighbours' centres


def relations(
    objects: Sequence[SceneObject],
    places: Sequence[ScenePlace],
    robot: RobotState,
    reach: Reach = Reach(),
) -> tuple[Relation, ...]:
    """Compute at, holding, on, in and near.

    A fixed container that stands on furniture is ``on`` it; an object in the hand, or on the deck of a robot that has
    one in place of a hand, is on and in nothing. ``in`` wins over ``on``; of several supports the highest top wins,
    then the smallest. ``at`` is sorted by distance.
    """
    held = _held(objects, robot, reach)
    found = [Relation("holding", held.name)] if held else []
    found += [Relation("at", name) for name in _within_reach(objects, places, robot, reach)]
    resting = [o for o in objects if o is not held]
    for thing in (*resting, *places):
        location = _location(thing, resting, places, reach)
        if location:
            found.append(location)
    found += _neighbours(resting, reach)
    return tuple(found)


def _held(objects: Sequence[SceneObject], robot: RobotState, reach: Reach) -> SceneObject | None:
    return _in_hand(objects, robot, reach) if robot.deck is None else _on_deck(objects, robot, robot.deck, reach)


def _on_deck(
    objects: Sequence[SceneObject], robot: RobotState, size: tuple[float, float], reach: Reach
) -> SceneObject | None:
    """The one that is nearest to the deck's middle."""
    deck = Pose(*robot.end_effector, robot.base.yaw)
    lying = [o for o in objects if abs(o.pose.z - o.size[2] / 2 - deck.z) <= reach.rest_m]
    there = [o for o in lying if footprint_distance(o.pose, deck, (*size, 0.0)) == 0.0]
    return min(there, key=lambda o: math.dist(o.pose[:2], deck[:2]), default=None)


def _in_hand(objects: Sequence[SceneObject], robot: RobotState, reach: Reach) -> SceneObject | None:
    def gap(thing: SceneObject) -> float:
        centre = (thing.pose.x, thing.pose.y, thing.pose.z)
        return math.dist(centre, robot.end_effector) - min(thing.size) / 2

    graspable = [o for o in objects if GRASPABLE in o.affordances and _fingers_touch(o, robot)]
    nearest = min(graspable, key=gap, default=None)
    return nearest if nearest is not None and gap(nearest) <= reach.hold_m else None


def _fingers_touch(thing: SceneObject, robot: RobotState) -> bool:
    # Open fingers around an object that stands on a table do not hold it: the opening must be that of one of
    # the two smaller sides, which are the ones that fit between the fingers. Nor do closed fingers beside a thin one.
    smallest, middle, _ = sorted(thing.size)
    return max(_CLOSED_M, smallest - 0.012, 0.5 * smallest) <= robot.gripper_opening <= middle + 0.006


def _within_reach(
    objects: Sequence[SceneObject], places: Sequence[ScenePlace], robot: RobotState, reach: Reach
) -> list[str]:
    base = robot.base
    near = [
        (d, p.name)
        for p in places
        if (d := footprint_distance(base, p.pose, p.size)) <= reach.place_m or _on_approach(base, p, reach)
    ]
    near += [(d, o.name) for o in objects if (d := math.hypot(o.pose.x - base.x, o.pose.y - base.y)) <= reach.object_m]
    return [name for _, name in sorted(near)]


def _on_approach(base: Pose, place: ScenePlace, reach: Reach) -> bool:
    pose = place.poses.get(APPROACH)
    return pose is not None and math.hypot(pose.x - base.x, pose.y - base.y) <= reach.approach_m


def footprint_distance(point: Pose, pose: Pose, size: tuple[float, float, float]) -> float:
    """Horizontal distance in metres from a point to the nearest point of a box's footprint (0 inside)."""
    x, y = to_box(point, pose)
    return math.hypot(max(abs(x) - size[0] / 2, 0.0), max(abs(y) - size[1] / 2, 0.0))


def to_box(point: Pose, box: Pose) -> tuple[float, float]:
    """Return the point's x and y in the box's own frame, metres."""
    dx, dy = point.x - box.x, point.y - box.y
    c, s = math.cos(box.yaw), math.sin(box.yaw)
    return c * dx + s * dy, -s * dx + c * dy


def _over(thing: SceneObject | ScenePlace, other: SceneObject | ScenePlace) -> bool:
    x, y = to_box(thing.pose, other.pose)
    return abs(x) <= other.size[0] / 2 + 0.005 and abs(y) <= other.size[1] / 2 + 0.005


def _location(
    thing: SceneObject | ScenePlace,
    objects: Sequence[SceneObject],
    places: Sequence[ScenePlace],
    reach: Reach,
) -> Relation | None:
    others = [o for o in (*places, *objects) if o.name != thing.name and _over(thing, o)]
    inside = [o for o in others if CONTAINER in o.affordances and _inside_height(thing, o)]
    if inside and thing.kind == "object":
        smallest = min(inside, key=lambda o: o.size[0] * o.size[1] * o.size[2])
        return Relation("in", thing.name, smallest.name)
    under = thing.pose.z - thing.size[2] / 2
    carrying = [
        o
        for o in others
        if (SURFACE in o.affordances or (o.kind == "object" and thing.kind == "object"))
        and abs(o.pose.z + o.size[2] / 2 - under) <= reach.rest_m
    ]
    if not carrying:
        return None
    best = max(carrying, key=lambda o: (round(o.pose.z + o.size[2] / 2, 2), -o.size[0] * o.size[1]))
    return Relation("on", thing.name, best.name)


def _inside_height(thing: SceneObject | ScenePlace, container: SceneObject | ScenePlace) -> bool:
    """Whether a thing's centre is below the rim; or, of a can that looks out of a tray, its underside well below."""
    low = container.pose.z - container.size[2] / 2 - 0.01
    high = container.pose.z + container.size[2] / 2
    under = thing.pose.z - thing.size[2] / 2
    return low <= thing.pose.z <= high or low <= under <= high - 0.02


def _neighbours(objects: Sequence[SceneObject], reach: Reach) -> list[Relation]:
    found = []
    for i, a in enumerate(objects):
        for b in objects[i + 1 :]:
            if math.dist(a.pose[:3], b.pose[:3]) <= reach.near_m:
                found.append(Relation("near", a.name, b.name))
    return found
