# SPDX-License-Identifier: Apache-2.0
"""Whether the arm touches the robot or the world: its links as spheres against boxes and cylinders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agent_planner_motion.arm.description import Joint, RobotDescription, Solid
from agent_planner_motion.arm.kinematics import Kinematics
from agent_planner_motion.arm.obstacles import Obstacles

# The spheres fall short of edges, and the robot itself is never to be touched: so much is taken off.
_SELF_PADDING = 0.014
_BULGE = 0.2  # of the radius
_FINE = 0.65  # of the radius that just fits, where edges would stick out of larger spheres
_SMALLEST = 0.006  # metres, of what is held
_NEAR = 0.05  # metres; links further apart than this are not looked at closely
_APART = 3  # links nearer to each other along the chain than this are not checked against each other


@dataclass(frozen=True)
class Spheres:
    """Spheres fixed to a link."""

    centres: np.ndarray  # (n, 3)
    radii: np.ndarray  # (n,)


def spheres_of(solid: Solid) -> Spheres:
    """Cover a solid with spheres.

    Those of a box bulge a little over its faces, so that little is missing at its edges; those of a stubby cylinder
    are small, because its edges stick out of larger ones. Thin plates count as somewhat thicker.
    """
    half = solid.half
    stubby = solid.kind == "cylinder" and half[2] < 1.6 * half[0]
    chunky = solid.kind == "box" and min(half) > 0.02
    radius = float(max(min(half), 0.008)) * (_FINE if stubby or chunky else 1.0)
    if solid.kind == "cylinder":
        ring = half[0] - radius
        around = np.arange(6) * np.pi / 3 if ring > 0.003 else np.zeros(1)
        flat = np.stack([ring * np.cos(around), ring * np.sin(around)], axis=1)
        along = _spread(half[2], radius)
        grid = np.array([[x, y, z] for x, y in flat for z in along])
    else:
        grid = _box(half, radius)
    centres = grid @ solid.pose[:3, :3].T + solid.pose[:3, 3]
    return Spheres(centres, np.full(len(centres), radius))


def _box(half: np.ndarray, radius: float) -> np.ndarray:
    lines = [_spread(extent + _BULGE * radius, radius) for extent in half]
    return np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, 3)


def _spread(extent: float, radius: float) -> np.ndarray:
    reach = max(float(extent) - radius, 0.0)
    if reach < 0.003:
        return np.zeros(1)
    return np.linspace(-reach, reach, int(np.ceil(2 * reach / (1.6 * radius))) + 1)


class ArmModel:
    """The arm's shape: spheres a link, and what of the robot itself it must not touch.

    Args:
        kinematics: of the arm.
        fingers: joints of the fingers, name → the position at which their shape is taken; those that mimic them follow.
        allowed: postures, (n, dof), that are known to be free; what counts as touching in them is not checked.
    """

    def __init__(self, kinematics: Kinematics, fingers: Mapping[str, float], allowed: np.ndarray):
        self.kinematics = kinematics
        robot = kinematics.robot
        self._spheres: dict[str, Spheres] = {}
        hands = robot.with_mimics(fingers)
        order = [j.child for j in robot.chain(kinematics.base, kinematics.tip)]
        for link in order:
            parts = [spheres_of(s) for s in robot.solids.get(link, ())]
            for joint in (robot.joints[name] for name in hands if robot.joints[name].parent == link):
                parts += [spheres_of(s) for s in _moved(joint, robot, hands)]
            if parts:
                self._spheres[link] = Spheres(
                    np.concatenate([p.centres for p in parts]), np.concatenate([p.radii for p in parts])
                )
        self.body = Obstacles(solids=robot.solids.get(kinematics.base, ()))
        self._bounds = {link: _bound(s) for link, s in self._spheres.items()}
        self._order = [link for link in order if link in self._spheres]
        rank = {link: i for i, link in enumerate(self._order)}
        pairs = [(a, b) for a in self._order for b in self._order if rank[b] - rank[a] >= _APART]
        self._pairs = [p for p in pairs if self._between(np.atleast_2d(allowed), p).min() > _SELF_PADDING]
        base_free = self._to_body(np.atleast_2d(allowed))
        self._beside_body = [link for link in self._order if base_free[link].min() > _SELF_PADDING]

    def clearance(self, q: np.ndarray, world: Obstacles, held: Spheres | None = None) -> np.ndarray:
        """Return how far the arm is from anything, (n,), for joints (n, dof); negative: it touches.

        Args:
            q: joints.
            world: what stands around, base frame.
            held: what is in the hand, in the tip's frame.
        """
        poses = self.kinematics.links(q)
        placed = {link: _place(poses[link], self._spheres[link].centres) for link in self._order}
        radii = {link: self._spheres[link].radii for link in self._order}
        points = np.concatenate([placed[link] for link in self._order], axis=1)
        sizes = np.concatenate([radii[link] for link in self._order])
        beside = np.concatenate([placed[link] for link in self._beside_body], axis=1)
        found = (self.body.distance(beside) - np.concatenate([radii[link] for link in self._beside_body])).min(axis=1)
        for a, b in self._near_pairs(poses):
            found = np.minimum(found, _gap(placed[a], radii[a], placed[b], radii[b]))
        found -= _SELF_PADDING
        if held is not None:
            carried = _place(poses[self.kinematics.tip], held.centres)
            found = np.minimum(found, (self.body.distance(carried) - held.radii).min(axis=1))
            points = np.concatenate([points, carried], axis=1)
            sizes = np.concatenate([sizes, held.radii])
        return np.minimum(found, (world.distance(points) - sizes).min(axis=1))

    def _near_pairs(self, poses: dict[str, np.ndarray]) -> list[tuple[str, str]]:
        """Return the pairs of links that come near each other in any of the configurations."""
        centres = {link: _place(poses[link], ball.centres)[:, 0] for link, ball in self._bounds.items()}
        near = []
        for a, b in self._pairs:
            apart = np.linalg.norm(centres[a] - centres[b], axis=1) - self._bounds[a].radii - self._bounds[b].radii
            if float(apart.min()) < _NEAR:
                near.append((a, b))
        return near

    def _between(self, q: np.ndarray, pair: tuple[str, str]) -> np.ndarray:
        poses = self.kinematics.links(q)
        (a, b) = (self._spheres[link] for link in pair)
        return _gap(_place(poses[pair[0]], a.centres), a.radii, _place(poses[pair[1]], b.centres), b.radii)

    def _to_body(self, q: np.ndarray) -> dict[str, np.ndarray]:
        poses = self.kinematics.links(q)
        return {
            link: (self.body.distance(_place(poses[link], s.centres)) - s.radii).min(axis=1)
            for link, s in self._spheres.items()
        }


def _moved(joint: Joint, robot: RobotDescription, positions: Mapping[str, float]) -> list[Solid]:
    """Return the solids of a finger and of what is fixed to it or moves with it, in the frame of its parent."""
    here = joint.at(positions.get(joint.name, 0.0))
    found = list(robot.solids.get(joint.child, ()))
    for further in robot.joints.values():
        if further.parent == joint.child and (further.kind == "fixed" or further.name in positions):
            found += _moved(further, robot, positions)
    return [Solid(here @ s.pose, s.half, s.kind) for s in found]


def _place(poses: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ np.swapaxes(poses[:, :3, :3], 1, 2) + poses[:, None, :3, 3]


def _bound(spheres: Spheres) -> Spheres:
    centre = (spheres.centres.min(axis=0) + spheres.centres.max(axis=0)) / 2
    radius = (np.linalg.norm(spheres.centres - centre, axis=1) + spheres.radii).max()
    return Spheres(centre[None], np.array([radius]))


def _gap(a: np.ndarray, a_radii: np.ndarray, b: np.ndarray, b_radii: np.ndarray) -> np.ndarray:
    way = a[:, :, None] - b[:, None]
    apart = np.sqrt(np.einsum("...i,...i->...", way, way)) - a_radii[:, None] - b_radii
    return apart.min(axis=(1, 2))


def held_spheres(size: Sequence[float] | np.ndarray, pose: np.ndarray) -> Spheres:
    """Return the spheres of a box of that size in the hand, at its pose in the tip's frame.

    Small ones: its corners are what gets caught on the edges of furniture.
    """
    half = np.asarray(size, dtype=float) / 2
    radius = max(float(half.min()) * _FINE, _SMALLEST)
    centres = _box(half, radius) @ pose[:3, :3].T + pose[:3, 3]
    return Spheres(centres, np.full(len(centres), radius))
