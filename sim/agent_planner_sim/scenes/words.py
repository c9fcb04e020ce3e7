# SPDX-License-Identifier: Apache-2.0
"""Nouns and colours that scenes are made of, and what they look like."""

from dataclasses import dataclass

from agent_planner.errors import UserError, did_you_mean
from agent_planner_sim.shapes import Box, Color, Cylinder, Shape, Sphere

COLORS: dict[str, Color] = {
    "red": (0.84, 0.13, 0.13, 1.0),
    "blue": (0.12, 0.33, 0.80, 1.0),
    "green": (0.15, 0.60, 0.24, 1.0),
    "yellow": (0.96, 0.80, 0.12, 1.0),
    "white": (0.95, 0.95, 0.93, 1.0),
    "black": (0.09, 0.09, 0.10, 1.0),
    "orange": (0.95, 0.50, 0.10, 1.0),
    "purple": (0.50, 0.23, 0.66, 1.0),
    "grey": (0.52, 0.54, 0.56, 1.0),
    "pink": (0.95, 0.52, 0.66, 1.0),
    "brown": (0.48, 0.30, 0.17, 1.0),
}

# Noun → outlines to draw from (the hand opens 8.5 cm) and the colour of a thing named without one.
OBJECTS: dict[str, tuple[tuple[Shape, ...], str]] = {
    "cube": ((Box((0.04, 0.04, 0.04)),), ""),
    "block": ((Box((0.035, 0.06, 0.035)), Box((0.04, 0.05, 0.03))), ""),
    "box": ((Box((0.045, 0.065, 0.05)), Box((0.05, 0.07, 0.06))), ""),
    "ball": ((Sphere(0.024), Sphere(0.028)), ""),
    "can": ((Cylinder(0.028, 0.09), Cylinder(0.031, 0.08)), ""),
    "cup": ((Cylinder(0.033, 0.075), Cylinder(0.030, 0.07)), ""),
    "mug": ((Cylinder(0.034, 0.08),), ""),
    "bottle": ((Cylinder(0.026, 0.12),), ""),
    "jar": ((Cylinder(0.033, 0.065),), ""),
    "tin": ((Cylinder(0.034, 0.05),), ""),
    "apple": ((Sphere(0.033),), "red"),
    "lemon": ((Sphere(0.028),), "yellow"),
    "soap": ((Box((0.04, 0.065, 0.025)),), "pink"),
    "sponge": ((Box((0.045, 0.07, 0.03)),), "yellow"),
    "milk carton": ((Box((0.05, 0.05, 0.10)),), "white"),
    "battery": ((Cylinder(0.017, 0.05),), "black"),
}
SURFACES = (
    "table", "desk", "shelf", "counter", "bench", "workbench", "coffee table", "side table", "stand", "kitchen table",
    "work table", "low table", "dining table", "console",
)  # fmt: skip
CHESTS = ("sideboard", "kitchen counter", "bedside table", "dresser", "credenza")
CONTAINERS = ("bin", "basket", "crate", "bucket", "tote", "hamper", "trash can", "tub")
TRAYS = ("tray",)
DRAWERS = ("drawer", "kitchen drawer", "desk drawer", "tool drawer", "top drawer", "office drawer")
CABINETS = ("cabinet", "cupboard", "locker", "kitchen cabinet", "bathroom cabinet", "wardrobe")
AREAS = ("kitchen", "living room", "bedroom", "office", "hallway")

_NOUNS = {
    **dict.fromkeys(OBJECTS, "object"),
    **dict.fromkeys(SURFACES, "surface"),
    **dict.fromkeys(CHESTS, "chest"),
    **dict.fromkeys(CONTAINERS, "bin"),
    **dict.fromkeys(TRAYS, "tray"),
    **dict.fromkeys(DRAWERS, "drawer"),
    **dict.fromkeys(CABINETS, "cabinet"),
}


@dataclass(frozen=True)
class Wanted:
    """An entity that a scene is to have: its kind is object, surface, chest, drawer, cabinet, bin or tray."""

    name: str
    noun: str
    kind: str
    color: str = ""


def understand(name: str) -> Wanted:
    """Read a name such as ``red cube`` as an optional colour and a noun.

    Raises:
        UserError: the noun or the colour is not one that can be built; the message lists those that can.
    """
    color, noun = "", name
    if noun not in _NOUNS and " " in name:
        color, noun = name.split(" ", 1)
    if noun not in _NOUNS:
        raise UserError(f"a scene cannot be given '{name}': {did_you_mean(noun, _NOUNS)}")
    if color and color not in COLORS:
        raise UserError(f"a scene cannot be given '{name}': colour '{color}'; {did_you_mean(color, COLORS)}")
    return Wanted(name, noun, _NOUNS[noun], color)


def clashes(name: str, taken: list[str]) -> bool:
    """Whether one name contains another, word by word, so that a person would mix them up."""
    return any(f" {name} " in f" {other} " or f" {other} " in f" {name} " for other in taken)
