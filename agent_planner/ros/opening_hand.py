# SPDX-License-Identifier: Apache-2.0
"""A real failure in simulation: the robot's hand opens once, in the middle of a skill."""

from random import Random

from std_msgs.msg import Float64

from agent_planner.ros.client import Feedback
from agent_planner.ros.client_node import ClientNode
from agent_planner.tuning.scenarios.scenario import stable_seed

LIFTING, DRIVING = "lifting", "driving"
_WIDE = 0.08  # metres between the fingers
_LIFTS = ("state LIFTING", "state RETRACTING")


class OpeningHand:
    """Opens the hand of the shipped robot. `hear` every feedback of an episode after `begin`.

    Attributes:
        struck: ``lifting`` or ``driving`` once it has opened, else empty.
    """

    def __init__(self, client: ClientNode):
        self._command = client.node.create_publisher(Float64, "gripper_controller/command", 10)
        self._when = self.struck = ""
        self._carries = False

    def begin(self, split: str, suite: str, seed: int) -> None:
        """Choose for an episode: as a picked thing is lifted, or on the first drive with it."""
        self._when = Random(stable_seed(split, suite, seed, "hand")).choice((LIFTING, DRIVING))
        self.struck = ""
        self._carries = False

    def hear(self, feedback: Feedback) -> None:
        """Open it where the time has come."""
        skill = feedback.call.partition("(")[0]
        if self._when == LIFTING:
            due = skill == "pick" and feedback.detail in _LIFTS
        else:
            due = skill == "navigate_to" and self._carries and feedback.detail.startswith("distance_remaining")
        if due and not self.struck:
            self.struck = self._when
            self._command.publish(Float64(data=_WIDE))
        if feedback.state == "RESULT" and feedback.detail == "ok" and skill != "navigate_to":
            self._carries = skill == "pick"
