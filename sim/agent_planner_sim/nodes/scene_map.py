# SPDX-License-Identifier: Apache-2.0
"""The scene as the map file that perception reads: what stands still, and what people call the things there."""

import yaml

from agent_planner_sim.mujoco import truth
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.scenes.description import Item
from agent_planner_sim.scenes.words import OBJECTS
from agent_planner_sim.transforms import Quat, Vec3, yaw_of

# Thickness of sides and bottom of what furniture.py builds.
_WALLS = {"tray": (0.008, 0.008), "drawer": (0.01, 0.01)}
_DOOR_FRONT = 0.02
_BIN, _CABINET = (0.01, 0.01), (0.018, 0.0)


def scene_map(sim: Simulation) -> str:
    """Return the map as YAML text; drawers and doors must be closed."""
    places = [_place(state) for state in truth.places(sim)]
    objects = [_name(item) for item in sim.scene.items]
    return yaml.safe_dump({"places": places, "objects": objects}, sort_keys=False, default_flow_style=None)


def _place(state: truth.PlaceState) -> dict:
    region, (position, quat) = state.region, state.pose
    entry = {
        "name": region.name,
        "category": region.category,
        "color": region.color,
        "pose": _numbers((*position, yaw_of(quat))),
        "size": _numbers(region.size),
        "affordances": list(region.affordances),
    }
    if "container" in region.affordances:
        thin = _CABINET if state.mechanism == "door" else _WALLS.get(region.category, _BIN)
        entry |= {"wall": thin[0], "floor": thin[1]}
    if state.mechanism:
        assert state.handle is not None
        entry["opens"] = {
            "mechanism": state.mechanism,
            "travel": round(state.travel, 5),
            "handle": _numbers((*state.handle.position, *_xyzw(state.handle.quat))),
            "front": _DOOR_FRONT if state.mechanism == "door" else 0.0,
            "moves": region.moves,
            **({"hinge": _numbers(state.hinge)} if state.hinge else {}),
        }
    return entry


def _name(item: Item) -> dict:
    """What the name itself says; what the thing looks like beyond that is for the camera to see."""
    own = OBJECTS[item.category][1]
    said = item.color if item.color in item.name.split() else own
    return {"name": item.name, "category": item.category, **({"color": said} if said else {})}


def _xyzw(quat: Quat) -> tuple[float, float, float, float]:
    return quat[1], quat[2], quat[3], quat[0]


def _numbers(values: tuple[float, ...] | Vec3) -> list[float]:
    return [round(float(value), 5) for value in values]
