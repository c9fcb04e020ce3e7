# SPDX-License-Identifier: Apache-2.0
"""Puts down what is in the hand, on a surface or in a container."""

from contextlib import suppress

import numpy as np

from agent_planner_motion.errors import MotionError, NoWay
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.kit import ArmKit
from agent_planner_motion.skills.place_plan import PlacePlanner
from agent_planner_motion.world import CONTAINER, SURFACE, World


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
        plan = PlacePlanner(kit, world, world.thing(held, "HAND_EMPTY"), place, inside).plan(job)
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
        # It lies where it should: that is what was asked for. The base stows before it drives.
        with suppress(NoWay):
            kit.carry(job)

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
        if held == target:
            raise MotionError("UNKNOWN_TARGET", f"'{held}' cannot be put on itself")
        if inside and not place.is_open:
            raise MotionError("CONTAINER_CLOSED", f"'{target}' is closed; open it first")
        base = self._kit.robot.base().matrix
        nearest = np.clip(place.to_local(base[:3, 3]), -place.size / 2, place.size / 2)
        self._kit.in_reach(place, base, (place.pose @ np.append(nearest, 1.0))[:3])
        return held

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
