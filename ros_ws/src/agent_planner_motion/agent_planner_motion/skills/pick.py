# SPDX-License-Identifier: Apache-2.0
"""Grasps an object and lifts it."""

import math
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from agent_planner_motion.arm.grasps import Grasp, grasps
from agent_planner_motion.arm.planner import ArmPlanner
from agent_planner_motion.errors import MotionError, NoWay
from agent_planner_motion.skills.arm_motion import Path
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.kit import ArmKit
from agent_planner_motion.spatial import inverse
from agent_planner_motion.world import CONTAINER, DOOR, GRASPABLE, Thing, World

_MOVED = 0.01  # metres that an object may have moved between planning and grasping
_MARGIN = 0.004
_LIFT = 0.10
_SOLUTIONS = 6  # joint vectors looked at for each grasp
_SLIP = 0.035
_ATTEMPTS = 2
_ASKEW = 0.006  # metres by which the fingers may stay further open than what they hold is wide


@dataclass(frozen=True)
class _Lines:
    """Straight ways from a grasp: back to where it begins, and up with the object; joints, (n, dof)."""

    grasp: Grasp
    away: np.ndarray
    up: np.ndarray


@dataclass(frozen=True)
class _Plan:
    grasp: Grasp
    to_pre: Path
    down: np.ndarray  # joint paths, (n, dof)
    up: np.ndarray


