# SPDX-License-Identifier: Apache-2.0
"""A robot without physics: everything goes where it is sent, at once or at the speed that was asked for."""

import math
from dataclasses import replace

import numpy as np

from agent_planner_motion.arm.grasps import Hand
from agent_planner_motion.arm.trajectory import standing
from agent_planner_motion.base.grid import Grid
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.kit import ArmKit
from agent_planner_motion.skills.robot import Base, Joints
from agent_planner_motion.spatial import inverse, transform
from agent_planner_motion.world import CONTAINER, World

TICK = 0.02  # seconds
HOME = (0.15, 0.0, -1.638, 0.0, 1.902, 0.0, 1.307, 0.0)


def empty_floor(size=6.0, resolution=0.05):
    """A free square around the origin with a wall around it."""
    cells = round(size / resolution)
    occupied = np.zeros((cells, cells), dtype=bool)
    occupied[[0, -1]] = occupied[:, [0, -1]] = True
    return Grid(occupied, (-size / 2, -size / 2), resolution)


class KinematicRobot:
    """Implements `skills.robot.Robot`; time passes only while a skill waits.

    Args:
        q: joints of the arm.
        pose: of the base.
        objects: movable things.
        places: other things.
        holding: name of what is in the hand.
        grid: the map.
        opening: distance between the fingers.
        height: of the base's frame above the floor.
    """

    def __init__(
        self,
        q=HOME,
        pose=(0.0, 0.0, 0.0),
        objects=(),
        places=(),
        holding="",
        grid=None,
        opening=0.085,
        height=0.0,
    ):
        self.time = 1.0
        self.q = np.array(q, dtype=float)
        self.pose, self.height = Pose2(*pose), height
        self.objects, self.places, self.holding = tuple(objects), tuple(places), holding
        self.map = grid or empty_floor()
        self.opening = opening
        self.velocity = (0.0, 0.0)
        self.sent = []  # (time, linear, angular)
        self.arm_sent = []
        self.states = []
        self.cancel_at = math.inf
        self.on_tick = lambda: None
        self.stuck = self.arm_stuck = False
        self.lag = 0.0  # seconds by which what is told of the base is old
        self._past = []  # (time, pose, velocity)
        self.least_opening = 0.0  # the fingers meet something there
        self.slippery = False  # nothing stays between the fingers
        self._in_hand = np.eye(4)
        self.kinematics = None
        self._trajectory = None
        self._started = 0.0
        self._wanted_opening = opening
        self._rates = np.zeros(len(self.q))

    def job(self, limit=120.0, steady=None):
        asked = lambda: self.time >= self.cancel_at  # noqa: E731
        return Job(self.now, steady or self.now, limit, limit * 5, asked, self._hear)

    def _hear(self, state, value):
        if state:
            self.states.append(state)

    def now(self):
        return self.time

    def joints(self):
        return Joints(self.time, self.q.copy(), self._rates.copy(), self.opening, 0.0)

    def base(self):
        seen = [told for told in self._past[-100:] if told[0] <= self.time - self.lag]
        stamp, pose, velocity = seen[-1] if self.lag and seen else (self.time, self.pose, self.velocity)
        return Base(stamp, pose, *((0.0, 0.0) if self.stuck else velocity), self.height)

    def world(self):
        hand = None
        if self.kinematics is not None:
            hand = self._hand()
        return World(self.time, self.objects, self.places, self.holding, hand)

    def grid(self):
        return self.map

    def send_arm(self, trajectory, give=0.0):
        self.arm_sent.append(trajectory)
        self._trajectory, self._started = trajectory, self.time

    def arm_done(self):
        return self.time >= self._started + self._trajectory.duration

    def hold_arm(self):
        self.send_arm(standing(self.q))

    def arm_held(self):
        return True

    def gripper_done(self):
        return True

    def hold_gripper(self):
        self._wanted_opening = self.opening

    def gripper_held(self):
        return True

    def send_gripper(self, opening):
        self._wanted_opening = opening

    def send_velocity(self, linear, angular):
        self.velocity = (linear, angular)
        self.sent.append((self.time, linear, angular))

    def wait(self, until, seconds, job):
        end = self.time + seconds
        while True:
            if job is not None:
                job.check()
            if until():
                return True
            if self.time >= end:
                return False
            self._tick()

    def take(self, name, in_hand):
        """Put an object between the fingers, at a pose in the hand's frame."""
        self.holding, self._in_hand = name, in_hand
        self._carry(self._hand())
        (thing,) = (o for o in self.objects if o.name == name)
        self.opening = self._wanted_opening = float(np.abs(in_hand[1, :3]) @ thing.size)

    def _tick(self):
        self._past.append((self.time, self.pose, self.velocity))
        self.time += TICK
        if not self.stuck:
            x, y, yaw = self.pose
            linear, angular = self.velocity
            middle = yaw + angular * TICK / 2
            self.pose = Pose2(
                x + linear * TICK * math.cos(middle), y + linear * TICK * math.sin(middle), yaw + angular * TICK
            )
        before = self.q
        if self._trajectory is not None and not self.arm_stuck:
            times = self._trajectory.times
            at = min(int(np.searchsorted(times, self.time - self._started)), len(times) - 1)
            self.q = self._trajectory.positions[at].copy()
        self._rates = (self.q - before) / TICK
        self._move_fingers()
        self.on_tick()

    def _hand(self):
        return Base(self.time, self.pose, 0.0, 0.0, self.height).matrix @ self.kinematics.pose(self.q)

    def _move_fingers(self):
        before = self.opening
        change = float(np.clip(self._wanted_opening - before, -0.004, 0.004))
        if self.slippery or self.kinematics is None:
            self.opening = max(before + change, self.least_opening)
            return
        hand = self._hand()
        if self.holding:
            self._carry(hand)
            if change > 0.0:
                self._let_go()
            change = max(change, 0.0)
        elif change < 0.0:
            self._close_on(hand, before + change)
            change = 0.0 if self.holding else change
        self.opening = max(before + change, self.least_opening)

    def _close_on(self, hand, opening):
        for thing in self.objects:
            local = inverse(hand) @ thing.pose
            width = float(np.abs(local[1, :3]) @ thing.size)
            # The fingers reach beyond the hand's frame.
            within = np.abs(local[[0, 2], 3]) <= np.abs(local[[0, 2], :3]) @ thing.size / 2 + (0.0, Hand.tip - 0.01)
            if within.all() and abs(local[1, 3]) < 0.02 and opening <= width:
                self.holding, self._in_hand = thing.name, local

    def _carry(self, hand):
        moved = hand @ self._in_hand
        self.objects = tuple(replace(o, pose=moved) if o.name == self.holding else o for o in self.objects)

    def _let_go(self):
        """What is let go drops onto what is under it."""
        (thing,) = (o for o in self.objects if o.name == self.holding)
        under = [p for p in self.places if p.covers(thing.centre)]
        floors = [p.bottom + 0.012 if p.can(CONTAINER) else p.top for p in under]
        rest = max((f for f in floors if f <= thing.bottom + 0.005), default=0.0)
        pose = transform(xyz=(0.0, 0.0, rest - thing.bottom)) @ thing.pose
        self.objects = tuple(replace(o, pose=pose) if o is thing else o for o in self.objects)
        self.holding = ""


def kit_of(robot, description, settings):
    kit = ArmKit(robot, description, settings)
    robot.kinematics = kit.kinematics
    return kit
