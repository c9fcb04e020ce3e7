# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""The state of Gazebo's world in a MuJoCo model of the same scene, so that all that is told of it is told alike."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import mujoco
import numpy as np

from agent_planner_sim.gazebo.commands import VelocityRamp, dense
from agent_planner_sim.gazebo.sdf_world import part_joint
from agent_planner_sim.mujoco.robot_model import BASE_JOINTS
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.robots.description import RobotDescription
from agent_planner_sim.scenes.bodies import item_body, part_body
from agent_planner_sim.scenes.description import Placement, Scene
from agent_planner_sim.transforms import Quat, Vec3


@dataclass
class Seen:
    """What Gazebo tells, by the names that the SDF has: metres, radians, seconds, and frame map."""

    time: float = 0.0
    base: tuple[float, float, float] | None = None  # x, y, heading
    velocity: tuple[float, float] = (0.0, 0.0)  # ahead, turning
    joints: dict[str, tuple[float, float]] = field(default_factory=dict)  # position and velocity, parts' joints too
    objects: dict[str, tuple[Vec3, Quat]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """What is sent to Gazebo."""

    velocity: Callable[[float, float], None]
    arm: Callable[[Sequence[str], np.ndarray, np.ndarray], None]
    opening: Callable[[float], None]


class Mirror(Simulation):
    """Gazebo's world as a `Simulation`: what is measured is copied in, what is commanded is sent out.

    Nothing is simulated here. Time passes by `see`, never by `step`.

    Args:
        scene: the scene that Gazebo shows.
        robot: the robot.
        send: takes what is commanded.
    """

    def __init__(self, scene: Scene, robot: RobotDescription, send: Sent):
        super().__init__(scene, robot)
        self._send = send
        self._ramp = VelocityRamp(robot.base) if robot.base else None
        self._put: list[tuple[str, Placement]] = []
        self._seen_at = 0.0
        self.heard = False  # of the robot
        self._places = {part_joint(p.name): part_body(p.name) for piece in scene.furniture for p in piece.parts}

    @property
    def time(self) -> float:
        """Seconds of simulated time, Gazebo's."""
        return self._seen_at

    def see(self, seen: Seen) -> None:
        """Take over what Gazebo tells; what it does not name stays as it was."""
        data = self.data
        if seen.base is not None and self._ramp is not None:
            yaw = seen.base[2]
            forward, turning = seen.velocity
            speeds = (forward * math.cos(yaw), forward * math.sin(yaw), turning)
            for name, position, speed in zip(BASE_JOINTS, seen.base, speeds, strict=True):
                data.joint(name).qpos, data.joint(name).qvel = position, speed
        for name, (position, speed) in self._known(seen.joints).items():
            data.joint(name).qpos, data.joint(name).qvel = position, speed
        for item in self.scene.items:
            name = item_body(item.name)
            if name in seen.objects:
                place, turn = seen.objects[name]
                data.joint(name).qpos = (*place, *turn)
        mujoco.mj_forward(self.model, data)
        self._seen_at = seen.time
        self.heard |= self.robot.arm[0] in seen.joints if self.robot.arm else seen.base is not None
        self._look()

    def of_another(self, scene: Scene) -> "Mirror":
        """Return the mirror of another scene, the robot's joints and the time as they are here."""
        other = Mirror(scene, self.robot, self._send)
        names, positions, speeds = self.joints()
        joints = {n: (float(p), float(v)) for n, p, v in zip(names, positions, speeds, strict=True)}
        other.see(Seen(self._seen_at, joints=joints if self.heard else {}))
        return other

    def drive(self, linear: float, angular: float) -> None:
        """Take a velocity command, m/s and rad/s; it holds for half a second. A fixed base takes none."""
        if self._ramp is not None:
            self._ramp.drive(linear, angular, self._seen_at)

    def tick(self, dt: float) -> None:
        """Send the base's velocity of this moment, ``dt`` simulated seconds after the last one.

        At rest, too: Gazebo holds the last one that it got, and a bridge that is started again has lost some.
        """
        if self._ramp is not None:
            self._send.velocity(*self._ramp.step(self._seen_at, dt))

    def follow(self, names: Sequence[str], times: Sequence[float], points: Sequence[Sequence[float]]) -> None:
        """Start a joint trajectory, which replaces the one under way; errors as in `dense`."""
        measured = self.joints().positions[: len(self.robot.arm)]
        self._send.arm(self.robot.arm, *dense(self.robot, measured, names, times, points))

    def grip(self, opening: float) -> None:
        """Open or close the fingers to a distance in metres."""
        self._send.opening(max(0.0, min(self.robot.max_opening, opening)))

    def put(self, item: str, placement: Placement) -> None:
        """Have an object stand somewhere, once `taken_puts` has been carried out."""
        self._put.append((item, placement))

    def taken_puts(self) -> list[tuple[str, Placement]]:
        """Return what is to be put where, by the names of the objects, and forget it."""
        taken, self._put = self._put, []
        return taken

    def _known(self, joints: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
        """Joints of this model by its own names; others are left from a scene that is being taken away."""
        robots = (*self.robot.arm, *self.robot.fingers)
        return {
            self._places.get(name, name): value
            for name, value in joints.items()
            if name in robots or name in self._places
        }
