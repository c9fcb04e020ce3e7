# SPDX-License-Identifier: Apache-2.0
"""Plans where and how to put down what is in the hand: spots, postures, straight ways down and out."""

import math
from dataclasses import dataclass

import numpy as np

from agent_planner_motion.arm.spots import Spot, spots, spread
from agent_planner_motion.errors import MotionError
from agent_planner_motion.skills.arm_motion import Path
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.kit import ArmKit
from agent_planner_motion.skills.pick import shifted, way_out
from agent_planner_motion.spatial import inverse, rotation_about, rotation_z, transform
from agent_planner_motion.world import DOOR, Thing, World

_UP = np.array([0.0, 0.0, 1.0])
_MARGIN = -0.002  # what is in the hand touches what it is put on
_SPOTS, _SOLUTIONS = 10, 3
_TRIES = (60, 400)  # of the arm's planner for each spot: all quickly, then all thoroughly
_BACK = 0.06
_SIDEWAYS = 0.15  # share of the way out by which the fingers may come nearer to what stands between them
_ABOVE = 0.10  # metres above the spot from which it is lowered
_DROP = 0.004  # metres above a surface at which the fingers open
_DEEP = 0.09  # an object need not be lowered further than this under a container's rim
_FLOOR = 0.012  # of a container, metres
_BEST, _BEST_ROOFED = 0.58, 0.4  # metres from the base at which the arm works best
_YAWS = tuple(math.radians(a) for a in (0, 45, -45, 90, -90, 135, -135, 180))


@dataclass(frozen=True)
class PlacePlan:
    """Paths of the joints: to above (or before) the spot, and down to it."""

    spot: Spot
    to_pre: Path
    down: np.ndarray  # (n, dof)


