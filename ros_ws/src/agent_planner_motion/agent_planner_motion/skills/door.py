# SPDX-License-Identifier: Apache-2.0
"""Opens and closes drawers and doors by their handles."""

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import numpy as np

from agent_planner_motion.base.floor import in_the_way
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.errors import Interrupted, MissingData, MotionError, NoWay
from agent_planner_motion.skills.arm_motion import Tolerance
from agent_planner_motion.skills.base_motion import BaseMotion
from agent_planner_motion.skills.handle_plan import HandlePlan, HandlePlanner, retreat
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.kit import NARROW, ArmKit
from agent_planner_motion.spatial import wrapped
from agent_planner_motion.world import DRAWER, OPENABLE, Thing, World

_OPEN, _CLOSED = 0.5, 0.1  # the scene's own limits of open and closed
_DONE = 0.88  # from here on nobody would open it further
_ROUNDS = 3
_MOST_TURN = 0.7  # radians that the base may be turned to face a drawer
_COMFORTABLE = 0.50  # metres from base to handle at which the arm takes it easily
_HAIR = 0.004  # metres driven further than the travel
_BAR = 0.008  # thinner than any handle: less between the fingers means that they missed it
# Pulling bends the arm; that it moved is judged on the drawer, not on the joints.
_PULL = Tolerance(arrived=0.02, accepted=0.3, give=0.3)


