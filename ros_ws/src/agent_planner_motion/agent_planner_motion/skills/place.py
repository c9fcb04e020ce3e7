# SPDX-License-Identifier: Apache-2.0
"""Puts down what is in the hand, on a surface or in a container."""

import math
from dataclasses import dataclass

import numpy as np

from agent_planner_motion.arm.planner import ArmPlanner
from agent_planner_motion.arm.spots import Spot, spots, spread
from agent_planner_motion.errors import MotionError
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.kit import ArmKit
from agent_planner_motion.skills.pick import shifted, way_out
from agent_planner_motion.spatial import inverse, rotation_about, rotation_z, transform
from agent_planner_motion.world import CONTAINER, DOOR, SURFACE, Thing, World

_UP = np.array([0.0, 0.0, 1.0])
_MARGIN = -0.002  # what is in the hand touches what it is put on
_SPOTS, _SOLUTIONS = 10, 3
_BACK = 0.06
_ABOVE = 0.10  # metres above the spot from which it is lowered
_DROP = 0.004  # metres above a surface at which the fingers open
_DEEP = 0.09  # an object need not be lowered further than this under a container's rim
_YAWS = tuple(math.radians(a) for a in (0, 45, -45, 90, -90, 135, -135, 180))


@dataclass(frozen=True)
class _Plan:
    spot: Spot
    to_pre: np.ndarray  # joint paths, (n, dof)
    down: np.ndarray


