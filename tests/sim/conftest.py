# SPDX-License-Identifier: Apache-2.0
import math

import mujoco
import numpy as np
import pytest
from scipy.optimize import least_squares

from agent_planner_sim.mujoco import truth
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import generate


class Hand:
    """Moves the hand of a simulation straight to poses, without ROS and without planning."""

    def __init__(self, sim):
        self.sim = sim
        self._data = mujoco.MjData(sim.model)
        self._qpos = [sim.model.joint(name).qposadr[0] for name in sim.robot.arm]
        self._low = np.array([sim.robot.joint(name).lower for name in sim.robot.arm])
        self._high = np.array([sim.robot.joint(name).upper for name in sim.robot.arm])

    def inverse(self, position, rotation):
        """Posture within the limits that brings the hand's frame to a pose, near the present posture."""
        sim, data = self.sim, self._data
        data.qpos[:] = sim.data.qpos
        body = sim.model.body(sim.robot.end_effector).id
        start = np.clip(sim.data.qpos[self._qpos], self._low + 1e-6, self._high - 1e-6)

        def error(posture):
            data.qpos[self._qpos] = posture
            mujoco.mj_kinematics(sim.model, data)
            now = data.xmat[body].reshape(3, 3)
            turn = (now - rotation).ravel()
            return np.concatenate([10 * (data.xpos[body] - position), 3 * turn, 1e-3 * (posture - start)])

        found = least_squares(error, start, bounds=(self._low, self._high))
        miss = np.abs(error(found.x)[:12]).max()
        assert miss < 0.02, f"no inverse kinematics for {position}, error {miss:.3f}"
        return found.x

    def go(self, posture, seconds=2.0):
        start = self.sim.joints().positions[: len(self._qpos)]
        times = np.arange(0.02, seconds + 1e-9, 0.02)
        s = times / seconds
        blend = 10 * s**3 - 15 * s**4 + 6 * s**5
        self.sim.follow(self.sim.robot.arm, times, start + np.outer(blend, np.asarray(posture) - start))
        self.sim.run(seconds + 0.1)

    def reach(self, position, rotation, seconds=2.0):
        self.go(self.inverse(position, rotation), seconds)

    def line(self, end, rotation, seconds=1.5, steps=15):
        start = np.array(truth.end_effector(self.sim).position)
        for k in range(1, steps + 1):
            point = start + (np.asarray(end) - start) * k / steps
            posture = self.inverse(point, rotation)
            self.sim.follow(self.sim.robot.arm, [seconds / steps], [posture])
            self.sim.run(seconds / steps)
        self.sim.run(0.3)

    def grip(self, opening, seconds=1.0):
        self.sim.grip(opening)
        self.sim.run(seconds)


def down(yaw):
    """Hand pointing down, the fingers closing along a horizontal direction."""
    y = np.array([-math.sin(yaw), math.cos(yaw), 0.0])
    z = np.array([0.0, 0.0, -1.0])
    return np.column_stack([np.cross(y, z), y, z])


def ahead(yaw, along):
    """Hand pointing level into a direction; the fingers close across a bar along the given direction."""
    z = np.array([math.cos(yaw), math.sin(yaw), 0.0])
    y = np.cross(z, along)
    return np.column_stack([np.cross(y, z), y, z])


@pytest.fixture
def simulate():
    def start(scene="table_top", seed=0, must_have=("red cube", "blue bin"), robot="mobile_manipulator"):
        return Simulation(generate(scene, seed, must_have), ROBOTS[robot]())

    return start


@pytest.fixture
def hand_of():
    return Hand


@pytest.fixture
def rotations():
    return down, ahead
