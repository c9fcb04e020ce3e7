# SPDX-License-Identifier: Apache-2.0
"""Plans how to take a handle and where to lead it: many grasps at once, the best free one is kept."""

from dataclasses import dataclass, replace

import numpy as np

from agent_planner_motion.arm.handles import handle_grasps, motion_of, moved
from agent_planner_motion.arm.planner import ArmPlanner
from agent_planner_motion.skills.arm_motion import Path
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.kit import ArmKit
from agent_planner_motion.spatial import inverse, transform
from agent_planner_motion.world import Thing

_STEP = 0.05  # share of the travel between poses on the way
_BACK = 0.09  # metres from which the hand comes to the handle
_MARGIN, _MARGIN_MOVING = 0.003, -0.002
_GOOD = -0.1  # worth of a plan from which on no better one is looked for
_LOOKED_AT = 14
_NO_PROGRESS = 0.1


@dataclass(frozen=True)
class HandlePlan:
    """Paths of the joints: to the pre-grasp, to the handle, along with it."""

    to_pre: Path
    near: np.ndarray  # (n, dof)
    along: np.ndarray
    worth: float


@dataclass(frozen=True)
class _Way:
    """One motion with the handle: the pose of the hand it begins with, its path, the share of the travel it reaches."""

    targets: list[np.ndarray]
    along: np.ndarray
    count: int

    def worth(self, shares: list[float]) -> float:
        """Tell how good it is: far along the travel, with little turning of joints; at most 0."""
        if self.count == 0:
            return -9.0
        turning = float(np.ptp(self.along, axis=0).max())
        return -abs(shares[self.count - 1] - shares[-1]) - 0.15 * max(0.0, turning - 1.0)

    def until(self, count: int, tips: np.ndarray) -> "_Way":
        """Return its beginning, up to one of its targets."""
        end = int(np.argmin(np.linalg.norm(tips - self.targets[count][:3, 3], axis=1))) + 1
        return _Way(self.targets, self.along[:end], count)