class Place:
    """The skill.

    Args:
        kit: the arm.
    """

    def __init__(self, kit: ArmKit):
        self._kit = kit

    def run(self, name: str, target: str, inside: bool, job: Job) -> None:
        """Carry it out.

        Args:
            name: what is thought to be in the hand; empty: whatever is in it.
            target: entity to put it on or in.
            inside: in rather than on.
            job: the goal.

        Raises:
            MotionError: with a code of the Place action.
            CancelRequested: the arm is at rest.
        """
        kit = self._kit
        world = kit.fresh_world(job)
        held = self._check(name, target, inside, world)
        place = world.thing(target, "UNKNOWN_TARGET")
        job.tell("APPROACHING")
        plan = self._plan(held, place, inside, world, job)
        kit.motion.follow(plan.to_pre, job, speed=0.8)
        self._still_held(held, job)
        job.tell("LOWERING")
        kit.motion.follow(plan.down, job, speed=0.5)
        job.tell("RELEASING")
        opening = kit.robot.joints().opening
        kit.motion.grip(min(kit.hand.max_opening, opening + 0.04), job)
        kit.held_up = None
        job.tell("RETRACTING")
        kit.motion.follow(plan.down[::-1], job, speed=0.7)
        self._verify(held, target, inside, job)
        try:
            kit.carry(job)
        except MotionError as error:
            if error.code != "NOT_REACHED":
                raise
            # It lies where it should: that is what was asked for. The base stows before it drives.

    def _check(self, name: str, target: str, inside: bool, world: World) -> str:
        place = world.thing(target, "UNKNOWN_TARGET")
        wanted = CONTAINER if inside else SURFACE
        if not place.can(wanted) and not (place.movable and not inside):
            raise MotionError(
                "UNKNOWN_TARGET",
                f"'{target}' is not a {wanted}; it is {', '.join(sorted(place.affordances)) or 'an area'}",
            )
        held = world.holding
        if not held:
            opening = self._kit.robot.joints().opening
            raise MotionError("HAND_EMPTY", f"nothing is in the hand (fingers at {opening * 1000:.0f} mm)")
        if name and name != held:
            raise MotionError("HAND_EMPTY", f"the hand holds '{held}', not '{name}'")
        if name == target:
            raise MotionError("UNKNOWN_TARGET", f"'{name}' cannot be put on itself")
        if inside and not place.is_open:
            raise MotionError("CONTAINER_CLOSED", f"'{target}' is closed; open it first")
        base = self._kit.robot.base().pose.matrix
        nearest = np.clip(place.to_local(base[:3, 3]), -place.size / 2, place.size / 2)
        self._kit.in_reach(place, base, (place.pose @ np.append(nearest, 1.0))[:3])
        return held

    def _plan(self, held: str, place: Thing, inside: bool, world: World, job: Job) -> _Plan:
        kit = self._kit
        base = kit.robot.base().pose.matrix
        thing = world.things[held]
        assert world.end_effector is not None
        in_hand = inverse(world.end_effector) @ thing.pose
        upright = self._upright(in_hand)
        # Seen along its own vertical: how far it reaches sideways and down from its middle.
        turned = upright @ in_hand[:3, :3]
        reach = np.abs(turned) @ thing.size / 2
        radius = float(np.hypot(reach[0], reach[1])) if min(reach[:2]) < 0.8 * max(reach[:2]) else float(max(reach[:2]))
        roofed = place.mechanism == DOOR
        candidates = spots(world, place, radius, base[:2, 3], inside, best=0.4 if roofed else 0.58)
        if inside and not candidates and float(min(place.size[:2])) / 2 - 0.02 > float(max(reach[:2])):
            # Full, or nearly: it may lie on what is in there already.
            candidates = [Spot(float(place.centre[0]), float(place.centre[1]), self._heap(world, place), 0.0)]
        if not candidates:
            raise MotionError("NO_FREE_SPOT", f"no free spot of {2 * radius * 100:.0f} cm was found on '{place.name}'")
        planner = kit.planner(world, base)
        for tries in (60, 400):
            for spot in spread(candidates, _SPOTS):
                job.check()
                bottom = self._bottom(spot, place, inside)
                point = (inverse(base) @ np.array([spot.x, spot.y, bottom + float(reach[2]), 1.0]))[:3]
                out = self._way_out(place, world, base, np.array([spot.x, spot.y, bottom]))
                rise = np.array([0.0, 0.0, self._rise(place, inside, bottom)])
                targets = self._targets(point, in_hand, upright)
                lines = self._lines(planner, targets, rise, out)
                start = kit.robot.joints().q
                lines.sort(key=lambda line: float(np.abs(line[-1] - start).sum()))
                to_pre = planner.joint_path(start, [line[-1] for line in lines], tries) if lines else None
                if to_pre is not None:
                    line = min(lines, key=lambda line: float(np.abs(line[-1] - to_pre[-1]).max()))
                    return _Plan(spot, to_pre, line[::-1])
        raise MotionError(
            "NO_IK",
            f"none of {len(candidates)} free spots on '{place.name}' can be reached from here "
            f"({float(np.linalg.norm(place.centre[:2] - base[:2, 3])):.2f} m away); another approach may do",
        )

    @staticmethod
    def _targets(point: np.ndarray, in_hand: np.ndarray, upright: np.ndarray) -> list[np.ndarray]:
        """Return poses of the hand that put the middle of what it holds at a point, upright."""
        azimuth = math.atan2(point[1], point[0])
        rotations = [rotation_z(azimuth + yaw) @ upright for yaw in _YAWS]
        return [transform(rotation, point - rotation @ in_hand[:3, 3]) for rotation in rotations]

    def _lines(
        self, planner: ArmPlanner, targets: list[np.ndarray], rise: np.ndarray, out: np.ndarray | None
    ) -> list[np.ndarray]:
        """Return straight ways back from where it is put down, as joints, (n, dof) each."""
        solved = self._kit.ik.solve_many(targets, planner, _MARGIN, flip=False)
        starts = [q for solutions in solved for q in solutions[:_SOLUTIONS]]
        if not starts:
            return []
        tips = planner.kinematics.links(np.array(starts))[planner.kinematics.tip]
        # Out of a cabinet first straight back: the fingers are open around what was put down.
        back = shifted(tips, rise) if out is None else shifted(tips, -tips[:, :3, 2] * _BACK)
        ways = [back] if out is None else [back, shifted(back, out)]
        traced = planner.trace_many(np.array(starts), ways, spacing=0.015)
        return [path for path, count in traced if count == len(ways) and planner.free(path, _MARGIN)]

    @staticmethod
    def _bottom(spot: Spot, place: Thing, inside: bool) -> float:
        """Return the height of the object's underside at which the fingers open."""
        if not inside:
            return spot.z + _DROP
        return (
            max(spot.z + 2 * _DROP, min(place.top - _DEEP, place.top + 0.01))
            if place.mechanism != DOOR
            else spot.z + _DROP
        )

    def _upright(self, in_hand: np.ndarray) -> np.ndarray:
        """Return the rotation of the hand's frame after which what it holds stands as it did when grasped."""
        up = self._kit.held_up
        if up is None:
            # Not grasped by us: the axis of the thing that points up the most with the hand down.
            axes = in_hand[:3, :3] * np.sign(-in_hand[2, :3])
            up = axes[:, int(np.argmin(axes[2]))]
        turn = np.cross(up, _UP)
        size = float(np.linalg.norm(turn))
        if size < 1e-6:
            return np.eye(3) if up[2] > 0 else rotation_about((1, 0, 0), math.pi)
        return rotation_about(turn / size, math.atan2(size, float(up[2])))

    @staticmethod
    def _heap(world: World, place: Thing) -> float:
        tops = [o.top for o in world.objects if world.container_of(o) is place and o.name != world.holding]
        return max([place.bottom + 0.012, *tops])

    @staticmethod
    def _rise(place: Thing, inside: bool, bottom: float) -> float:
        return max(_ABOVE, place.top + 0.05 - bottom) if inside else _ABOVE

    @staticmethod
    def _way_out(place: Thing, world: World, base: np.ndarray, point: np.ndarray) -> np.ndarray | None:
        if place.mechanism != DOOR:
            return None
        marker = Thing("", transform(xyz=(*point[:2], place.centre[2])), np.full(3, 0.01), movable=True)
        return way_out(marker, world, base)

    def _still_held(self, held: str, job: Job) -> None:
        opening = self._kit.robot.joints().opening
        if opening < 0.003:
            raise MotionError("HAND_EMPTY", f"'{held}' was lost on the way; the fingers are closed")
        job.check()

    def _verify(self, held: str, target: str, inside: bool, job: Job) -> None:
        kit = self._kit
        # What was let go may still roll or rock.
        kit.robot.wait(lambda: False, 0.4, job)
        world = kit.fresh_world(job)
        thing, place = world.things.get(held), world.thing(target, "UNKNOWN_TARGET")
        if thing is None:
            raise MotionError("MISSED", f"'{held}' is no longer seen after it was put down")
        if inside:
            there = place.covers(thing.centre) and place.bottom - 0.01 <= thing.centre[2] <= place.top
        else:
            there = place.covers(thing.centre) and abs(thing.bottom - place.top) <= 0.025
        if world.holding == held or not there:
            where = world.support_of(thing)
            told = f"on or in '{where.name}'" if where is not None else f"{thing.bottom:.2f} m above the floor"
            raise MotionError("MISSED", f"'{held}' is not {'in' if inside else 'on'} '{target}' but {told}")
