# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""Solids as geoms of a MuJoCo specification."""

import mujoco

from agent_planner_sim.shapes import Box, Cylinder, Solid, Sphere, combined_inertia, friction
from agent_planner_sim.transforms import quat_from_rpy

VISUAL_GROUP, COLLISION_GROUP = 2, 1
# Fingers press on small things: a stiff contact keeps them from sinking in.
_SOLREF = (0.005, 1.0)


def add_solids(body: mujoco.MjsBody, solids: tuple[Solid, ...], prefix: str) -> None:
    """Add a geom for each solid; masses are given to the body, never to geoms."""
    for number, solid in enumerate(solids):
        kind, size = _kind_and_size(solid)
        body.add_geom(
            name=f"{prefix}#{number}",
            type=kind,
            size=size,
            pos=solid.xyz,
            quat=quat_from_rpy(solid.rpy),
            rgba=solid.color,
            material=solid.material,
            mass=0.0,
            group=COLLISION_GROUP if solid.collides else VISUAL_GROUP,
            contype=int(solid.collides),
            conaffinity=int(solid.collides),
            condim=6 if isinstance(solid.shape, Sphere) else 4,
            friction=friction(solid),
            solref=_SOLREF,
        )


def set_mass(body: mujoco.MjsBody, solids: tuple[Solid, ...], mass: float) -> None:
    """Spread a mass over some solids of a body."""
    centre, moments = combined_inertia(solids, mass)
    body.mass = mass
    body.ipos = centre
    body.fullinertia = [moments[i] for i in ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))]
    body.explicitinertial = True


def _kind_and_size(solid: Solid) -> tuple[mujoco.mjtGeom, list[float]]:
    match solid.shape:
        case Box(size):
            return mujoco.mjtGeom.mjGEOM_BOX, [side / 2 for side in size]
        case Cylinder(radius, length):
            return mujoco.mjtGeom.mjGEOM_CYLINDER, [radius, length / 2, 0.0]
        case Sphere(radius):
            return mujoco.mjtGeom.mjGEOM_SPHERE, [radius, 0.0, 0.0]
