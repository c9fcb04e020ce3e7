# SPDX-License-Identifier: Apache-2.0
"""Whether the arm touches the robot or the world: its links as spheres against boxes and cylinders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

from agent_planner_motion.arm.description import Joint, RobotDescription, Solid
from agent_planner_motion.arm.kinematics import Kinematics
from agent_planner_motion.arm.obstacles import Obstacles
from agent_planner_motion.errors import MotionError

# The spheres fall short of edges, and the robot itself is never to be touched: so much is taken off.
_SELF_PADDING = 0.014
_BULGE = 0.2  # of the radius
_FINE = 0.65  # of the radius that just fits, where edges would stick out of larger spheres
_SMALLEST = 0.006  # metres, of what is held
_NEAR = 0.05  # metres; links further apart than this are not looked at closely
_APART = 3  # links nearer to each other along the chain than this are not checked against each other
_JOINTS_APART = 2  # nor links with fewer joints between them: fixed joints may make several of one


@dataclass(frozen=True)
class Spheres:
    """Spheres fixed to a link."""

    centres: np.ndarray  # (n, 3)
    radii: np.ndarray  # (n,)


class _Part(NamedTuple):
    """A link of the arm, with the fingers that hang on it: of the chain, or beside it and fixed to one of the chain."""

    carrier: str  # link of the chain that it goes with
    joints: int  # of the arm before it
    spheres: Spheres  # in the frame of the carrier
    bound: Spheres  # one around them all


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

    What fixed joints join to a link of the chain that moves is the arm, with the fingers; what they join to the base is
    the body. What hangs on other joints, such as wheels, a head or a second arm, is not known.

    Args:
        kinematics: of the arm.
        fingers: joints of the fingers, name → the position at which their shape is taken; those that mimic them follow.
        allowed: postures, (n, dof), that are known to be free; what counts as touching in them is not checked.

    Raises:
        MotionError: a joint of the fingers is not there, or does not hang on the arm.
    """

    def __init__(self, kinematics: Kinematics, fingers: Mapping[str, float], allowed: np.ndarray):
        self.kinematics = kinematics
        robot = kinematics.robot
        chain = robot.chain(kinematics.base, kinematics.tip)
        first = next((i for i, joint in enumerate(chain) if joint.kind != "fixed"), len(chain))
        moving = [joint.child for joint in chain[first:]]
        self._parts = _parts(robot, chain[first:], fingers)
        self._radii = [part.spheres.radii for part in self._parts]
        body = [_placed(robot.solids.get(link, ()), at) for link, at in robot.carried(kinematics.base, moving, {})]
        self.body = Obstacles(solids=[solid for solids in body for solid in solids])
        poses = kinematics.links(np.atleast_2d(allowed))
        placed = [_place(poses[part.carrier], part.spheres.centres) for part in self._parts]
        self._pairs = [p for p in _distant(self._parts) if self._between(placed, p).min() > _SELF_PADDING]
        # What touches one link of the body in the postures is still checked against the others.
        self._beside: list[tuple[Obstacles, list[int]]] = []
        for link in (Obstacles(solids=solids) for solids in body if solids):
            least = [float((link.distance(p) - r).min()) for p, r in zip(placed, self._radii, strict=True)]
            beside = [i for i, gap in enumerate(least) if gap > _SELF_PADDING]
            if beside:
                self._beside.append((link, beside))

    def clearance(self, q: np.ndarray, world: Obstacles, held: Spheres | None = None) -> np.ndarray:
        """Return how far the arm is from anything, (n,), for joints (n, dof); negative: it touches.

        Args:
            q: joints.
            world: what stands around, base frame.
            held: what is in the hand, in the tip's frame.
        """
        poses = self.kinematics.links(q)
        placed = [_place(poses[part.carrier], part.spheres.centres) for part in self._parts]
        points, sizes = np.concatenate(placed, axis=1), np.concatenate(self._radii)
        found = np.full(len(q), np.inf)
        for link, parts in self._beside:
            beside = np.concatenate([placed[i] for i in parts], axis=1)
            near = link.distance(beside) - np.concatenate([self._radii[i] for i in parts])
            found = np.minimum(found, near.min(axis=1))
        for pair in self._near_pairs(poses):
            found = np.minimum(found, self._between(placed, pair))
        found -= _SELF_PADDING
        if held is not None:
            carried = _place(poses[self.kinematics.tip], held.centres)
            found = np.minimum(found, (self.body.distance(carried) - held.radii).min(axis=1))
            points = np.concatenate([points, carried], axis=1)
            sizes = np.concatenate([sizes, held.radii])
        return np.minimum(found, (world.distance(points) - sizes).min(axis=1))

    def _near_pairs(self, poses: dict[str, np.ndarray]) -> list[tuple[int, int]]:
        """Return the pairs of parts that come near each other in any of the configurations."""
        centres = [_place(poses[part.carrier], part.bound.centres)[:, 0] for part in self._parts]
        near = []
        for i, j in self._pairs:
            reach = self._parts[i].bound.radii + self._parts[j].bound.radii
            if float((np.linalg.norm(centres[i] - centres[j], axis=1) - reach).min()) < _NEAR:
                near.append((i, j))
        return near

    def _between(self, placed: Sequence[np.ndarray], pair: tuple[int, int]) -> np.ndarray:
        i, j = pair
        return _gap(placed[i], self._radii[i], placed[j], self._radii[j])


def _parts(robot: RobotDescription, chain: Sequence[Joint], fingers: Mapping[str, float]) -> list[_Part]:
    """Return the parts of an arm along its chain, which begins with a joint that moves."""
    hands = robot.with_mimics(fingers)
    links = [joint.child for joint in chain]
    seen: set[str] = set()
    found = []
    for number, carrier in enumerate(links):
        joints = sum(joint.kind != "fixed" for joint in chain[: number + 1])
        for link, pose in robot.carried(carrier, links, {}):
            solids = list(robot.solids.get(link, ()))
            for joint in (robot.joints[name] for name in hands if robot.joints[name].parent == link):
                for further, at in robot.carried(joint.child, links, hands):
                    seen.add(further)
                    solids += _placed(robot.solids.get(further, ()), joint.at(hands[joint.name]) @ at)
            if solids:
                spheres = _joined([spheres_of(solid) for solid in _placed(solids, pose)])
                found.append(_Part(carrier, joints, spheres, _bound(spheres)))
    loose = next((name for name in fingers if robot.joints[name].child not in seen), None)
    if loose is not None:
        raise MotionError(
            "UNKNOWN",
            f"finger joint '{loose}' hangs on '{robot.joints[loose].parent}', which no fixed joints join to the arm "
            f"({', '.join(links)}); finger_joints must name joints of the arm's own hand",
        )
    return found


def _distant(parts: Sequence[_Part]) -> list[tuple[int, int]]:
    """Return the pairs of parts that are far enough apart along the chain to be checked against each other."""
    carriers = list(dict.fromkeys(part.carrier for part in parts))
    rank = [carriers.index(part.carrier) for part in parts]
    return [
        (i, j)
        for i, j in combinations(range(len(parts)), 2)
        if rank[j] - rank[i] >= _APART and parts[j].joints - parts[i].joints >= _JOINTS_APART
    ]


def _placed(solids: Iterable[Solid], pose: np.ndarray) -> list[Solid]:
    return [Solid(pose @ s.pose, s.half, s.kind) for s in solids]


def _joined(parts: Sequence[Spheres]) -> Spheres:
    return Spheres(np.concatenate([p.centres for p in parts]), np.concatenate([p.radii for p in parts]))


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
