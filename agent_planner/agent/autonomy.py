# SPDX-License-Identifier: Apache-2.0
"""The level of autonomy, which a person may change at any time."""

import threading
from collections.abc import Callable

from agent_planner.errors import UserError
from agent_planner.types import Autonomy

# The further, the less a person is asked.
_FREEDOM = (Autonomy.PLAN_ONLY, Autonomy.CONFIRM, Autonomy.AUTO)


class AutonomySwitch:
    """Holds the level. `TELEOP` lies over the one for instructions, which is kept meanwhile.

    Args:
        level: at first. Where that is `TELEOP`, instructions are carried out at `CONFIRM` once it ends.
    """

    def __init__(self, level: Autonomy = Autonomy.AUTO):
        self._lock = threading.Lock()
        self._level = level
        self._instructed = Autonomy.CONFIRM if level is Autonomy.TELEOP else level
        self._changes = 0

    @property
    def level(self) -> Autonomy:
        """The level as it was set."""
        return self._level

    @property
    def instructed(self) -> Autonomy:
        """The level at which instructions are carried out; never `TELEOP`."""
        return self._instructed

    def set(self, level: Autonomy) -> Autonomy:
        """Change it; returns the level before."""
        with self._lock:
            before, self._level = self._level, level
            # The level that lay below `TELEOP` comes back with the robot. Whatever else a person sets, they mean, also
            # where it is the level of instructions already: the one that runs may have one of its own.
            returns = before is Autonomy.TELEOP and level is self._instructed
            if level is not Autonomy.TELEOP and not returns:
                self._instructed = level
                self._changes += 1
            return before

    def for_instruction(self, own: Autonomy | None) -> Callable[[], Autonomy]:
        """The level of one instruction, to be asked again at every call.

        It is the instruction's ``own``, if it names one, until a person sets a level while it runs.

        Raises:
            UserError: its own would ask a person less than the level for instructions does.
        """
        with self._lock:
            then, most = self._changes, self._instructed
        if own is not None and _FREEDOM.index(own) > _FREEDOM.index(most):
            raise UserError(
                f"autonomy '{own.value}' goes beyond the planner's own, '{most.value}': leave it out, "
                "or have a person set the level (set_autonomy)"
            )
        return lambda: own if own is not None and self._changes == then else self._instructed
