# SPDX-License-Identifier: Apache-2.0
"""Opens and closes drawers and doors by their handles."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from agent_planner_motion.arm.handles import handle_grasps, motion_of, moved
from agent_planner_motion.arm.planner import ArmPlanner
from agent_planner_motion.errors import MotionError
from agent_planner_motion.skills.arm_motion import Tolerance
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.kit import NARROW, ArmKit
from agent_planner_motion.spatial import inverse, transform
from agent_planner_motion.world import OPENABLE, Thing, World

_STEP = 0.05  # share of the travel between poses on the way
_OPEN, _CLOSED = 0.5, 0.1  # the scene's own limits of open and closed
_DONE = 0.88  # from here on nobody would open it further
_GOOD = -0.1  # worth of a plan from which on no better one is looked for
_BACK = 0.09
_ROUNDS = 3
_MARGIN = 0.001
_BAR = 0.008  # thinner than any handle: less between the fingers means that they missed it
# Pulling bends the arm; that it moved is judged on the drawer, not on the joints.
_PULL = Tolerance(arrived=0.02, accepted=0.3)


@dataclass(frozen=True)
class _Plan:
    to_pre: np.ndarray  # joint paths, (n, dof)
    near: np.ndarray
    along: np.ndarray
    reached: float  # share of the travel at its end

    def worth(self, wanted: float) -> float:
        """Tell how good it is: far along the travel, with little turning of joints; at most 0."""
        turning = float(np.ptp(self.along, axis=0).max())
        return -abs(self.reached - wanted) - 0.15 * max(0.0, turning - 1.0)


class Door:
    """The skill.

    Args:
        kit: the arm.
    """

    def __init__(self, kit: ArmKit):
        self._kit = kit

    def run(self, name: str, open_it: bool, job: Job) -> None:
        """Carry it out.

        Raises:
            MotionError: with a code of the OperateDoor action.
            CancelRequested: the arm is at rest.
        """
        kit = self._kit
        thing = self._check(name, kit.fresh_world(job))
        before = thing.opening
        wanted = 1.0 if open_it else 0.0
        for number in range(_ROUNDS):
            if self._enough(thing, open_it, number):
                break
            job.tell("APPROACHING")
            plan = self._plan(thing, wanted, job)
            if plan is None:
                if number == 0:
                    raise MotionError(
                        "NO_IK",
                        f"the handle of '{name}' cannot be taken and moved from here "
                        f"({self._handle_distance(thing):.2f} m away); another approach may do",
                    )
                break
            self._carry_out(plan, job)
            thing = kit.fresh_world(job).thing(name, "UNKNOWN_TARGET")
        job.tell("RETRACTING")
        try:
            kit.carry(job)
        except MotionError as error:
            if error.code != "NOT_REACHED":
                raise
            # The hand has let go; the base stows before it drives.
        self._verify(name, open_it, before, job)

    def _check(self, name: str, world: World) -> Thing:
        thing = world.thing(name, "UNKNOWN_TARGET")
        if not thing.can(OPENABLE) or thing.handle is None:
            openable = [p.name for p in world.places if p.can(OPENABLE)]
            raise MotionError("NOT_OPENABLE", f"'{name}' cannot be opened or closed; these can: {', '.join(openable) or 'none'}")
        if world.holding:
            raise MotionError("HAND_NOT_FREE", f"the hand holds '{world.holding}'; place it first")
        self._kit.in_reach(thing, self._kit.robot.base().pose.matrix, thing.handle[:3, 3])
        return thing

    @staticmethod
    def _enough(thing: Thing, open_it: bool, number: int) -> bool:
        if open_it:
            return thing.opening >= _DONE or (number == 2 and thing.opening > _OPEN + 0.1)
        return thing.opening <= 0.04

    def _handle_distance(self, thing: Thing) -> float:
        assert thing.handle is not None
        return self._kit.robot.base().pose.distance(*thing.handle[:2, 3])

    def _plan(self, thing: Thing, wanted: float, job: Job) -> _Plan | None:
        kit = self._kit
        world = kit.robot.world()
        base = kit.robot.base().pose.matrix
        planner = kit.planner(world, base, (f"{thing.name} handle",), narrow=True)
        start = kit.robot.joints().q
        shares = np.arange(1, max(1, round(abs(wanted - thing.opening) / _STEP)) + 1)
        ways = [float(thing.opening + (wanted - thing.opening) * i / len(shares)) for i in shares]
        best: _Plan | None = None
        for grasp in handle_grasps(thing, base):
            job.check()
            for along, count in self._ways(planner, grasp, thing, ways, world, base):
                plan = self._complete(planner, start, along, count, grasp, thing, ways, world, base)
                if plan is not None and (best is None or plan.worth(wanted) > best.worth(wanted)):
                    best = plan
            if best is not None and best.worth(wanted) > _GOOD:
                break
        return best

    def _ways(
        self, planner: ArmPlanner, grasp: np.ndarray, thing: Thing, ways: list[float], world: World, base: np.ndarray
    ) -> Iterator[tuple[np.ndarray, int]]:
        """Give motions with the handle: found from where it is, and from where it shall be (the tighter end)."""
        kit = self._kit
        targets = self._targets(grasp, thing, ways, base)
        for q in kit.ik.solve(grasp, planner, _MARGIN)[:2]:
            yield planner.trace(q, targets)
        part = moved(thing, ways[-1])
        places = tuple(part if p.name == thing.name else p for p in world.places)
        there = kit.planner(replace(world, places=places), base, (f"{thing.name} handle",), narrow=True)
        for q in kit.ik.solve(targets[-1], there, -0.004, flip=False)[:2]:
            path, count = planner.trace(q, [*targets[-2::-1], grasp])
            if count == len(targets) and planner.clearance(path[-1])[0] >= _MARGIN:
                yield path[::-1], len(targets)

    @staticmethod
    def _targets(grasp: np.ndarray, thing: Thing, ways: list[float], base: np.ndarray) -> list[np.ndarray]:
        into_base = inverse(base)
        return [into_base @ motion_of(thing, share) @ base @ grasp for share in ways]

    def _complete(
        self, planner: ArmPlanner, start: np.ndarray, along: np.ndarray, count: int, grasp: np.ndarray, thing: Thing,
        ways: list[float], world: World, base: np.ndarray,
    ) -> _Plan | None:  # fmt: skip
        targets = self._targets(grasp, thing, ways, base)
        count = self._free_until(along, ways[:count], targets, thing, world, base)
        if count < max(1, min(3, len(ways))):
            return None
        along = self._cut(along, targets[count - 1])
        back = planner.line_path(along[0], [transform(xyz=-grasp[:3, 2] * _BACK) @ grasp], margin=_MARGIN)
        if back is None:
            return None
        to_pre = planner.joint_path(start, [back[-1]])
        if to_pre is None:
            return None
        return _Plan(to_pre, back[::-1], along, ways[count - 1])

    def _free_until(
        self, along: np.ndarray, ways: list[float], targets: list[np.ndarray], thing: Thing, world: World, base: np.ndarray
    ) -> int:
        """Return how many steps can be made without touching what is around, the moving part included."""
        kit = self._kit
        for i in range(0, len(ways), 2):
            part = moved(thing, ways[i])
            places = tuple(part if p.name == thing.name else p for p in world.places)
            planner = kit.planner(replace(world, places=places), base, (f"{thing.name} handle",), narrow=True)
            if planner.clearance(self._cut(along, targets[i])[-1])[0] < -0.004:
                return i
        return len(ways)

    def _cut(self, along: np.ndarray, target: np.ndarray) -> np.ndarray:
        tips = self._kit.kinematics.links(along)[self._kit.kinematics.tip][:, :3, 3]
        return along[: int(np.argmin(np.linalg.norm(tips - target[:3, 3], axis=1))) + 1]

    def _carry_out(self, plan: _Plan, job: Job) -> None:
        kit = self._kit
        kit.robot.send_gripper(NARROW)
        kit.motion.follow(plan.to_pre, job)
        kit.motion.grip(NARROW, job)
        kit.motion.follow(plan.near, job, speed=0.5)
        job.tell("GRASPING")
        if kit.motion.grip(0.0, job) < _BAR:
            kit.motion.grip(NARROW, job)
            kit.motion.follow(plan.near[::-1], job, speed=0.5)
            raise MotionError("NOT_REACHED", "the fingers closed beside the handle")
        job.tell("MOVING")
        kit.motion.follow(plan.along, job, speed=0.35, tolerance=_PULL)
        kit.motion.grip(NARROW, job)
        self._let_go(job)

    def _let_go(self, job: Job) -> None:
        kit = self._kit
        q = kit.robot.joints().q
        pose = kit.kinematics.pose(q)
        planner = kit.planner(kit.robot.world(), kit.robot.base().pose.matrix, narrow=True)
        back = [transform(xyz=-pose[:3, 2] * distance) @ pose for distance in (0.03, 0.05, 0.07, _BACK)]
        path, count = planner.trace(q, back)
        if count:
            kit.motion.follow(path, job, speed=0.6)

    def _verify(self, name: str, open_it: bool, before: float, job: Job) -> None:
        thing = self._kit.fresh_world(job).thing(name, "UNKNOWN_TARGET")
        if open_it and thing.opening < _OPEN or not open_it and thing.opening > _CLOSED:
            raise MotionError(
                "NOT_MOVED",
                f"'{name}' is {thing.opening * 100:.0f} % open (before: {before * 100:.0f} %), it should be "
                f"{'over 50' if open_it else 'under 10'} %",
            )
