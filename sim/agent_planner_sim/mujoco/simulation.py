# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""A running simulation of one scene and one robot."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import mujoco
import numpy as np

from agent_planner_sim.mujoco.drives import ArmDrive, BaseDrive, FixedBase, GripperDrive
from agent_planner_sim.mujoco.model import build_model
from agent_planner_sim.robots.description import RobotDescription
from agent_planner_sim.scenes.bodies import item_body, part_body
from agent_planner_sim.scenes.description import Placement, Scene

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
    drives: tuple[Any, ...]
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
        start = (scene.start.x, scene.start.y, scene.start.yaw)
        self._base = BaseDrive(self.model, robot.base) if robot.base else FixedBase(start)
        self._arm = ArmDrive(self.model, robot) if robot.arm else None
        self._gripper = GripperDrive(self.model, robot) if robot.fingers else None
        drives = (self._base, self._arm, self._gripper)
        self._drives = tuple(d for d in drives if d is not None and not isinstance(d, FixedBase))
        joints = (*robot.arm, *robot.fingers)
        self._joint_names = joints
        self._joint_qpos = np.array([self.model.joint(name).qposadr[0] for name in joints], dtype=int)
        self._joint_qvel = np.array([self.model.joint(name).dofadr[0] for name in joints], dtype=int)
        parts = [part for piece in scene.furniture for part in piece.parts]
        self._parts = {part.name: (self.model.joint(part_body(part.name)).qposadr[0], part.travel) for part in parts}
        self.openness = {part.name: Openness() for part in parts}
        self._ticks = 0
        if isinstance(self._base, BaseDrive):
            self._base.place(self.data, start)
        if self._arm is not None:
            self._arm.place(self.data, robot.postures["stow"])
        if self._gripper is not None:
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
            for drive in self._drives:
                drive.step(self.data, dt)
            mujoco.mj_step(self.model, self.data, _STEPS_A_TICK)
            self._ticks += 1
            if self._ticks % _LOOK_EVERY == 0:
                self._look()

    def run(self, seconds: float) -> None:
        """Let an amount of simulated time pass."""
        self.step(max(1, round(seconds / self.time_step)))

    def drive(self, linear: float, angular: float) -> None:
        """Take a velocity command, m/s and rad/s; it holds for half a second. A fixed base takes none."""
        if isinstance(self._base, BaseDrive):
            self._base.drive(linear, angular, self.data.time)

    def follow(self, names: Sequence[str], times: Sequence[float], points: Sequence[Sequence[float]]) -> None:
        """Start a joint trajectory, which replaces the one under way (see `ArmDrive.follow`)."""
        if self._arm is None:
            raise ValueError(f"the robot '{self.robot.name}' has no arm")
        self._arm.follow(self.data, names, np.asarray(times, dtype=float), np.asarray(points, dtype=float))

    def grip(self, opening: float) -> None:
        """Open or close the fingers to a distance in metres."""
        if self._gripper is not None:
            self._gripper.grip(opening)

    def put(self, item: str, placement: Placement) -> None:
        """Have an object stand somewhere, as if a person had put it there.

        Args:
            item: its name.
            placement: of its middle.
        """
        joint = self.data.joint(item_body(item))
        half = placement.yaw / 2
        joint.qpos = (*placement[:3], float(np.cos(half)), 0.0, 0.0, float(np.sin(half)))
        joint.qvel = np.zeros(6)
        mujoco.mj_forward(self.model, self.data)

    def base_pose(self) -> tuple[float, float, float]:
        """Return x, y and heading of the base in the map."""
        return self._base.pose(self.data)

    def base_velocity(self) -> tuple[float, float]:
        """Return the measured forward and turning velocity."""
        return self._base.velocity(self.data)

    def joints(self) -> JointReading:
        """Return the measured state of arm and fingers."""
        return JointReading(self._joint_names, self.data.qpos[self._joint_qpos], self.data.qvel[self._joint_qvel])

    def opening(self) -> float:
        """Return the measured distance between the fingers; 0 where there are none."""
        return float(self.data.qpos[self._joint_qpos[len(self.robot.arm) :]].sum())

    def part_opening(self, name: str) -> float:
        """Return how far a drawer or door stands open, 0 to 1."""
        address, travel = self._parts[name]
        return float(np.clip(self.data.qpos[address] / travel, 0.0, 1.0))

    def save(self) -> Saved:
        """Return the whole state."""
        drives = tuple(drive.save() for drive in self._drives)
        # The whole of it, not mjSTATE_*: what is asleep is not part of that, and what is awake moves by micrometres.
        return Saved(copy.copy(self.data), drives, dict(self.openness), self._ticks)

    def restore(self, saved: Saved) -> None:
        """Return to a saved state of this simulation."""
        mujoco.mj_copyData(self.data, self.model, saved.data)
        for drive, state in zip(self._drives, saved.drives, strict=True):
            drive.restore(state)
        self.openness = dict(saved.openness)
        self._ticks = saved.ticks

    def _look(self) -> None:
        for name, state in self.openness.items():
            opening = self.part_opening(name)
            is_open = opening >= OPEN_FROM or (state.is_open and opening >= CLOSED_BELOW)
            if is_open != state.is_open:
                self.openness[name] = Openness(is_open, state.explored or is_open)