class Pick:
    """The skill.

    Args:
        kit: the arm.
    """

    def __init__(self, kit: ArmKit):
        self._kit = kit

    def run(self, name: str, job: Job) -> None:
        """Carry it out.

        Raises:
            MotionError: with a code of the Pick action.
            CancelRequested: the arm is at rest.
        """
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                self._grasp_and_lift(name, job)
            except MotionError as error:
                if error.code != "GRASP_FAILED" or not attempts_left:
                    raise
                # The hand is empty and back where it began, the object perhaps turned: it is looked at again.
            else:
                return

    def _grasp_and_lift(self, name: str, job: Job) -> None:
        kit = self._kit
        world = kit.fresh_world(job)
        self._check(name, world)
        job.tell("APPROACHING")
        plan = self._plan(name, world, job)
        kit.motion.follow_while_gripping(plan.to_pre, job, self._opening(plan))
        kit.motion.grip(self._opening(plan), job)
        seen = kit.fresh_world(job)
        if self._moved(name, world, seen):
            plan = self._plan(name, seen, job)
            kit.motion.follow(plan.to_pre, job)
        job.tell("GRASPING")
        kit.motion.follow(plan.down, job, speed=0.6)
        opening = kit.motion.grip(0.0, job)
        self._check_grip(name, plan, opening, self._widest(seen.thing(name, "GRASP_FAILED")), job)
        grasped = self._in_hand(kit.fresh_world(job).thing(name, "GRASP_FAILED"))
        kit.held_up = kit.kinematics.pose(kit.robot.joints().q)[2, :3].copy()
        job.tell("LIFTING")
        kit.motion.follow(plan.up, job, speed=0.6)
        self._check_held(name, grasped, opening, "was left behind when the hand rose", job)
        job.tell("RETRACTING")
        self._retract(job)
        self._check_held(name, grasped, opening, "did not stay in the hand on the way", job)

    def _check(self, name: str, world: World) -> None:
        thing = world.thing(name, "UNKNOWN_OBJECT", world.objects)
        if not thing.can(GRASPABLE):
            raise MotionError("UNKNOWN_OBJECT", f"'{name}' is not graspable")
        if world.holding:
            raise MotionError("HAND_NOT_FREE", f"the hand holds '{world.holding}'; place it first")
        self._kit.in_reach(thing, self._kit.robot.base().matrix)

    def _opening(self, plan: _Plan) -> float:
        return min(self._kit.hand.max_opening, plan.grasp.width + 0.035)

    @staticmethod
    def _moved(name: str, before: World, after: World) -> bool:
        a, b = before.thing(name, "UNKNOWN_OBJECT"), after.thing(name, "UNKNOWN_OBJECT")
        return float(np.linalg.norm(a.centre - b.centre)) > _MOVED

    def _plan(self, name: str, world: World, job: Job) -> _Plan:
        kit = self._kit
        base = kit.robot.base().matrix
        thing = world.thing(name, "UNKNOWN_OBJECT", world.objects)
        planner = kit.planner(world, base, without=(name,))
        local = np.linalg.inv(base) @ thing.pose
        out = way_out(thing, world, base)
        flattest = math.radians(35.0) if out is not None else 0.0
        tried = 0
        spare: list[_Lines] = []
        for group in grasps(local, thing.size, kit.hand, flattest):
            job.check()
            tried += len(group)
            spare += self._lines(planner, group, out)
            plan = self._reach(planner, spare, 60, job)
            if plan is not None:
                return plan
        job.check()
        plan = self._reach(planner, spare, 600, job)
        if plan is not None:
            return plan
        raise MotionError(
            "NO_IK",
            f"none of {tried} ways to grasp '{name}' can be reached from here "
            f"({float(np.linalg.norm(local[:2, 3])):.2f} m away, {thing.centre[2]:.2f} m high); "
            f"another approach may do{kit.ways.why(job)}",
        )

    def _lines(self, planner: ArmPlanner, group: list[Grasp], out: np.ndarray | None) -> list[_Lines]:
        """Return the straight ways to and from some grasps that are free."""
        solved = self._kit.ik.solve_many([g.pose for g in group], planner, _MARGIN)
        rows = [(grasp, q) for grasp, solutions in zip(group, solved, strict=True) for q in solutions[:_SOLUTIONS]]
        if not rows:
            return []
        starts = np.array([q for _, q in rows])
        tips = planner.kinematics.links(starts)[planner.kinematics.tip]
        found = []
        for rise in (_LIFT,) if out is None else (0.02, 0.05):
            above = shifted(tips, np.array([0.0, 0.0, rise]))
            if out is None:
                back = shifted(tips, -tips[:, :3, 2] * _LIFT)
                ways = zip(planner.trace_many(starts, [back]), planner.trace_many(starts, [above]), strict=True)
                ends = [((away, n == 1), (up, m == 1)) for (away, n), (up, m) in ways]
            else:
                # With open fingers around the object only straight back, then out; with it in the hand, up and out.
                back = shifted(tips, -tips[:, :3, 2] * rise * 3)
                aways = planner.trace_many(starts, [back, shifted(back, out)], spacing=0.015)
                ups = planner.trace_many(starts, [above, shifted(above, out)], spacing=0.015)
                ends = [((away, n == 2), (up, m == 2)) for (away, n), (up, m) in zip(aways, ups, strict=True)]
            for (grasp, _), ((away, reached), (up, rose)) in zip(rows, ends, strict=True):
                if reached and rose and planner.free(away, _MARGIN) and planner.free(up, _MARGIN):
                    found.append(_Lines(grasp, away, up))
        return found

    def _reach(self, planner: ArmPlanner, lines: list[_Lines], tries: int, job: Job) -> _Plan | None:
        start = self._kit.robot.joints().q
        order = sorted(lines, key=lambda line: float(np.abs(line.away[-1] - start)[:-1].sum()))
        way = self._kit.ways.find(planner, [line.away[-1] for line in order], job, tries)
        if way is None:
            return None
        line = order[way.goal]
        return _Plan(line.grasp, way.path, line.away[::-1], line.up)

    @staticmethod
    def _widest(thing: Thing) -> float:
        """Return the opening up to which a thing counts as held (agent_planner.scene.geometry), metres."""
        return float(np.sort(thing.size)[1]) + _ASKEW

    def _check_grip(self, name: str, plan: _Plan, opening: float, widest: float, job: Job) -> None:
        if max(0.003, 0.5 * plan.grasp.width) <= opening <= widest:
            return
        self._kit.motion.grip(self._opening(plan), job)
        self._kit.motion.follow(plan.down[::-1], job)
        raise MotionError(
            "GRASP_FAILED",
            f"the fingers closed to {opening * 1000:.0f} mm where '{name}' should be "
            f"{plan.grasp.width * 1000:.0f} mm wide",
        )

    def _in_hand(self, thing: Thing) -> np.ndarray:
        """Return where the middle of a thing is in the frame of the hand, (3,)."""
        kit = self._kit
        hand = kit.robot.base().matrix @ kit.kinematics.pose(kit.robot.joints().q)
        return (inverse(hand) @ thing.pose)[:3, 3]

    def _check_held(self, name: str, grasped: np.ndarray, opening: float, what: str, job: Job) -> None:
        """Check that the object moved with the hand and that the fingers still feel it."""
        kit = self._kit
        thing = kit.fresh_world(job).things.get(name)
        now = kit.robot.joints().opening
        if thing is None:
            told = "is no longer seen"
        else:
            moved = float(np.linalg.norm(self._in_hand(thing) - grasped))
            if moved <= _SLIP and max(0.003, opening - 0.012) <= now <= self._widest(thing):
                return
            told = f"is {moved * 100:.0f} cm from where it was grasped"
        kit.held_up = None
        raise MotionError("SLIPPED", f"'{name}' {what}: it {told}, the fingers are at {now * 1000:.0f} mm")

    def _retract(self, job: Job) -> None:
        # It is in the hand and lifted: that is what was asked for. The base stows before it drives.
        with suppress(NoWay):
            self._kit.carry(job, speed=0.8)


def shifted(poses: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Return poses, (n, 4, 4), moved by a vector."""
    moved = poses.copy()
    moved[:, :3, 3] += by
    return moved


def way_out(thing: Thing, world: World, base: np.ndarray) -> np.ndarray | None:
    """Return the way out of a cabinet for the hand, (3,), base frame, or None if nothing is above the thing."""
    container = world.container_of(thing)
    if container is None or container.mechanism != DOOR or not container.can(CONTAINER):
        return None
    front = world.front_of(container)
    if front is None:
        return None
    local = np.linalg.inv(base[:3, :3]) @ np.array([front[0], front[1], 0.0])
    depth = float(front @ (container.centre[:2] - thing.centre[:2])) + float(container.size[:2].max()) / 2
    return local * (depth + 0.10)
