# SPDX-License-Identifier: Apache-2.0
"""Keys that drive: those of teleop_twist_keyboard for the base, a second page of them for the arm."""

import time
from collections.abc import Callable

from agent_planner.safety.velocity import Velocity
from agent_planner.teleop import keys
from agent_planner.teleop.commands import ArmTwist, Word
from agent_planner.types import Autonomy

# A terminal tells no release of a key: so long after its last repeat it counts as released, seconds.
HELD_S = 0.5
_FASTER, _SLOWER = 1.1, 0.9
_MOST_LINEAR, _MOST_TURN = 2.0, 4.0

# x, y and turn, each -1, 0 or 1.
BASE_KEYS = {
    "i": (1, 0, 0),
    keys.UP: (1, 0, 0),
    ",": (-1, 0, 0),
    keys.DOWN: (-1, 0, 0),
    "j": (0, 0, 1),
    keys.LEFT: (0, 0, 1),
    "l": (0, 0, -1),
    keys.RIGHT: (0, 0, -1),
    "u": (1, 0, 1),
    "o": (1, 0, -1),
    "m": (-1, 0, -1),
    ".": (-1, 0, 1),
    "I": (1, 0, 0),
    "<": (-1, 0, 0),
    "J": (0, 1, 0),
    "L": (0, -1, 0),
    "U": (1, 1, 0),
    "O": (1, -1, 0),
    "M": (-1, 1, 0),
    ">": (-1, -1, 0),
}
# Factors of forward speed and of turning.
SPEED_KEYS = {
    "q": (_FASTER, _FASTER),
    "z": (_SLOWER, _SLOWER),
    "w": (_FASTER, 1.0),
    "x": (_SLOWER, 1.0),
    "e": (1.0, _FASTER),
    "c": (1.0, _SLOWER),
}
ARM_KEYS = {
    "w": ArmTwist(x=1),
    keys.UP: ArmTwist(x=1),
    "s": ArmTwist(x=-1),
    keys.DOWN: ArmTwist(x=-1),
    "a": ArmTwist(y=1),
    keys.LEFT: ArmTwist(y=1),
    "d": ArmTwist(y=-1),
    keys.RIGHT: ArmTwist(y=-1),
    "r": ArmTwist(z=1),
    "f": ArmTwist(z=-1),
    "u": ArmTwist(roll=-1),
    "o": ArmTwist(roll=1),
    "i": ArmTwist(pitch=-1),
    "k": ArmTwist(pitch=1),
    "j": ArmTwist(yaw=1),
    "l": ArmTwist(yaw=-1),
}
ARM_SPEED_KEYS = {"q": _FASTER, "z": _SLOWER}
WORDS = {
    keys.SPACE: Word.STOP,
    "t": Word.TAKE_OVER,
    "b": Word.GIVE_BACK,
    "g": Word.CLOSE,
    "h": Word.OPEN,
    "?": Word.HELP,
    "Q": Word.END,
    "1": Autonomy.AUTO,
    "2": Autonomy.CONFIRM,
    "3": Autonomy.PLAN_ONLY,
    "4": Autonomy.TELEOP,
}
FRAME_KEY = "e"
HELP = """\
space  STOP the robot             t  take over      b  give back       ?  this help     Q, Ctrl-C  end
tab    base keys / arm keys       g  grip           h  open the hand   1 auto  2 confirm  3 plan_only  4 teleop
base:  u i o    arrows, too       q z  all speeds +-10 %    w x  forward speed    e c  turning speed
       j k l    k: stand          shift: sideways, where the base can
       m , .
arm:   w s  forward, back    a d  left, right     r f  up, down     arrows, too
       u o  roll             i k  pitch           j l  yaw          q z  speed    e  axes of the base or of the hand
A key counts as held until half a second after its last repeat; any other key lets go at once."""


class Keyboard:
    """What is held, how fast, and on which page.

    Args:
        linear: forward speed at first, m/s.
        turn: turning speed at first, rad/s.
        clock: steady time in seconds.
    """

    def __init__(self, linear: float, turn: float, clock: Callable[[], float] = time.monotonic):
        self.linear, self.turn = linear, turn
        self.arm_share = 0.5
        self.for_arm = False
        self.in_hand = False  # whether the arm's axes are those of the hand
        self._clock = clock
        self._held = ""
        self._since = 0.0

    def press(self, key: str) -> Word | Autonomy | None:
        """Take a key (or its repeat); returns the word that it stands for, if it is one."""
        word = WORDS.get(key)
        moves = ARM_KEYS if self.for_arm else BASE_KEYS
        if word not in (Word.OPEN, Word.CLOSE, Word.HELP):
            self._held, self._since = (key if key in moves else ""), self._clock()
        if key == keys.TAB:
            self.for_arm = not self.for_arm
        elif self.for_arm:
            self.arm_share = min(1.0, max(0.05, self.arm_share * ARM_SPEED_KEYS.get(key, 1.0)))
            self.in_hand ^= key == FRAME_KEY
        else:
            linear, turn = SPEED_KEYS.get(key, (1.0, 1.0))
            self.linear = min(_MOST_LINEAR, self.linear * linear)
            self.turn = min(_MOST_TURN, self.turn * turn)
        return word

    @property
    def velocity(self) -> Velocity | None:
        """What the base is to do; None: no key asks for anything."""
        if self.for_arm or not self._holds:
            return None
        x, y, turn = BASE_KEYS[self._held]
        return Velocity(x * self.linear, y * self.linear, turn * self.turn)

    @property
    def arm(self) -> ArmTwist | None:
        """What the hand is to do; None: no key asks for anything."""
        if not self.for_arm or not self._holds:
            return None
        return ArmTwist(*(part * self.arm_share for part in ARM_KEYS[self._held]))

    @property
    def _holds(self) -> bool:
        return bool(self._held) and self._clock() - self._since < HELD_S
