# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""What stands between the topics of the robot and its motors: limits, interpolation, time-outs."""

import math
from collections.abc import Sequence

import mujoco
import numpy as np

from agent_planner_sim.mujoco.robot_model import BASE_JOINTS
from agent_planner_sim.robots.description import BaseLimits, RobotDescription

COMMAND_TIMEOUT = 0.5
# How far the base may lag behind its reference before the reference waits for it (metres, metres, radians).
_BASE_LAG = (0.02, 0.02, 0.04)
_FINGER_LAG = 0.006
_FINGER_SPEED = 0.06


def _clip(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


class Motors:
    """Addresses of some actuated joints and the position command that tracks without lag."""

    def __init__(self, model: mujoco.MjModel, joints: Sequence[str]):
        self.names = tuple(joints)
        self.actuators = np.array([model.actuator(name).id for name in joints])
        self.qpos = np.array([model.joint(name).qposadr[0] for name in joints])
        self.qvel = np.array([model.joint(name).dofadr[0] for name in joints])
        self._lead = -model.actuator_biasprm[self.actuators, 2] / model.actuator_gainprm[self.actuators, 0]

    def command(self, data: mujoco.MjData, position: np.ndarray, velocity: np.ndarray | float) -> None:
        """Ask for a position on the move; the drive's damping acts on the velocity error only."""
        data.ctrl[self.actuators] = position + self._lead * velocity


class BaseDrive:
    """A differential base: forward and turning velocity, limited in size and acceleration."""

    def __init__(self, model: mujoco.MjModel, limits: BaseLimits):
        self._motors = Motors(model, BASE_JOINTS)
        self._limits = limits
        self._wanted = (0.0, 0.0)
        self._since = 0.0
        self._velocity = (0.0, 0.0)
        self._reference = (0.0, 0.0, 0.0)

    def pose(self, data: mujoco.MjData) -> tuple[float, float, float]:
        """Return x, y and heading in the map, as they are measured."""
        x, y, yaw = data.qpos[self._motors.qpos]
        return float(x), float(y), float(yaw)

    def velocity(self, data: mujoco.MjData) -> tuple[float, float]:
        """Return the measured forward and turning velocity."""
        vx, vy, turning = data.qvel[self._motors.qvel]
        yaw = data.qpos[self._motors.qpos[2]]
        return float(vx * math.cos(yaw) + vy * math.sin(yaw)), float(turning)

    def place(self, data: mujoco.MjData, pose: tuple[float, float, float]) -> None:
        """Put the base somewhere, at rest."""
        self._reference = pose
        self._wanted = self._velocity = (0.0, 0.0)
        data.qpos[self._motors.qpos] = pose
        self._motors.command(data, np.array(pose), 0.0)

    def drive(self, linear: float, angular: float, now: float) -> None:
        """Take a velocity command; it holds for half a second."""
        self._wanted = (_clip(linear, self._limits.linear), _clip(angular, self._limits.angular))
        self._since = now

    def step(self, data: mujoco.MjData, dt: float) -> None:
        """Move the reference on by a step."""
        wanted = self._wanted if data.time - self._since <= COMMAND_TIMEOUT else (0.0, 0.0)
        if wanted == self._velocity == (0.0, 0.0):
            return  # the last command holds
        linear, angular = self._velocity
        slower = abs(wanted[0]) < abs(linear)
        change = self._limits.linear_braking if slower else self._limits.linear_acceleration
        linear += _clip(wanted[0] - linear, change * dt)
        angular += _clip(wanted[1] - angular, self._limits.angular_acceleration * dt)
        self._velocity = (linear, angular)
        heading = self._reference[2] + angular * dt / 2
        velocity = (linear * math.cos(heading), linear * math.sin(heading), angular)
        measured = data.qpos[self._motors.qpos].tolist()
        self._reference = tuple(
            m + _clip(r + v * dt - m, lag)
            for r, v, m, lag in zip(self._reference, velocity, measured, _BASE_LAG, strict=True)
        )
        self._motors.command(data, np.array(self._reference), np.array(velocity))

    def save(self) -> tuple:
        """Return the state, to be given to `restore`."""
        return self._wanted, self._since, self._velocity, self._reference

    def restore(self, state: tuple) -> None:
        """Return to a saved state."""
        self._wanted, self._since, self._velocity, self._reference = state


class FixedBase:
    """A base that stands where the scene has the robot start; it takes no commands.

    Args:
        start: x, y and heading in the map.
    """

    def __init__(self, start: tuple[float, float, float]):
        self._start = start

    def pose(self, data: mujoco.MjData) -> tuple[float, float, float]:
        """Return x, y and heading in the map."""
        return self._start

    def velocity(self, data: mujoco.MjData) -> tuple[float, float]:
        """Return the forward and turning velocity."""
        return 0.0, 0.0


class ArmDrive:
    """Follows joint trajectories; without one it holds where it is."""

    def __init__(self, model: mujoco.MjModel, robot: RobotDescription):
        self._motors = Motors(model, robot.arm)
        joints = [robot.joint(name) for name in robot.arm]
        self._low = np.array([joint.lower for joint in joints])
        self._high = np.array([joint.upper for joint in joints])
        self._speed = np.array([joint.velocity for joint in joints])
        self._times = np.zeros(1)
        self._points = np.zeros((1, len(joints)))
        self._reference = np.zeros(len(joints))
        self._arrived = True

    def place(self, data: mujoco.MjData, positions: Sequence[float]) -> None:
        """Put the arm somewhere, at rest."""
        self._reference[:] = positions
        self._hold(self._reference)
        data.qpos[self._motors.qpos] = positions
        self._motors.command(data, self._reference, 0.0)

    def follow(self, data: mujoco.MjData, names: Sequence[str], times: np.ndarray, points: np.ndarray) -> None:
        """Replace the trajectory by another one that starts now, from the measured state.

        Args:
            data: the state.
            names: joints of the arm that the points are for; the others hold.
            times: seconds from now, rising, (n,).
            points: positions, (n, joints).

        Raises:
            ValueError: a joint is not the arm's, or the shapes or times do not fit together.
        """
        unknown = sorted(set(names) - set(self._motors.names))
        if unknown:
            raise ValueError(f"not joints of the arm: {', '.join(unknown)}; known: {', '.join(self._motors.names)}")
        if points.shape != (len(times), len(names)) or len(times) == 0 or np.any(np.diff(times) < 0):
            raise ValueError(f"{len(times)} rising times and points of shape {points.shape} for {len(names)} joints")
        if not np.isfinite(points).all():
            raise ValueError("positions that are not finite numbers")
        measured = data.qpos[self._motors.qpos]
        path = np.tile(measured, (len(times) + 1, 1))
        columns = [self._motors.names.index(name) for name in names]
        path[1:, columns] = points
        # The point at the start keeps the way from the measured state to the first point smooth.
        self._times = data.time + np.concatenate([[0.0], np.maximum(times, 1e-6)])
        self._points = np.clip(path, self._low, self._high)
        self._reference[:] = measured
        self._arrived = False

    def step(self, data: mujoco.MjData, dt: float) -> None:
        """Move the reference on by a step."""
        if self._arrived:
            return  # the last command holds
        after = min(int(np.searchsorted(self._times, data.time + dt)), len(self._times) - 1)
        before = max(after - 1, 0)
        span = self._times[after] - self._times[before]
        share = min((data.time + dt - self._times[before]) / span, 1.0) if span > 0 else 1.0
        wanted = self._points[before] + share * (self._points[after] - self._points[before])
        change = np.clip(wanted - self._reference, -self._speed * dt, self._speed * dt)
        self._reference += change
        self._motors.command(data, self._reference, change / dt)
        self._arrived = data.time > self._times[-1] and not change.any()

    def _hold(self, positions: np.ndarray) -> None:
        self._times, self._points = np.zeros(1), positions[None].copy()
        self._arrived = True

    def save(self) -> tuple:
        """Return the state, to be given to `restore`."""
        return self._times, self._points, self._reference.copy(), self._arrived

    def restore(self, state: tuple) -> None:
        """Return to a saved state."""
        self._times, self._points, _, self._arrived = state
        self._reference[:] = state[2]


class GripperDrive:
    """Moves the fingers to an opening; what stands between them is pressed with a limited force."""

    def __init__(self, model: mujoco.MjModel, robot: RobotDescription):
        self._motors = Motors(model, robot.fingers)
        self._widest = robot.max_opening / 2
        self._wanted = self._widest
        self._reference = self._widest

    def place(self, data: mujoco.MjData, opening: float) -> None:
        """Put the fingers somewhere, at rest."""
        self._wanted = self._reference = opening / 2
        data.qpos[self._motors.qpos] = opening / 2
        self._motors.command(data, np.full(2, self._reference), 0.0)

    def grip(self, opening: float) -> None:
        """Take an opening in metres as the target."""
        self._wanted = max(0.0, min(self._widest, opening / 2))

    def step(self, data: mujoco.MjData, dt: float) -> None:
        """Move the reference on by a step; it never runs far ahead of the fingers."""
        left, right = data.qpos[self._motors.qpos].tolist()
        moved = self._reference + _clip(self._wanted - self._reference, _FINGER_SPEED * dt)
        measured = (left + right) / 2
        reference = measured + _clip(moved - measured, _FINGER_LAG)
        if reference != self._reference:
            self._reference = reference
            self._motors.command(data, np.full(2, reference), 0.0)

    def save(self) -> tuple[float, float]:
        """Return the state, to be given to `restore`."""
        return self._wanted, self._reference

    def restore(self, state: tuple[float, float]) -> None:
        """Return to a saved state."""
        self._wanted, self._reference = state