class Door:
    """The skill.

    Args:
        kit: the arm.
        base: the base, which pulls drawers.
        radius: of the base's footprint, metres.
    """

    def __init__(self, kit: ArmKit, base: BaseMotion, radius: float):
        self._kit = kit
        self._base = base
        self._radius = radius

    def run(self, name: str, open_it: bool, job: Job) -> None:
        """Carry it out.

        Raises:
            MotionError: with a code of the OperateDoor action.
            CancelRequested: the arm is at rest.
        """
        kit = self._kit
        thing = self._check(name, kit.fresh_world(job))
        before = thing.opening
        for number in range(_ROUNDS):
            if self._enough(thing, open_it, number):
                break
            job.tell("APPROACHING")
            moved = self._by_driving(thing, open_it, job) if thing.mechanism == DRAWER else False
            if not moved and not self._by_arm(thing, open_it, job):
                if number == 0:
                    raise MotionError(
                        "NO_IK",
                        f"the handle of '{name}' cannot be taken and moved from here "
                        f"({self._handle_distance(thing):.2f} m away); another approach may do{kit.ways.why(job)}",
                    )
                break
            thing = kit.fresh_world(job).thing(name, "UNKNOWN_TARGET")
        job.tell("RETRACTING")
        # The hand has let go; the base stows before it drives.
        with suppress(NoWay):
            kit.carry(job)
        self._verify(name, open_it, before, job)

    def _by_arm(self, thing: Thing, open_it: bool, job: Job) -> bool:
        """Lead the handle along its way with the arm alone; tell whether a plan was found."""
        plan = HandlePlanner(self._kit).plan(thing, 1.0 if open_it else 0.0, job)
        if plan is None:
            return False
        self._take(plan, job)
        job.tell("MOVING")
        with self._letting_go(job):
            self._kit.motion.follow(plan.along, job, speed=0.35, tolerance=_PULL)
        return True

    def _by_driving(self, thing: Thing, open_it: bool, job: Job) -> bool:
        """Hold the handle and drive straight back (or on); tell whether there was room and a plan.

        A drawer that comes out all the way would end where the arm can hardly fold.
        """
        kit = self._kit
        assert thing.handle is not None
        outward = thing.handle[:2, 0]
        square = math.atan2(-outward[1], -outward[0])
        pose = kit.robot.base().pose
        way = thing.travel * (thing.opening - 1.0 if open_it else thing.opening)
        if abs(wrapped(square - pose.yaw)) > _MOST_TURN or not self._room(thing, pose, outward, way):
            return False
        self._base.turn_to(square, job)
        short = _COMFORTABLE - float(outward @ (np.array([pose.x, pose.y]) - thing.handle[:2, 3]))
        if short > 0.02 and self._room(thing, pose, outward, -short):
            self._base.straight(-short, job)
        plan = HandlePlanner(kit).hold(thing, 1.0 if open_it else 0.0, way, job)
        if plan is None:
            return False
        self._take(plan, job)
        job.tell("MOVING")
        with self._letting_go(job):
            self._base.straight(way + math.copysign(_HAIR, way), job)
        return True

    def _room(self, thing: Thing, pose: Pose2, outward: np.ndarray, way: float) -> bool:
        """Whether the base can drive back that far (driving on, it pushes what would be in its way)."""
        if way > 0:
            return True
        grid, world = self._kit.robot.grid(), self._kit.robot.world()
        # How far it sticks out itself is what the base drives back for.
        places = tuple(replace(p, opening=0.0) if p.name == thing.name else p for p in world.places)
        grid = grid.with_boxes(in_the_way(replace(world, places=places), grid))
        steps = np.linspace(0.1, 1.0, 10) * -way
        points = [np.array([pose.x, pose.y]) + outward * step for step in steps]
        return all(grid.clearance_at(*p) >= self._radius for p in points)

    def _check(self, name: str, world: World) -> Thing:
        thing = world.thing(name, "UNKNOWN_TARGET")
        if not thing.can(OPENABLE) or thing.handle is None:
            openable = [p.name for p in world.places if p.can(OPENABLE)]
            raise MotionError(
                "NOT_OPENABLE", f"'{name}' cannot be opened or closed; these can: {', '.join(openable) or 'none'}"
            )
        if world.holding:
            raise MotionError("HAND_NOT_FREE", f"the hand holds '{world.holding}'; place it first")
        self._kit.in_reach(thing, self._kit.robot.base().matrix, thing.handle[:3, 3])
        return thing

    @staticmethod
    def _enough(thing: Thing, open_it: bool, number: int) -> bool:
        if open_it:
            return thing.opening >= _DONE or (number == 2 and thing.opening > _OPEN + 0.1)
        return thing.opening <= 0.04

    def _handle_distance(self, thing: Thing) -> float:
        assert thing.handle is not None
        return self._kit.robot.base().pose.distance(*thing.handle[:2, 3])

    def _take(self, plan: HandlePlan, job: Job) -> None:
        kit = self._kit
        kit.motion.follow_while_gripping(plan.to_pre, job, NARROW)
        kit.motion.grip(NARROW, job)
        kit.motion.follow(plan.near, job, speed=0.5)
        job.tell("GRASPING")
        if kit.motion.grip(0.0, job) < _BAR:
            kit.motion.grip(NARROW, job)
            kit.motion.follow(plan.near[::-1], job, speed=0.5)
            raise MotionError("NOT_REACHED", "the fingers closed beside the handle")

    @contextmanager
    def _letting_go(self, job: Job) -> Iterator[None]:
        """Let go of the handle after a motion with it, also of one that fails."""
        try:
            yield
        except (Interrupted, MissingData):
            raise  # somebody stops the arm, or it is not seen: nothing may move
        except MotionError as error:
            try:
                job.check()
                self._let_go(job)
            except MotionError as why:
                told = f"{error.message}; the hand has not let go of the handle: {why.message}"
                raise MotionError(error.code, told) from error
            raise
        self._let_go(job)

    def _let_go(self, job: Job) -> None:
        kit = self._kit
        kit.motion.grip(NARROW, job)
        q = kit.robot.joints().q
        pose = kit.kinematics.pose(q)
        planner = kit.planner(kit.robot.world(), kit.robot.base().matrix, narrow=True)
        targets = retreat(pose)
        for wanted in range(len(targets), 0, -1):
            path, count = planner.trace(q, targets[:wanted])
            if count == wanted and (wanted <= 2 or planner.free(path, 0.0)):
                kit.motion.follow(path, job, speed=0.6)
                return

    def _verify(self, name: str, open_it: bool, before: float, job: Job) -> None:
        thing = self._kit.fresh_world(job).thing(name, "UNKNOWN_TARGET")
        if open_it and thing.opening < _OPEN or not open_it and thing.opening > _CLOSED:
            raise MotionError(
                "NOT_MOVED",
                f"'{name}' is {thing.opening * 100:.0f} % open (before: {before * 100:.0f} %), it should be "
                f"{'over 50' if open_it else 'under 10'} %",
            )
