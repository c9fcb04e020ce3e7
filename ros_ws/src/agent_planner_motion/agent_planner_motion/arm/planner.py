# SPDX-License-Identifier: Apache-2.0
"""Paths of the arm: straight in joint space where that is free, else around things; straight lines of the hand."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from agent_planner_motion.arm.collision import ArmModel, Spheres
from agent_planner_motion.arm.obstacles import Obstacles
from agent_planner_motion.arm.trajectory import densify, rounded
from agent_planner_motion.spatial import rotation_of, rotation_vector

_CHECK = 0.05  # radians (or metres of lift) between checked configurations
_EXTEND = 0.5
_MARGIN = 0.012
_MARGIN_NEAR = 0.002  # near what is to be grasped
_LESS = 0.002  # than the ends of a way have may be kept along it
_LEAVE = 0.2  # radians (or a third of that in metres of lift) around the start in which a touch is put up with
_JUMP = 0.45  # a larger step of a joint between two points of a line means another branch of the solution

_Check = Callable[[np.ndarray], np.ndarray]  # joints, (n, dof), to which of them are free, (n,)


class ArmPlanner:
    """Plans for one arm in one world.

    Args:
        model: the arm.
        world: what stands around, base frame.
        held: what is in the hand.
        rng: source of random numbers; the same seed gives the same plans.
    """

    def __init__(
        self, model: ArmModel, world: Obstacles, held: Spheres | None = None, rng: np.random.Generator | None = None
    ):
        self.model = model
        self.kinematics = model.kinematics
        self.world = world
        self.held = held
        self._rng = rng or np.random.default_rng(0)
        # The lift in metres moves the hand as far as about two radians would.
        self._weights = np.where(self.kinematics.velocity < 0.5, 3.0, 1.0)

    def clearance(self, q: np.ndarray) -> np.ndarray:
        """Return the clearance of joint vectors, (n, dof)."""
        return self.model.clearance(np.atleast_2d(q), self.world, self.held)

    def free(self, path: np.ndarray, margin: float = _MARGIN) -> bool:
        """Whether all configurations of a dense path keep the margin, or what its ends have, if that is less.

        Where it begins it may even touch something, since that is where the arm is.
        """
        clearance = self.clearance(path)
        return bool((clearance >= self._floor(path, path[0], clearance[[0, -1]], margin)).all())

    def _floor(self, q: np.ndarray, start: np.ndarray, ends: np.ndarray, margin: float = _MARGIN) -> np.ndarray:
        """Return the clearance that configurations, (n, dof), of a way must have, (n,).

        Args:
            q: the configurations.
            start: joints where the way begins.
            ends: clearance at its start and at its goal.
            margin: what is asked for where the ends do not force less.
        """
        least = min(margin, float(ends[0]) - _LESS, max(float(ends[1]) - _LESS, 0.0))
        leaving = np.abs((q - start) * self._weights).max(axis=1) <= _LEAVE
        return np.where(leaving, least, min(margin, max(least, _MARGIN_NEAR)))

    def joint_path(self, start: np.ndarray, goals: Sequence[np.ndarray], tries: int = 300) -> np.ndarray | None:
        """Return a dense, smooth path from start to the first goal that can be reached, or None.

        Straight ways to all goals are tried before trees are grown to the first few.

        Args:
            start: joints.
            goals: joints, the best first.
            tries: how often a tree grows, for each goal.
        """
        for goal in goals:
            path = densify(np.array([start, goal]), _CHECK)
            if self.free(path):
                return densify(path)
        for goal in goals[:3]:
            corners = self._grow(start, goal, tries)
            if corners is not None:
                return self._smooth(self._shortcut(corners))
        return None

    def line_path(
        self,
        start: np.ndarray,
        targets: Sequence[np.ndarray],
        spacing: float = 0.01,
        margin: float | None = _MARGIN_NEAR,
    ) -> np.ndarray | None:
        """Return a path on which the hand goes straight from pose to pose, or None if it cannot.

        Args:
            start: joints at which it begins.
            targets: poses of the tip in the base frame, passed in turn.
            spacing: metres between solved poses.
            margin: clearance to keep; None: contacts are wanted, nothing is checked.
        """
        path, reached = self.trace(start, targets, spacing)
        if reached < len(targets) or (margin is not None and not self.free(path, margin)):
            return None
        return path

    def trace(self, start: np.ndarray, targets: Sequence[np.ndarray], spacing: float = 0.01) -> tuple[np.ndarray, int]:
        """Lead the hand straight from pose to pose as far as the joints allow; nothing is checked for contact.

        Returns:
            The path, (n, dof), up to the last target that was reached, and how many were.
        """
        (found,) = self.trace_many(start[None], [t[None] for t in targets], spacing)
        return found

    def trace_many(
        self, starts: np.ndarray, targets: Sequence[np.ndarray], spacing: float = 0.01
    ) -> list[tuple[np.ndarray, int]]:
        """Do what `trace` does for many starts at once.

        Args:
            starts: (k, dof).
            targets: poses to pass, each (k, 4, 4).
            spacing: metres between solved poses.
        """
        q = np.array(starts)
        alive = np.ones(len(q), dtype=bool)
        paths = [[row.copy()] for row in q]
        reached, kept = np.zeros(len(q), dtype=int), np.ones(len(q), dtype=int)
        here = self.kinematics.links(q)[self.kinematics.tip]
        for target in targets:
            for poses in _between(here, target, spacing):
                rows = np.flatnonzero(alive)
                if not len(rows):
                    break
                # Pulled to where it began, so that the redundancy does not wander off.
                solution = self.kinematics.solve(poses[rows], q[rows], starts[rows], iterations=30)
                good = solution.reached & (np.abs(solution.q - q[rows]).max(axis=1) <= _JUMP)
                alive[rows[~good]] = False
                q[rows[good]] = solution.q[good]
                for row in rows[good]:
                    paths[row].append(q[row].copy())
            here = target
            reached += alive
            kept = np.where(alive, [len(path) for path in paths], kept)
        return [(np.array(path[:n]), int(c)) for path, n, c in zip(paths, kept, reached, strict=True)]

    def _grow(self, start: np.ndarray, goal: np.ndarray, tries: int) -> np.ndarray | None:
        trees = [_Tree(start), _Tree(goal)]
        ends = self.clearance(np.array([start, goal]))
        if ends[1] < 0.0:
            return None  # no way is free whose end is not

        def free(path: np.ndarray) -> np.ndarray:
            return self.clearance(path) >= self._floor(path, start, ends)

        low, high = self.kinematics.lower, self.kinematics.upper
        for number in range(tries):
            here, there = trees[number % 2], trees[1 - number % 2]
            # Near the two ends first, then anywhere: most detours are short.
            centre = (start, goal)[int(self._rng.integers(2))]
            spread = 0.3 + 1.5 * number / tries
            wish = np.clip(centre + self._rng.normal(0, spread, len(low)) / self._weights, low, high)
            new = self._extend(here, wish, free)
            if new is None:
                continue
            joined = self._connect(there, here.nodes[new], free)
            if joined is not None:
                a, b = here.branch(new), there.branch(joined)
                path = np.array([*a[::-1], *b[1:]] if number % 2 == 0 else [*b[::-1], *a[1:]])
                return path
        return None

    def _extend(self, tree: "_Tree", wish: np.ndarray, free: _Check) -> int | None:
        near = tree.nearest(wish, self._weights)
        step = wish - tree.nodes[near]
        size = np.linalg.norm(step * self._weights)
        end = tree.nodes[near] + step * min(1.0, _EXTEND / max(size, 1e-9))
        path = densify(np.array([tree.nodes[near], end]), _CHECK)[1:]
        return tree.add(end, near) if free(path).all() else None

    def _connect(self, tree: "_Tree", wish: np.ndarray, free: _Check) -> int | None:
        near = tree.nearest(wish, self._weights)
        path = densify(np.array([tree.nodes[near], wish]), _CHECK)[1:]
        good = free(path)
        count = int(np.argmin(good)) if not good.all() else len(path)
        if count == 0:
            return None
        reached = tree.add(path[count - 1], near)
        return reached if count == len(path) else None

    def _shortcut(self, corners: np.ndarray, rounds: int = 60) -> np.ndarray:
        path = densify(corners, _CHECK)
        for _ in range(rounds):
            if len(path) < 4:
                break
            i, j = sorted(self._rng.choice(len(path), 2, replace=False))
            if j - i < 2:
                continue
            straight = densify(np.array([path[i], path[j]]), _CHECK)
            if len(straight) < j - i + 1 and self.free(straight):
                path = np.concatenate([path[:i], straight, path[j + 1 :]])
        return path

    def _smooth(self, path: np.ndarray) -> np.ndarray:
        dense = densify(path)
        for width in (25, 12, 5):
            smooth = rounded(dense, width)
            if self.free(smooth[::2] if len(smooth) > 4 else smooth, _MARGIN / 2):
                return smooth
        return dense


class _Tree:
    def __init__(self, root: np.ndarray):
        self.nodes = [np.array(root)]
        self._parents = [-1]

    def nearest(self, q: np.ndarray, weights: np.ndarray) -> int:
        return int(np.argmin((((np.array(self.nodes) - q) * weights) ** 2).sum(axis=1)))

    def add(self, q: np.ndarray, parent: int) -> int:
        self.nodes.append(q)
        self._parents.append(parent)
        return len(self.nodes) - 1

    def branch(self, index: int) -> list[np.ndarray]:
        found = []
        while index >= 0:
            found.append(self.nodes[index])
            index = self._parents[index]
        return found


def _between(a: np.ndarray, b: np.ndarray, spacing: float) -> Iterator[np.ndarray]:
    """Give poses on the straight ways from some poses to others, (k, 4, 4) each time."""
    turn = rotation_vector(b[:, :3, :3] @ np.swapaxes(a[:, :3, :3], 1, 2))
    way = b[:, :3, 3] - a[:, :3, 3]
    longest = max(float(np.linalg.norm(way, axis=1).max()) / spacing, float(np.linalg.norm(turn, axis=1).max()) / 0.06)
    count = max(1, int(np.ceil(longest - 1e-6)))
    for share in np.linspace(0, 1, count + 1)[1:]:
        poses = np.zeros_like(b)
        poses[:, :3, :3] = rotation_of(turn * share) @ a[:, :3, :3]
        poses[:, :3, 3] = a[:, :3, 3] + way * share
        poses[:, 3, 3] = 1.0
        yield poses
