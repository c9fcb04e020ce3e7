# SPDX-License-Identifier: Apache-2.0
"""A person beside the robot, who puts things on its deck and takes them off."""

import math
from collections.abc import Iterator

import numpy as np

from agent_planner.errors import UserError, did_you_mean
from agent_planner_sim.mujoco import truth
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.scenes.description import Placement
from agent_planner_sim.scenes.items import GAP
from agent_planner_sim.transforms import turn, yaw_of

_REACH = 1.2  # metres from the middle of the robot
_STILL = (0.02, 0.05)  # m/s and rad/s
_EDGE, _GRID = 0.06, 0.03  # metres
_WALL = 0.012  # of containers
_DROP = 0.002  # metres above what it is put on


def load(sim: Simulation, name: str) -> None:
    """Put an object on the robot's deck.

    Raises:
        UserError: a person would not do it; the message says why.
    """
    thing = _thing(sim, name)
    _check_robot(sim)
    there = carried(sim)
    if there is not None:
        raise UserError(f"the deck is taken by '{there}'")
    _check_reach(sim, name, thing.pose.position)
    closed = next((p for p in truth.places(sim) if not p.is_open and _within(thing, p)), None)
    if closed is not None:
        raise UserError(f"'{name}' is in '{closed.region.name}', which is closed")
    x, y, z = truth.end_effector(sim).position
    sim.put(name, Placement(x, y, z + _half(thing) + _DROP, sim.base_pose()[2]))


def unload(sim: Simulation, name: str, target: str, inside: bool) -> None:
    """Put what is on the deck onto a place, or into it.

    Raises:
        UserError: a person would not do it; the message says why.
    """
    thing = _thing(sim, name)
    _check_robot(sim)
    if carried(sim) != name:
        raise UserError(f"'{name}' is not on the deck")
    places = {state.region.name: state for state in truth.places(sim)}
    if target not in places:
        raise UserError(f"there is no place '{target}'; {did_you_mean(target, places)}")
    place = places[target]
    wanted = "container" if inside else "surface"
    if wanted not in place.region.affordances:
        raise UserError(f"'{target}' is no {wanted}")
    if not place.is_open:
        raise UserError(f"'{target}' is closed")
    spots = [spot for spot in _spots(sim, place, inside) if _is_free(sim, spot, name, place)]
    if not spots:
        raise UserError(f"there is no room {'in' if inside else 'on'} '{target}'")
    x, y, z = min(spots, key=lambda spot: math.dist(spot[:2], sim.base_pose()[:2]))
    _check_reach(sim, target, (x, y, z))
    sim.put(name, Placement(x, y, z + _half(thing) + _DROP, yaw_of(thing.pose.quat)))


def carried(sim: Simulation) -> str | None:
    """Return the name of what lies on the deck."""
    depth, width = sim.robot.deck
    deck = truth.end_effector(sim)
    for state in truth.objects(sim):
        away = np.array(state.pose.position) - np.array(deck.position)
        x, y = turn((away[0], away[1]), -sim.base_pose()[2])
        if abs(x) <= depth / 2 and abs(y) <= width / 2 and 0.0 <= away[2] <= state.size[2]:
            return state.item.name
    return None


def _thing(sim: Simulation, name: str) -> truth.ObjectState:
    things = {state.item.name: state for state in truth.objects(sim)}
    if name not in things:
        raise UserError(f"there is no object '{name}'; {did_you_mean(name, things)}")
    return things[name]


def _half(thing: truth.ObjectState) -> float:
    """Half the height at which it stands: what lay on its side is put up again."""
    return thing.item.size[2] / 2


def _check_robot(sim: Simulation) -> None:
    if not all(sim.robot.deck):
        raise UserError(f"the robot '{sim.robot.name}' has no deck")
    if any(abs(speed) > still for speed, still in zip(sim.base_velocity(), _STILL, strict=True)):
        raise UserError("the robot is driving")


def _check_reach(sim: Simulation, name: str, position: tuple[float, float, float]) -> None:
    distance = math.dist(position[:2], sim.base_pose()[:2])
    if distance > _REACH:
        raise UserError(f"'{name}' is {distance:.1f} m away from the robot, more than {_REACH:.1f} m")


def _within(thing: truth.ObjectState, place: truth.PlaceState) -> bool:
    away = np.array(thing.pose.position) - np.array(place.pose.position)
    x, y = turn((away[0], away[1]), -yaw_of(place.pose.quat))
    depth, width, height = place.region.size
    return abs(x) <= depth / 2 and abs(y) <= width / 2 and abs(away[2]) <= height / 2


def _spots(sim: Simulation, place: truth.PlaceState, inside: bool) -> Iterator[tuple[float, float, float]]:
    """Points in the map where something could be put down."""
    depth, width, height = place.region.size
    x0, y0, z0 = place.pose.position
    z = z0 - height / 2 + _WALL if inside else z0 + height / 2
    for x in np.arange(-depth / 2 + _EDGE, depth / 2 - _EDGE + 1e-6, _GRID):
        for y in np.arange(-width / 2 + _EDGE, width / 2 - _EDGE + 1e-6, _GRID):
            dx, dy = turn((float(x), float(y)), yaw_of(place.pose.quat))
            yield x0 + dx, y0 + dy, z


def _is_free(sim: Simulation, spot: tuple[float, float, float], name: str, place: truth.PlaceState) -> bool:
    """Whether neither another object nor a tray is where something is to be put down."""
    others = [o.pose.position for o in truth.objects(sim) if o.item.name != name]
    if any(math.dist(other[:2], spot[:2]) < GAP and abs(other[2] - spot[2]) < 0.3 for other in others):
        return False
    standing = [p for p in truth.places(sim) if p.region.name != place.region.name and p.region.category == "tray"]
    return all(math.dist(p.pose.position[:2], spot[:2]) > math.hypot(*p.region.size[:2]) / 2 + _EDGE for p in standing)
