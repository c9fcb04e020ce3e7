# SPDX-License-Identifier: Apache-2.0
"""Scenes generated from a seed, as data that every backend reads."""

from agent_planner_sim.scenes.description import Furniture, Item, MovingPart, Placement, Region, Scene
from agent_planner_sim.scenes.generate import BUILDERS, DEFAULT_ENTITIES, generate

__all__ = [
    "BUILDERS",
    "DEFAULT_ENTITIES",
    "Furniture",
    "Item",
    "MovingPart",
    "Placement",
    "Region",
    "Scene",
    "generate",
]
