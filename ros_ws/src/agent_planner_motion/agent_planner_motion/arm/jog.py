# SPDX-License-Identifier: Apache-2.0
"""Rates of the joints for a person who moves the hand by sight: straight as asked, within what the arm can do."""

import numpy as np

from agent_planner_motion.arm.kinematics import Kinematics
from agent_planner_motion.arm.planner import ArmPlanner
from agent_planner_motion.arm.trajectory import STEP, Limits, Trajectory

AHEAD = 0.16  # seconds for which a motion is sent, and looked ahead for contact
_MARGIN = 0.005  # metres from what the arm must not touch: less than fingers need above a table
_AT_END = 0.01  # radians or metres before a joint's end at which it goes no further
# Smallest singular value of the Jacobian (m/s or rad/s with each joint at its limit) below which rates are damped.
_SINGULAR = 0.12
_DAMPING = 0.12
_LEAST = 0.25  # share of what is asked below which it is left alone: the hand would only drift aside
_STEP = 0.02  # radians or metres after which it is seen whether a motion leads out of a singularity


def hand_rates(kinematics: Kinematics, q: np.ndarray, twist: np.ndarray, limits: Limits) -> np.ndarray:
    """Return the joints' rates, (dof,), that move the tip by a twist as nearly as the arm can.

    Joints take their part by how fast they may go; one at its end is left out. Near a singularity the rates are
    damped: what the arm cannot do there it does slowly, and then not at all, but for what leads out of it. All are
    slowed down alike where one would be too fast, which keeps the direction.

    Args:
        kinematics: of the arm.
        q: joints, (dof,).
        twist: of the tip, (6,), m/s and rad/s in the base frame, linear part first.
        limits: of the joints.
    """
    _, jacobians = kinematics.jacobian(q[None])
    share = limits.velocity.copy()
    rates = np.zeros_like(q)
    for _ in range(len(q)):
        rates = share * _least_squares(jacobians[0] * share, twist)
        blocked = _at_end(kinematics, q, rates) & (share > 0.0)
        if not blocked.any():
            break
        share[blocked] = 0.0
    rates = np.where(_at_end(kinematics, q, rates), 0.0, rates)
    done = float(twist @ jacobians[0] @ rates)
    if done < _LEAST * float(twist @ twist) and not _leaves_singularity(kinematics, q, rates, limits):
        return np.zeros_like(q)
    return _slowed(rates, limits)


def joint_rates(kinematics: Kinematics, q: np.ndarray, wanted: np.ndarray, limits: Limits) -> np.ndarray:
    """Return rates, (dof,), as wanted, but within the limits; a joint at its end goes no further."""
    return _slowed(np.where(_at_end(kinematics, q, wanted), 0.0, wanted), limits)


def is_free(planner: ArmPlanner, q: np.ndarray, rates: np.ndarray, limits: Limits) -> bool:
    """Whether going on like that for a moment, then braking, touches nothing, or at least comes no nearer to it."""
    way = rates * np.maximum(AHEAD, np.abs(rates) / (2 * limits.acceleration))
    here, there = planner.clearance(np.stack([q, within_limits(planner.kinematics, q + way, q)]))
    return bool(there >= min(_MARGIN, float(here)))


def stretch(kinematics: Kinematics, q: np.ndarray, rates: np.ndarray) -> Trajectory:
    """Return a short motion at some rates from some joints on, which ends at rest where nothing follows it."""
    times = np.arange(round(AHEAD / STEP)) * STEP
    positions = within_limits(kinematics, q + rates * (times[:, None] + STEP), q)
    velocities = np.repeat(rates[None], len(times), axis=0)
    velocities[-1] = 0.0
    return Trajectory(times, positions, velocities)


def within_limits(kinematics: Kinematics, q: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return joints, (..., dof), within their limits; one that starts outside is not thrown back but goes no further.

    Args:
        kinematics: of the arm.
        q: where they would be.
        start: where they are, (dof,).
    """
    return np.clip(q, np.minimum(kinematics.lower, start), np.maximum(kinematics.upper, start))


def _least_squares(jacobian: np.ndarray, twist: np.ndarray) -> np.ndarray:
    u, sizes, v = np.linalg.svd(jacobian, full_matrices=False)
    near = np.clip(1.0 - (sizes / _SINGULAR) ** 2, 0.0, 1.0)
    gains = sizes / np.maximum(sizes**2 + near * _DAMPING**2, 1e-12)
    return v.T @ (gains * (u.T @ twist))


def _leaves_singularity(kinematics: Kinematics, q: np.ndarray, rates: np.ndarray, limits: Limits) -> bool:
    step = rates * (_STEP / max(float(np.abs(rates).max()), 1e-9))
    _, jacobians = kinematics.jacobian(np.stack([q, q + step]))
    here, there = np.linalg.svd(jacobians * limits.velocity, compute_uv=False)[:, -1]
    return bool(there > here)


def _at_end(kinematics: Kinematics, q: np.ndarray, rates: np.ndarray) -> np.ndarray:
    low, high = kinematics.lower + _AT_END, kinematics.upper - _AT_END
    return ((q <= low) & (rates < 0.0)) | ((q >= high) & (rates > 0.0))


def _slowed(rates: np.ndarray, limits: Limits) -> np.ndarray:
    return rates / max(1.0, float((np.abs(rates) / limits.velocity).max()))