class HandlePlanner:
    """Plans for one arm where the robot stands.

    Args:
        kit: the arm.
    """

    def __init__(self, kit: ArmKit):
        self._kit = kit
        self._world = kit.robot.world()
        self._base = kit.robot.base().matrix

    def plan(self, thing: Thing, wanted: float, job: Job) -> HandlePlan | None:
        """Return the best plan, which need not reach all the way, or None.

        Args:
            thing: a drawer or door as it is now.
            wanted: share of its travel.
            job: the goal.
        """
        steps = max(1, round(abs(wanted - thing.opening) / _STEP))
        shares = [float(s) for s in np.linspace(thing.opening, wanted, steps + 1)[1:]]
        ways = sorted(self._ways(thing, shares), key=lambda way: -way.worth(shares))
        best: HandlePlan | None = None
        for way in ways[:_LOOKED_AT]:
            job.check()
            if best is not None and way.worth(shares) <= best.worth:
                break
            plan = self._complete(way, thing, shares, job)
            if plan is not None and (best is None or plan.worth > best.worth):
                best = plan
            if best is not None and best.worth > _GOOD:
                break
        return best

    def hold(self, thing: Thing, share: float, way: float, job: Job) -> HandlePlan | None:
        """Return a plan to take the handle only: it will be the base that moves it.

        Args:
            thing: a drawer as it is now.
            share: of its travel, at the end.
            way: that the base will drive straight on (or back, if negative), metres.
            job: the goal.
        """
        kit = self._kit
        here = self._planner(thing, thing.opening)
        there = self._planner(thing, share, self._base @ transform(xyz=(way, 0.0, 0.0)))
        poses = handle_grasps(thing, self._base)
        for solutions in kit.ik.solve_many(poses, here, _MARGIN):
            for q in solutions[:3]:
                job.check()
                plan = self._complete(_Way([kit.kinematics.pose(q)], q[None], 0), thing, [], job, there)
                if plan is not None:
                    return plan
        return None

    def _planner(self, thing: Thing, share: float, base: np.ndarray | None = None) -> ArmPlanner:
        # As the world will be when the part has been moved that far; its handle may be touched.
        part = moved(thing, share)
        places = tuple(part if p.name == thing.name else p for p in self._world.places)
        world = replace(self._world, places=places)
        where = self._base if base is None else base
        return self._kit.planner(world, where, (f"{thing.name} handle",), narrow=True)

    def _ways(self, thing: Thing, shares: list[float]) -> list[_Way]:
        """Return motions with the handle: found from where it is, and from where it shall be.

        Either end can be the tighter one, and a solution for the tighter end is what reaches the other.
        """
        kit = self._kit
        into_base = inverse(self._base)
        motions = [into_base @ motion_of(thing, share) @ self._base for share in (thing.opening, *shares)]
        routes = [[motion @ grasp for motion in motions] for grasp in handle_grasps(thing, self._base)]
        here, there = self._planner(thing, thing.opening), self._planner(thing, shares[-1])
        found: list[_Way] = []
        for planner, other, forwards in ((here, there, True), (there, here, False)):
            first = 0 if forwards else -1
            solved = kit.ik.solve_many(
                [route[first] for route in routes], planner, _MARGIN if forwards else _MARGIN_MOVING, flip=forwards
            )
            rows = [(q, route) for route, solutions in zip(routes, solved, strict=True) for q in solutions[:2]]
            if not rows:
                continue
            order = [route if forwards else route[::-1] for _, route in rows]
            poses = kit.kinematics.links(np.array([q for q, _ in rows]))[kit.kinematics.tip]
            # A solution with the fingers swapped goes the same way, half turned.
            turned = [inverse(route[0]) @ pose for route, pose in zip(order, poses, strict=True)]
            order = [[pose @ turn for pose in route] for route, turn in zip(order, turned, strict=True)]
            targets = [np.array(column) for column in zip(*order, strict=True)][1:]
            traced = other.trace_many(np.array([q for q, _ in rows]), targets, spacing=0.015)
            for route, (path, count) in zip(order, traced, strict=True):
                if forwards:
                    found.append(_Way(route, path, count))
                elif count == len(shares):
                    found.append(_Way(route[::-1], path[::-1], count))
        return found

    def _complete(
        self, way: _Way, thing: Thing, shares: list[float], job: Job, there: ArmPlanner | None = None
    ) -> HandlePlan | None:
        here = self._planner(thing, thing.opening)
        if shares:
            way = self._free_part(way, thing, shares)
            least = min(_NO_PROGRESS, abs(shares[-1] - thing.opening))
            if way.count == 0 or abs(shares[way.count - 1] - thing.opening) < least:
                return None
        grasp = way.targets[0]
        back = here.line_path(way.along[0], [transform(xyz=-grasp[:3, 2] * _BACK) @ grasp], margin=_MARGIN)
        if back is None or here.clearance(way.along[0])[0] < _MARGIN:
            return None
        end = there or self._planner(thing, shares[way.count - 1])
        if end.clearance(way.along[-1])[0] < _MARGIN_MOVING:
            return None
        away, steps = end.trace(way.along[-1], retreat(way.targets[way.count])[:2])
        if steps < 2 or not end.free(away, 0.0):
            return None  # the hand could not let go of it there
        to_pre = self._kit.ways.find(here, [back[-1]], job)
        if to_pre is None:
            return None
        return HandlePlan(to_pre.path, back[::-1], way.along, way.worth(shares) if shares else 0.0)

    def _free_part(self, way: _Way, thing: Thing, shares: list[float]) -> _Way:
        """Return the beginning of a way in which nothing is touched, the moving part included."""
        tips = self._kit.kinematics.links(way.along)[self._kit.kinematics.tip][:, :3, 3]
        checked = sorted({*range(2, way.count, 3), way.count})
        good = 0
        for count in checked:
            part = way.until(count, tips)
            if self._planner(thing, shares[count - 1]).clearance(part.along[-1])[0] < _MARGIN_MOVING:
                break
            good = count
        return way.until(good, tips)


def retreat(pose: np.ndarray) -> list[np.ndarray]:
    """Return poses of the hand on its way straight back from a handle."""
    return [transform(xyz=-pose[:3, 2] * distance) @ pose for distance in (0.03, 0.05, 0.07, _BACK)]
