# SPDX-License-Identifier: Apache-2.0
"""What a person says beside where the base is to go (`safety.velocity.Velocity`)."""

from enum import Enum
from typing import NamedTuple


class ArmTwist(NamedTuple):
    """Of the hand, without unit: shares, from -1 to 1, of the speeds that the arm's node has for it.

    ``x``, ``y`` and ``z`` along the axes of a frame, ``roll``, ``pitch`` and ``yaw`` about them.
    """

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    roll: float = 0.0
    pitch: float = 0.0
    yaw: float = 0.0


class Word(Enum):
    """What is said once, by a key or a button; a level of autonomy (`types.Autonomy`) is another such word."""

    STOP = "stop the robot"
    TAKE_OVER = "take over"
    GIVE_BACK = "give back"
    OPEN = "open the gripper"
    CLOSE = "close the gripper"
    HELP = "help"
    END = "end the program; the robot stays the person's"
