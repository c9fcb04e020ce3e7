# SPDX-License-Identifier: Apache-2.0
"""A person moves the arm directly, for as long as they ask for it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agent_planner_motion.arm.jog import hand_rates, is_free, joint_rates, stretch, within_limits
from agent_planner_motion.arm.kinematics import Kinematics
from agent_planner_motion.arm.planner import ArmPlanner
from agent_planner_motion.arm.trajectory import Limits
from agent_planner_motion.skills.kit import ArmKit

_PERIOD = 0.04  # seconds of ROS time between commands
_LONGEST = 0.1  # a later one goes no further than in that time
_LEAD = 0.15  # radians or metres by which what is commanded may be ahead of what is measured
_LOOK = 0.2  # seconds after which scene and base are looked at again

TOO_NEAR = "the arm goes no further there: it would touch furniture, the floor or the robot"
AT_END = "the arm goes no further there: it is at the end of what its joints allow"


@dataclass(frozen=True)
class Jog:
    """What a person asks of the arm.

    Attributes:
        twist: of the hand, (6,), m/s and rad/s, linear part first; or rates of the joints, (dof,).
        frame: of a twist: that of the base, that of the hand, or, empty, rates of the joints are meant.
    """

    twist: np.ndarray
    frame: str = ""

    def rates(self, kinematics: Kinematics, q: np.ndarray, limits: Limits) -> np.ndarray:
        """Return the joints' rates, (dof,)."""
        if not self.frame:
            return joint_rates(kinematics, q, self.twist, limits)
        twist = self.twist
        if self.frame == kinematics.tip:
            turn = kinematics.pose(q)[:3, :3]
            twist = np.concatenate([turn @ twist[:3], turn @ twist[3:]])
        return hand_rates(kinematics, q, twist, limits)


class ArmJog:
    """Moves the arm as a person asks.

    The arm keeps off furniture, the floor and itself. What can be picked up and handles may be touched: that is what a
    hand is for.

    Args:
        kit: the arm.
        tell: told, while it moves, what keeps it from moving; empty: nothing does any more.
    """

    def __init__(self, kit: ArmKit, tell: Callable[[str], None]):
        self._kit = kit
        self._limits = kit.motion.limits
        self._tell = tell

    def run(self, asked: Callable[[], Jog | None]) -> None:
        """Move for as long as something is asked, then hold the arm where it came to rest.

        Args:
            asked: what is asked now; None: nothing any more. It is looked at right before anything is sent.

        Raises:
            MissingData: joints, base or scene are not heard of; the arm was told to stop.
            NoServer: nobody commands the arm.
        """
        robot, kinematics = self._kit.robot, self._kit.kinematics
        q, rates = robot.joints().q, np.zeros(kinematics.dof)
        planner = self._planner()
        then = looked = robot.now()
        try:
            while (jog := asked()) is not None:
                now = robot.now()
                if now - looked >= _LOOK:
                    planner, looked = self._planner(), now
                seconds, then = min(now - then, _LONGEST), now
                measured = robot.joints().q
                q = kinematics.unwound(q, measured)  # some drivers count angles from -π to π
                q = within_limits(kinematics, q + rates * seconds, q)
                q = np.clip(q, measured - _LEAD, measured + _LEAD)
                rates = self._next(planner, jog, q, rates)
                if asked() is None:
                    break  # looking at scene and base takes its time
                robot.send_arm(stretch(kinematics, q, rates))
                robot.wait(lambda: asked() is None, _PERIOD, None)
        finally:
            self._kit.motion.hold()

    def _next(self, planner: ArmPlanner, jog: Jog, q: np.ndarray, rates: np.ndarray) -> np.ndarray:
        wanted = jog.rates(self._kit.kinematics, q, self._limits)
        free = is_free(planner, q, wanted, self._limits)
        at_end = jog.twist.any() and not wanted.any()
        self._tell(AT_END if at_end else "" if free else TOO_NEAR)
        most = self._limits.acceleration * _PERIOD
        return rates + np.clip((wanted if free else 0.0) - rates, -most, most)

    def _planner(self) -> ArmPlanner:
        world = self._kit.robot.world()
        touched = [*(o.name for o in world.objects), *(f"{place.name} handle" for place in world.places)]
        return self._kit.planner(world, self._kit.robot.base().matrix, touched)
