# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""Where everything really is."""

from typing import NamedTuple

import mujoco
import numpy as np

from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.scenes.bodies import furniture_body, item_body, part_body
from agent_planner_sim.scenes.description import DOOR, Furniture, Item, MovingPart, Region
from agent_planner_sim.shapes import Sphere
from agent_planner_sim.transforms import IDENTITY, Quat, Vec3, matrix_from_rpy, quat_from_matrix


class Pose(NamedTuple):
    """Position and orientation in the map."""

    position: Vec3
    quat: Quat = IDENTITY


class ObjectState(NamedTuple):
    """A movable object; its axes are named so that z is the one that points up (see `upright`)."""

    item: Item
    pose: Pose
    size: Vec3


class PlaceState(NamedTuple):
    """A place; mechanism, handle and hinge are there if it can be opened."""

    region: Region
    pose: Pose
    opening: float = 1.0
    is_open: bool = True
    explored: bool = True
    mechanism: str = ""
    travel: float = 0.0
    handle: Pose | None = None
    hinge: Vec3 | None = None


def objects(sim: Simulation) -> list[ObjectState]:
    """Return the state of every movable object, hidden ones too."""
    found = []
    for item in sim.scene.items:
        body = sim.data.body(item_body(item.name))
        matrix = body.xmat.reshape(3, 3)
        if isinstance(item.solids[0].shape, Sphere):
            matrix = np.eye(3)
        matrix, size = upright(matrix, item.size)
        found.append(ObjectState(item, Pose(_vec(body.xpos), quat_from_matrix(matrix)), size))
    return found


def places(sim: Simulation) -> list[PlaceState]:
    """Return the state of every place."""
    return [_place(sim, piece, region) for piece, region in sim.scene.regions()]


def end_effector(sim: Simulation) -> Pose:
    """Return the pose of the frame between the fingertips."""
    body = sim.data.body(sim.robot.end_effector)
    return Pose(_vec(body.xpos), quat_from_matrix(body.xmat.reshape(3, 3)))


def upright(matrix: np.ndarray, size: Vec3) -> tuple[np.ndarray, Vec3]:
    """Rename the axes of a box so that z points up and x is the one nearest to its old x or y.

    Whoever reads only heading and extents then still knows how high a fallen thing is.

    Args:
        matrix: rotation of the box, (3, 3).
        size: extents along its axes.
    """
    up = int(np.argmax(np.abs(matrix[2])))
    ahead = 0 if up != 0 else 1
    z = matrix[:, up] * np.sign(matrix[2, up])
    x = matrix[:, ahead]
    turned = np.column_stack([x, np.cross(z, x), z])
    return turned, (size[ahead], size[3 - up - ahead], size[up])


def _place(sim: Simulation, piece: Furniture | None, region: Region) -> PlaceState:
    if piece is None:
        return PlaceState(region, Pose(region.centre))
    part = next((part for part in piece.parts if part.name == region.part), None)
    frame = part_body(region.part) if region.moves else furniture_body(piece.name)
    pose = _within(sim.data, frame, region.centre)
    if part is None:
        return PlaceState(region, pose)
    state = sim.openness[part.name]
    turn = matrix_from_rpy(part.handle_rpy)
    return PlaceState(
        region,
        pose,
        sim.part_opening(part.name),
        state.is_open,
        state.explored,
        part.mechanism,
        part.travel,
        _within(sim.data, part_body(part.name), part.handle, turn),
        _hinge(sim.data, part),
    )


def _hinge(data: mujoco.MjData, part: MovingPart) -> Vec3 | None:
    return _vec(data.body(part_body(part.name)).xpos) if part.mechanism == DOOR else None


def _within(data: mujoco.MjData, frame: str, xyz: Vec3, turn: np.ndarray | None = None) -> Pose:
    body = data.body(frame)
    matrix = body.xmat.reshape(3, 3)
    position = body.xpos + matrix @ np.array(xyz)
    return Pose(_vec(position), quat_from_matrix(matrix if turn is None else matrix @ turn))


def _vec(values: np.ndarray) -> Vec3:
    return float(values[0]), float(values[1]), float(values[2])
