# SPDX-License-Identifier: Apache-2.0
"""The simulation behind the protocol that skills use: no ROS, time passes only while a skill waits."""

import numpy as np

from agent_planner.scene import geometry, graph
from agent_planner_motion.arm.trajectory import standing
from agent_planner_motion.base.grid import Grid
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.robot import Base, Joints
from agent_planner_motion.spatial import transform
from agent_planner_motion.world import Thing, World
from agent_planner_sim.mujoco import truth
from agent_planner_sim.scenes.occupancy import occupancy
from agent_planner_sim.transforms import matrix_from_quat

PERIOD = 0.02


def matrix(pose):
    return transform(matrix_from_quat(pose.quat), pose.position)


class SimulatedRobot:
    def __init__(self, sim):
        self.sim = sim
        self.on_tick = lambda: None
        self._grid = None
        self._ends = 0.0
        self.cancel_at = float("inf")

    def now(self):
        return self.sim.time + 1.0

    def job(self, limit=120.0, feedback=lambda state, value: None):
        return Job(self.now, self.now, limit, limit * 2, lambda: self.cancel_at <= self.now(), feedback)

    def joints(self):
        reading = self.sim.joints()
        n = len(self.sim.robot.arm)
        return Joints(
            self.now(),
            reading.positions[:n].copy(),
            reading.velocities[:n].copy(),
            self.sim.opening(),
            float(reading.velocities[n:].sum()),
        )

    def base(self):
        return Base(self.now(), Pose2(*self.sim.base_pose()), *self.sim.base_velocity())

    def grid(self):
        if self._grid is None:
            drawn = occupancy(self.sim.scene)
            self._grid = Grid(drawn.occupied, drawn.origin, drawn.resolution)
        return self._grid

    def world(self):
        objects = [
            Thing(s.item.name, matrix(s.pose), np.array(s.size), frozenset({"graspable"}), movable=True)
            for s in truth.objects(self.sim)
        ]
        places = [
            Thing(
                s.region.name,
                matrix(s.pose),
                np.array(s.region.size),
                frozenset(s.region.affordances),
                False,
                s.is_open,
                s.opening,
                None if s.handle is None else matrix(s.handle),
                s.travel,
                None if s.hinge is None else np.array(s.hinge),
                s.mechanism,
            )
            for s in truth.places(self.sim)
        ]
        hand = truth.end_effector(self.sim)
        return World(self.now(), tuple(objects), tuple(places), self._holding(hand), matrix(hand))

    def send_arm(self, trajectory, give=0.0):
        self._ends = self.now() + trajectory.duration
        self.sim.follow(self.sim.robot.arm, trajectory.times + PERIOD, trajectory.positions)

    def arm_done(self):
        return self.now() >= self._ends

    def hold_arm(self):
        self.send_arm(standing(self.joints().q))

    def arm_held(self):
        return True

    def gripper_done(self):
        return True

    def hold_gripper(self):
        self.send_gripper(self.sim.opening())

    def gripper_held(self):
        return True

    def send_gripper(self, opening):
        self.sim.grip(opening)

    def send_velocity(self, linear, angular):
        self.sim.drive(linear, angular)

    def wait(self, until, seconds, job):
        end = self.now() + seconds
        while not until():
            if self.now() >= end:
                return False
            if job is not None:
                job.check()
            self.sim.run(PERIOD)
            self.on_tick()
        if job is not None:
            job.check()
        return True

    def _holding(self, hand):
        x, y, yaw = self.sim.base_pose()
        robot = graph.RobotState(
            base=graph.Pose(x, y, 0.0, yaw), end_effector=hand.position, gripper_opening=self.sim.opening()
        )
        things = [
            graph.SceneObject(name=s.item.name, pose=graph.Pose(*s.pose.position, 0.0), size=s.size)
            for s in truth.objects(self.sim)
        ]
        found = geometry.relations(things, [], robot)
        return next((r.a for r in found if r.name == "holding"), "")