class PlacePlanner:
    """Plans for one object in the hand and one target.

    Args:
        kit: the arm.
        world: the scene; it tells where the hand is.
        held: the object.
        place: what it is to be put on or in.
        inside: in rather than on.
    """

    def __init__(self, kit: ArmKit, world: World, held: Thing, place: Thing, inside: bool):
        assert world.end_effector is not None
        self._kit, self._world = kit, world
        self._held, self._place, self._inside = held, place, inside
        self._base = kit.robot.base().matrix
        self._planner = kit.planner(world, self._base)
        self._in_hand = inverse(world.end_effector) @ held.pose

    def plan(self, job: Job) -> PlacePlan:
        """Return a plan.

        Raises:
            MotionError: NO_FREE_SPOT, NO_IK.
            CancelRequested: nothing has moved.
        """
        looked_at = 0
        ways = self._ways_up()
        self._check_height(self._reach(ways[0]))
        for upright in ways:
            found = self._free_spots(self._reach(upright))
            looked_at += len(found)
            for tries in _TRIES:
                for spot in spread(found, _SPOTS):
                    job.check()
                    plan = self._at(spot, upright, tries, job)
                    if plan is not None:
                        return plan
        name = self._place.name
        if not looked_at:
            wide = 2 * _radius(self._reach(ways[0]))
            raise MotionError("NO_FREE_SPOT", f"no free spot of {wide * 100:.0f} cm was found on '{name}'")
        away = float(np.linalg.norm(self._place.centre[:2] - self._base[:2, 3]))
        raise MotionError(
            "NO_IK",
            f"none of {looked_at} free spots on '{name}' can be reached from here ({away:.2f} m away); "
            f"another approach may do{self._kit.ways.why(job)}",
        )

    def _check_height(self, reach: np.ndarray) -> None:
        # The scene calls in what has its middle inside (agent_planner.scene.geometry).
        place, tall = self._place, 2 * float(reach[2])
        if self._inside and place.bottom + _FLOOR + tall / 2 > place.top:
            raise MotionError(
                "NO_FREE_SPOT",
                f"'{self._held.name}' is {tall * 100:.0f} cm high, too high to count as in '{place.name}', "
                f"which is {place.size[2] * 100:.0f} cm deep",
            )

    def _ways_up(self) -> list[np.ndarray]:
        """Return rotations of the hand's frame after which up is up for what it holds, the best first.

        What was taken from above can stand under a roof only where the hand fits between it and the roof. Else it is
        laid on its side, the hand level.
        """
        stood = self._upright()
        if self._place.mechanism != DOOR:
            return [stood]
        return [stood, *(rotation_about((0, 1, 0), sign * math.pi / 2) for sign in (-1.0, 1.0))]

    def _upright(self) -> np.ndarray:
        """Return the rotation of the hand's frame after which what it holds stands as it did when grasped."""
        up = self._kit.held_up
        if up is None:
            # Not grasped by us: the axis of the thing that points up the most with the hand down.
            axes = self._in_hand[:3, :3] * np.sign(-self._in_hand[2, :3])
            up = axes[:, int(np.argmin(axes[2]))]
        turn = np.cross(up, _UP)
        size = float(np.linalg.norm(turn))
        if size < 1e-6:
            return np.eye(3) if up[2] > 0 else rotation_about((1, 0, 0), math.pi)
        return rotation_about(turn / size, math.atan2(size, float(up[2])))

    def _reach(self, upright: np.ndarray) -> np.ndarray:
        """Return how far the object reaches from its middle along its own vertical frame's axes, (3,)."""
        return np.abs(upright @ self._in_hand[:3, :3]) @ self._held.size / 2

    def _free_spots(self, reach: np.ndarray) -> list[Spot]:
        place = self._place
        best = _BEST_ROOFED if place.mechanism == DOOR else _BEST
        found = spots(self._world, place, _radius(reach), self._base[:2, 3], self._inside, best)
        heap = self._heap()
        wide = float(min(place.size[:2])) / 2 - 0.02 > float(max(reach[:2]))
        if self._inside and not found and wide and heap + float(reach[2]) <= place.top:
            # Full, or nearly: it may lie on what is in there already.
            return [Spot(float(place.centre[0]), float(place.centre[1]), heap, 0.0)]
        return found

    def _heap(self) -> float:
        world, place = self._world, self._place
        tops = [o.top for o in world.objects if world.container_of(o) is place and o.name != world.holding]
        return max([place.bottom + _FLOOR, *tops])

    def _at(self, spot: Spot, upright: np.ndarray, tries: int, job: Job) -> PlacePlan | None:
        """Return a plan for one spot, or None."""
        bottom = self._bottom(spot)
        middle = np.array([spot.x, spot.y, bottom + float(self._reach(upright)[2]), 1.0])
        out = self._way_out(spot)
        targets = self._targets((inverse(self._base) @ middle)[:3], upright, out)
        lines = self._lines(targets, self._rise(bottom), out)
        start = self._kit.robot.joints().q
        lines.sort(key=lambda line: float(np.abs(line[-1] - start).sum()))
        way = self._kit.ways.find(self._planner, [line[-1] for line in lines], job, tries)
        return None if way is None else PlacePlan(spot, way.path, lines[way.goal][::-1])

    def _bottom(self, spot: Spot) -> float:
        """Return the height of the object's underside at which the fingers open."""
        place = self._place
        if not self._inside or place.mechanism == DOOR:
            return spot.z + _DROP
        return max(spot.z + 2 * _DROP, min(place.top - _DEEP, place.top + 0.01))

    def _rise(self, bottom: float) -> np.ndarray:
        """Return the way up after it was put down, (3,)."""
        rise = max(_ABOVE, self._place.top + 0.05 - bottom) if self._inside else _ABOVE
        return np.array([0.0, 0.0, rise])

    def _way_out(self, spot: Spot) -> np.ndarray | None:
        if self._place.mechanism != DOOR:
            return None
        where = transform(xyz=(spot.x, spot.y, float(self._place.centre[2])))
        return way_out(Thing("", where, np.full(3, 0.01), movable=True), self._world, self._base)

    def _targets(self, point: np.ndarray, upright: np.ndarray, out: np.ndarray | None) -> list[np.ndarray]:
        """Return poses of the hand that put the middle of what it holds at a point, upright."""
        # Square to the front of a cabinet, else to the line from the base.
        azimuth = math.atan2(point[1], point[0]) if out is None else math.atan2(-out[1], -out[0])
        rotations = [rotation_z(azimuth + yaw) @ upright for yaw in _YAWS]
        return [transform(rotation, point - rotation @ self._in_hand[:3, 3]) for rotation in rotations]

    def _lines(self, targets: list[np.ndarray], rise: np.ndarray, out: np.ndarray | None) -> list[np.ndarray]:
        """Return straight ways back from where it is put down, as joints, (n, dof) each."""
        planner = self._planner
        solved = self._kit.ik.solve_many(targets, planner, _MARGIN, flip=False)
        starts = [q for solutions in solved for q in solutions[:_SOLUTIONS]]
        if not starts:
            return []
        rows = np.array(starts)
        tips = planner.kinematics.links(rows)[planner.kinematics.tip]
        if out is None:
            routes = [(rows, [shifted(tips, rise)])]
        else:
            # Straight back off it, then out; or straight out where that is along the open fingers beside it.
            back = shifted(tips, -tips[:, :3, 2] * _BACK)
            along = np.abs(tips[:, :3, 1] @ out) <= _SIDEWAYS * float(np.linalg.norm(out))
            routes = [(rows, [back, shifted(back, out)]), (rows[along], [shifted(tips[along], out)])]
        found = []
        for begin, ways in routes:
            traced = planner.trace_many(begin, ways, spacing=0.015) if len(begin) else []
            found += [path for path, count in traced if count == len(ways) and planner.free(path, _MARGIN)]
        return found


def _radius(reach: np.ndarray) -> float:
    """Return the radius of an outline that reaches so far along x and y: what is long may turn, what is square not."""
    x, y = float(reach[0]), float(reach[1])
    return math.hypot(x, y) if min(x, y) < 0.8 * max(x, y) else max(x, y)
