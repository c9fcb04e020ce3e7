# SPDX-License-Identifier: Apache-2.0
"""Finds joints for poses of the hand: several starts, both ways to close the fingers, the free ones first."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from agent_planner_motion.arm.kinematics import Kinematics
from agent_planner_motion.arm.planner import ArmPlanner
from agent_planner_motion.spatial import transform

_HALF_TURN = transform(np.diag([-1.0, -1.0, 1.0]))
_LAST_JOINT = (-1.8, 0.0, 1.8)


class IkSolver:
    """Inverse kinematics with starts that suit a mobile manipulator.

    Args:
        kinematics: of the arm.
        postures: named joint vectors; those named ``ready`` and ``home``, if there, are starts.
        rng: draws further starts.
    """

    def __init__(
        self, kinematics: Kinematics, postures: Mapping[str, np.ndarray], rng: np.random.Generator | None = None
    ):
        self.kinematics = kinematics
        self._starts = [postures[name] for name in ("ready", "home") if name in postures] or list(postures.values())
        self._rng = rng or np.random.default_rng(1)
        self._pan, self._pan_origin = self._find_pan()
        self._last_turns = bool(kinematics.upper[-1] - kinematics.lower[-1] > 3.0)

    def solve(
        self, target: np.ndarray, planner: ArmPlanner, margin: float, near: np.ndarray | None = None, flip: bool = True
    ) -> list[np.ndarray]:
        """Return joint vectors for a pose, best first; empty if none is free.

        Args:
            target: pose of the tip in the base frame, (4, 4).
            planner: tells the clearance.
            margin: clearance that a solution must have, metres.
            near: joints that the solution should be near to; None: the start it came from.
            flip: whether fingers may be swapped (a half turn about the approach direction).
        """
        return self.solve_many([target], planner, margin, near, flip)[0]

    def solve_many(
        self,
        targets: Sequence[np.ndarray],
        planner: ArmPlanner,
        margin: float,
        near: np.ndarray | None = None,
        flip: bool = True,
    ) -> list[list[np.ndarray]]:
        """Do what `solve` does for many poses at once."""
        goals, seeds, owners = [], [], []
        for number, target in enumerate(targets):
            for pose in (target, target @ _HALF_TURN) if flip else (target,):
                for seed in self._seeds(pose, near):
                    goals.append(pose)
                    seeds.append(seed)
                    owners.append(number)
        if not goals:
            return []
        starts = np.array(seeds)
        found = self.kinematics.solve(np.array(goals), starts, starts, iterations=45)
        solved = self.kinematics.unwound(found.q, starts if near is None else near)
        good = np.flatnonzero(found.reached)
        if len(good):
            good = good[planner.clearance(solved[good]) >= margin]
        weights = np.ones(starts.shape[1])
        weights[-1] = 0.3  # turning the hand costs nothing
        result = []
        for number in range(len(targets)):
            mine = [i for i in good if owners[i] == number]
            reference = starts[owners.index(number)] if near is None else near
            order = sorted(mine, key=lambda i, r=reference: float((np.abs(solved[i] - r) * weights).sum()))
            result.append(_distinct(solved[order]) if order else [])
        return result

    def _seeds(self, target: np.ndarray, near: np.ndarray | None) -> list[np.ndarray]:
        seeds = [] if near is None else [near]
        for posture in self._starts:
            for last in _LAST_JOINT if self._last_turns else (posture[-1],):
                seed = posture.copy()
                if self._pan is not None:
                    direction = target[:2, 3] - self._pan_origin
                    seed[self._pan] = math.atan2(direction[1], direction[0])
                seed[-1] = last
                seeds.append(seed)
        low, high = self.kinematics.lower, self.kinematics.upper
        drawn = seeds[-1] + self._rng.normal(0, 0.5, (3, len(low)))
        return [*seeds, *np.clip(drawn, low, high)]

    def _find_pan(self) -> tuple[int | None, np.ndarray]:
        # The first turning joint about the vertical points the arm at things.
        zero = np.zeros((1, self.kinematics.dof))
        _, jac = self.kinematics.jacobian(zero)
        for i in range(self.kinematics.dof):
            axis = jac[0, 3:, i]
            if abs(axis[2]) > 0.99:
                joint = self.kinematics.robot.joints[self.kinematics.names[i]]
                return i, self.kinematics.links(zero)[joint.child][0][:2, 3]
        return None, np.zeros(2)


def _distinct(rows: np.ndarray, apart: float = 0.2) -> list[np.ndarray]:
    kept: list[np.ndarray] = []
    for row in rows:
        if all(np.abs(row - other).max() > apart for other in kept):
            kept.append(row)
    return kept


def hand_rotation(approach: Sequence[float] | np.ndarray, closing: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return the orientation of the hand, (3, 3): z along the approach, y along the fingers' closing."""
    z = np.asarray(approach, dtype=float)
    z = z / np.linalg.norm(z)
    y = np.asarray(closing, dtype=float)
    y = y - z * (y @ z)
    y = y / np.linalg.norm(y)
    return np.stack([np.cross(y, z), y, z], axis=1)
