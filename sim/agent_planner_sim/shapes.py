# SPDX-License-Identifier: Apache-2.0
"""Solid primitives that scenes and robots are made of. Metres, kilograms; no simulator is known here."""

import math
from dataclasses import dataclass

import numpy as np

from agent_planner_sim.transforms import Vec3, matrix_from_rpy

Color = tuple[float, float, float, float]
# Sliding, torsional (metres) and rolling friction (metres).
_GRIP: Vec3 = (1.3, 0.02, 0.0005)
_PLAIN: Vec3 = (0.7, 0.006, 0.0002)
_BALL: Vec3 = (0.7, 0.006, 0.0015)


@dataclass(frozen=True)
class Box:
    """A box by its full extents."""

    size: Vec3


@dataclass(frozen=True)
class Cylinder:
    """A cylinder along z."""

    radius: float
    length: float


@dataclass(frozen=True)
class Sphere:
    """A ball."""

    radius: float


Shape = Box | Cylinder | Sphere


@dataclass(frozen=True)
class Solid:
    """A shape at a place in its body's frame.

    Attributes:
        collides: false for what is only looked at.
        grip: true for surfaces made to hold (finger pads): more friction.
        material: name of a texture the backend may know (``floor``, ``wood``); empty: plain colour.
    """

    shape: Shape
    xyz: Vec3 = (0.0, 0.0, 0.0)
    rpy: Vec3 = (0.0, 0.0, 0.0)
    color: Color = (0.7, 0.7, 0.7, 1.0)
    collides: bool = True
    grip: bool = False
    material: str = ""


def friction(solid: Solid) -> Vec3:
    """Return the sliding, torsional and rolling friction of a surface; MuJoCo takes the larger of two that touch."""
    return _GRIP if solid.grip else _BALL if isinstance(solid.shape, Sphere) else _PLAIN


def extent(shape: Shape) -> Vec3:
    """Return the extents along the shape's own axes."""
    match shape:
        case Box(size):
            return size
        case Cylinder(radius, length):
            return (2 * radius, 2 * radius, length)
        case Sphere(radius):
            return (2 * radius, 2 * radius, 2 * radius)


def volume(shape: Shape) -> float:
    """Return cubic metres."""
    match shape:
        case Box(size):
            return size[0] * size[1] * size[2]
        case Cylinder(radius, length):
            return math.pi * radius**2 * length
        case Sphere(radius):
            return 4 / 3 * math.pi * radius**3


def inertia(shape: Shape, mass: float) -> np.ndarray:
    """Return the principal moments about the shape's centre, (3,)."""
    match shape:
        case Box((x, y, z)):
            return mass / 12 * np.array([y * y + z * z, x * x + z * z, x * x + y * y])
        case Cylinder(radius, length):
            side = mass / 12 * (3 * radius**2 + length**2)
            return np.array([side, side, mass / 2 * radius**2])
        case Sphere(radius):
            return np.full(3, 0.4 * mass * radius**2)


def combined_inertia(solids: tuple[Solid, ...], mass: float) -> tuple[np.ndarray, np.ndarray]:
    """Spread a mass evenly over the volume of some solids.

    Returns:
        The centre of mass, (3,), and the inertia about it in the body's axes, (3, 3).
    """
    volumes = np.array([volume(s.shape) for s in solids])
    masses = mass * volumes / volumes.sum()
    centre = np.average([s.xyz for s in solids], axis=0, weights=masses)
    total = np.zeros((3, 3))
    for solid, part in zip(solids, masses, strict=True):
        turn = matrix_from_rpy(solid.rpy)
        offset = np.array(solid.xyz) - centre
        total += turn @ np.diag(inertia(solid.shape, part)) @ turn.T
        total += part * (offset @ offset * np.eye(3) - np.outer(offset, offset))
    return centre, total
