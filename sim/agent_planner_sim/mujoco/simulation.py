# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""A running simulation of one scene and one robot."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import mujoco
import numpy as np

from agent_planner_sim.mujoco.drives import ArmDrive, BaseDrive, GripperDrive
from agent_planner_sim.mujoco.model import build_model
from agent_planner_sim.mujoco.robot_model import BASE_JOINTS
from agent_planner_sim.robots.description import RobotDescription
from agent_planner_sim.scenes.bodies import part_body
from agent_planner_sim.scenes.description import Scene

# A door or drawer counts as open from the upper share of its travel on, and as closed again below the lower one.
OPEN_FROM, CLOSED_BELOW = 0.5, 0.1
_LOOK_EVERY = 12  # ticks between looks at drawers and doors
_STEPS_A_TICK = 2  # physics steps for each step of the drives


@dataclass(frozen=True)
class Openness:
    """What has become of something that can be opened; ``explored`` stays once it stood open."""

    is_open: bool = False
    explored: bool = False


class JointReading(NamedTuple):
    """Positions and velocities of the arm and finger joints, in the order of the names."""

    names: tuple[str, ...]
    positions: np.ndarray
    velocities: np.ndarray


class Saved(NamedTuple):
    """A state that `Simulation.restore` returns to, bit by bit."""

    data: mujoco.MjData
    drives: tuple[Any, Any, Any]
    openness: dict[str, Openness]
    ticks: int


class Simulation:
    """Physics, drives and what was opened. Not for two threads at once.

    Args:
        scene: what is there; the robot starts where it says, arm stowed, hand open.
        robot: the robot.
    """

    def __init__(self, scene: Scene, robot: RobotDescription):
        self.scene = scene
        self.robot = robot
        self.model = build_model(scene, robot)
        self.data = mujoco.MjData(self.model)
        self._base = BaseDrive(self.model, robot)
        self._arm = ArmDrive(self.model, robot)
        self._gripper = GripperDrive(self.model, robot)
        joints = (*robot.arm, *robot.fingers)
        self._joint_names = joints
        self._joint_qpos = np.array([self.model.joint(name).qposadr[0] for name in joints])
        self._joint_qvel = np.array([self.model.joint(name).dofadr[0] for name in joints])
        self._base_qpos = np.array([self.model.joint(name).qposadr[0] for name in BASE_JOINTS])
        self._base_qvel = np.array([self.model.joint(name).dofadr[0] for name in BASE_JOINTS])
        parts = [part for piece in scene.furniture for part in piece.parts]
        self._parts = {part.name: (self.model.joint(part_body(part.name)).qposadr[0], part.travel) for part in parts}
        self.openness = {part.name: Openness() for part in parts}
        self._ticks = 0
        start = scene.start
        self._base.place(self.data, (start.x, start.y, start.yaw))
        self._arm.place(self.data, robot.postures["stow"])
        self._gripper.place(self.data, robot.max_opening)
        mujoco.mj_forward(self.model, self.data)

    @property
    def time(self) -> float:
        """Seconds of simulated time."""
        return self.data.time

    @property
    def time_step(self) -> float:
        """Seconds that a tick takes."""
        return self.model.opt.timestep * _STEPS_A_TICK

    def step(self, ticks: int = 1) -> None:
        """Let time pass."""
        dt = self.time_step
        for _ in range(ticks):
            self._base.step(self.data, dt)
            self._arm.step(self.data, dt)
            self._gripper.step(self.data, dt)
            mujoco.mj_step(self.model, self.data, _STEPS_A_TICK)
            self._ticks += 1
            if self._ticks % _LOOK_EVERY == 0:
                self._look()

    def run(self, seconds: float) -> None:
        """Let an amount of simulated time pass."""
        self.step(max(1, round(seconds / self.time_step)))

    def drive(self, linear: float, angular: float) -> None:
        """Take a velocity command, m/s and rad/s; it holds for half a second."""
        self._base.drive(linear, angular, self.data.time)

    def follow(self, names: Sequence[str], times: Sequence[float], points: Sequence[Sequence[float]]) -> None:
        """Start a joint trajectory, which replaces the one under way (see `ArmDrive.follow`)."""
        self._arm.follow(self.data, names, np.asarray(times, dtype=float), np.asarray(points, dtype=float))

    def grip(self, opening: float) -> None:
        """Open or close the fingers to a distance in metres."""
        self._gripper.grip(opening)

    def base_pose(self) -> tuple[float, float, float]:
        """Return x, y and heading of the base in the map."""
        x, y, yaw = self.data.qpos[self._base_qpos]
        return float(x), float(y), float(yaw)

    def base_velocity(self) -> tuple[float, float]:
        """Return the measured forward and turning velocity."""
        vx, vy, turning = self.data.qvel[self._base_qvel]
        yaw = self.data.qpos[self._base_qpos[2]]
        return float(vx * np.cos(yaw) + vy * np.sin(yaw)), float(turning)

    def joints(self) -> JointReading:
        """Return the measured state of arm and fingers."""
        return JointReading(self._joint_names, self.data.qpos[self._joint_qpos], self.data.qvel[self._joint_qvel])

    def opening(self) -> float:
        """Return the measured distance between the fingers."""
        return float(self.data.qpos[self._joint_qpos[-2:]].sum())

    def part_opening(self, name: str) -> float:
        """Return how far a drawer or door stands open, 0 to 1."""
        address, travel = self._parts[name]
        return float(np.clip(self.data.qpos[address] / travel, 0.0, 1.0))

    def save(self) -> Saved:
        """Return the whole state."""
        drives = (self._base.save(), self._arm.save(), self._gripper.save())
        # The whole of it, not mjSTATE_*: what is asleep is not part of that, and what is awake moves by micrometres.
        return Saved(copy.copy(self.data), drives, dict(self.openness), self._ticks)

    def restore(self, saved: Saved) -> None:
        """Return to a saved state of this simulation."""
        mujoco.mj_copyData(self.data, self.model, saved.data)
        for drive, state in zip((self._base, self._arm, self._gripper), saved.drives, strict=True):
            drive.restore(state)
        self.openness = dict(saved.openness)
        self._ticks = saved.ticks

    def _look(self) -> None:
        for name, state in self.openness.items():
            opening = self.part_opening(name)
            is_open = opening >= OPEN_FROM or (state.is_open and opening >= CLOSED_BELOW)
            if is_open != state.is_open:
                self.openness[name] = Openness(is_open, state.explored or is_open)
