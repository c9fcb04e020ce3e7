# SPDX-License-Identifier: Apache-2.0
"""Forward and inverse kinematics of a chain, for many configurations at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agent_planner_motion.arm.description import RobotDescription
from agent_planner_motion.errors import MotionError
from agent_planner_motion.spatial import rotation_vector

_POSITION_DONE, _ROTATION_DONE = 1e-4, 5e-4  # metres, radians
_REACHED = 10.0  # so many times that is still called reached
_DAMPING, _LEAST_DAMPING = 0.04, 1e-3
_LARGEST_STEP = 0.35


@dataclass(frozen=True)
class _Segment:
    origin: np.ndarray  # (4, 4)
    axis: np.ndarray  # (3,)
    skew: np.ndarray  # (3, 3)
    skew_squared: np.ndarray  # (3, 3)
    kind: str
    column: int  # in the vector of joints, -1: fixed
    child: str


class Solutions:
    """What the solver found: joints, (n, dof), their errors, and which of them count as reached, (n,)."""

    def __init__(self, q: np.ndarray, position_error: np.ndarray, rotation_error: np.ndarray):
        self.q = q
        self.reached = (position_error <= _POSITION_DONE * _REACHED) & (rotation_error <= _ROTATION_DONE * _REACHED)


class Kinematics:
    """A chain from base to tip whose named joints move.

    Args:
        robot: the description.
        base: link in whose frame everything is told.
        tip: link that is brought to a pose.
        joints: names of those that move, in the order of the joint vector.

    Raises:
        MotionError: one of them is not in the chain, or another one of the chain moves.
    """

    def __init__(self, robot: RobotDescription, base: str, tip: str, joints: Sequence[str]):
        chain = robot.chain(base, tip)
        missing = [name for name in joints if name not in {j.name for j in chain}]
        if missing:
            raise MotionError("UNKNOWN", f"not between '{base}' and '{tip}': joints {', '.join(missing)}")
        unnamed = [f"'{j.name}' ({j.kind})" for j in chain if j.kind != "fixed" and j.name not in joints]
        if unnamed:
            # Where they stand is not known here, and the hand would be taken to be where it is not.
            raise MotionError(
                "UNKNOWN",
                f"between '{base}' and '{tip}' moves what arm_joints does not name: {', '.join(unnamed)}; name it "
                "there, or make it a fixed joint in robot_description, at the position where it stays",
            )
        self.base, self.tip = base, tip
        self.names = tuple(joints)
        self.robot = robot
        moving = [robot.joints[name] for name in joints]
        self.lower = np.array([j.lower for j in moving])
        self.upper = np.array([j.upper for j in moving])
        self.velocity = np.array([j.velocity for j in moving])
        self._segments = [
            _Segment(
                j.origin,
                j.axis,
                _skew(j.axis),
                _skew(j.axis) @ _skew(j.axis),
                j.kind,
                self.names.index(j.name) if j.name in self.names else -1,
                j.child,
            )
            for j in chain
        ]

        self._sliding = np.array([j.kind == "prismatic" for j in moving])
        self._endless = np.array([j.kind == "continuous" for j in moving])

    @property
    def dof(self) -> int:
        """Number of joints."""
        return len(self.names)

    def links(self, q: np.ndarray) -> dict[str, np.ndarray]:
        """Return the poses of all links of the chain in the base frame.

        Args:
            q: (n, dof).

        Returns:
            name → (n, 4, 4).
        """
        return self._forward(np.atleast_2d(q))[0]

    def pose(self, q: np.ndarray) -> np.ndarray:
        """Return the pose of the tip, (4, 4), for one joint vector."""
        return self.links(q)[self.tip][0]

    def unwound(self, q: np.ndarray, reference: np.ndarray) -> np.ndarray:
        """Return the same joints, (..., dof), those that turn without end within half a turn of some others."""
        whole = 2 * np.pi * np.round((q - reference) / (2 * np.pi))
        return q - np.where(self._endless, whole, 0.0)

    def _forward(self, q: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
        count = len(q)
        here = np.broadcast_to(np.eye(4), (count, 4, 4))
        found = {self.base: here}
        axes = np.zeros((count, self.dof, 3))
        points = np.zeros((count, self.dof, 3))
        for segment in self._segments:
            here = here @ segment.origin
            if segment.column >= 0:
                here = here.copy()
                rotation = here[:, :3, :3]
                axis = rotation @ segment.axis
                axes[:, segment.column], points[:, segment.column] = axis, here[:, :3, 3]
                value = q[:, segment.column]
                if segment.kind == "prismatic":
                    here[:, :3, 3] += axis * value[:, None]
                else:
                    s, c = np.sin(value)[:, None, None], np.cos(value)[:, None, None]
                    turn = np.eye(3) + s * segment.skew + (1 - c) * segment.skew_squared
                    here[:, :3, :3] = rotation @ turn
            found[segment.child] = here
        return found, axes, points

    def jacobian(self, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the tip's poses, (n, 4, 4), and Jacobians, (n, 6, dof): linear rows first, base frame."""
        found, axes, points = self._forward(q)
        tip = found[self.tip]
        sliding = self._sliding[None, :, None]
        lever = tip[:, None, :3, 3] - points
        jac = np.empty((len(q), 6, self.dof))
        jac[:, :3] = np.swapaxes(np.where(sliding, axes, _cross(axes, lever)), 1, 2)
        jac[:, 3:] = np.swapaxes(np.where(sliding, 0.0, axes), 1, 2)
        return tip, jac

    def solve(
        self, targets: np.ndarray, seeds: np.ndarray, rest: np.ndarray | None = None, iterations: int = 60
    ) -> Solutions:
        """Bring the tip to poses by damped least squares, all rows at once.

        Args:
            targets: (n, 4, 4) in the base frame.
            seeds: (n, dof) to start from.
            rest: (n, dof) or (dof,) that the redundancy is pulled to; None: nothing pulls.
            iterations: at most.
        """
        q = np.clip(seeds, self.lower, self.upper)
        active = np.arange(len(q))
        position = np.full(len(q), np.inf)
        rotation = np.full(len(q), np.inf)
        pull = None if rest is None else np.broadcast_to(rest, q.shape)
        for round_number in range(iterations):
            tip, jac = self.jacobian(q[active])
            error = self._error(tip, targets[active])
            position[active] = np.linalg.norm(error[:, :3], axis=1)
            rotation[active] = np.linalg.norm(error[:, 3:], axis=1)
            going = (position[active] > _POSITION_DONE) | (rotation[active] > _ROTATION_DONE)
            if not going.any():
                break
            strength = 0.2 if round_number < iterations // 2 else 0.0
            wish = np.zeros_like(q[active]) if pull is None else strength * (pull[active] - q[active])
            step = self._step(q[active], jac, error, wish)
            q[active[going]] = np.clip(q[active] + step, self.lower, self.upper)[going]
            active = active[going]
        return Solutions(q, position, rotation)

    @staticmethod
    def _error(tip: np.ndarray, target: np.ndarray) -> np.ndarray:
        linear = target[:, :3, 3] - tip[:, :3, 3]
        angular = rotation_vector(target[:, :3, :3] @ np.swapaxes(tip[:, :3, :3], 1, 2))
        return np.concatenate([linear, angular], axis=1)

    def _step(self, q: np.ndarray, jac: np.ndarray, error: np.ndarray, wish: np.ndarray) -> np.ndarray:
        error = error * np.minimum(1.0, 0.4 / np.maximum(np.linalg.norm(error, axis=1, keepdims=True), 1e-9))
        free = np.ones_like(q)
        # Far away the damping keeps steps sane, near the target it would only slow them.
        damping = _LEAST_DAMPING + _DAMPING * np.minimum(1.0, np.linalg.norm(error, axis=1) / 0.1)
        for _ in range(2):  # a joint that would leave its limits is taken out, once
            weighted = jac * free[:, None, :]
            gram = weighted @ np.swapaxes(jac, 1, 2) + (damping**2)[:, None, None] * np.eye(6)
            inverse = np.swapaxes(weighted, 1, 2) @ np.linalg.inv(gram)
            kept = wish * free
            step = (inverse @ (error - (jac @ kept[..., None])[..., 0])[..., None])[..., 0] + kept
            out = ((q <= self.lower + 1e-9) & (step < 0)) | ((q >= self.upper - 1e-9) & (step > 0))
            if not (out & (free > 0)).any():
                break
            free = np.where(out, 0.0, free)
        size = np.abs(step).max(axis=1, keepdims=True)
        return step * np.minimum(1.0, _LARGEST_STEP / np.maximum(size, 1e-9))


def _skew(axis: np.ndarray) -> np.ndarray:
    x, y, z = axis
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    # numpy's own takes three times as long for arrays of this size.
    return np.stack(
        [
            a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1],
            a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2],
            a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0],
        ],
        axis=-1,
    )
