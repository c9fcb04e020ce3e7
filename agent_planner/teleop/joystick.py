# SPDX-License-Identifier: Apache-2.0
"""A joystick with dead-man buttons: what its axes and buttons ask for."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent_planner.safety.velocity import Velocity
from agent_planner.teleop.commands import ArmTwist, Word
from agent_planner.types import Autonomy

NO_BUTTON = -1
_NONE_FREE: frozenset[str] = frozenset()  # of the dead-men none was seen let go


@dataclass(frozen=True)
class Axis:
    """One axis of the joystick.

    Attributes:
        number: which; negative: none.
        scale: what its full deflection stands for.
        turbo: the same while the turbo button is held.
    """

    number: int
    scale: float
    turbo: float = 0.0


@dataclass(frozen=True)
class JoySettings:
    """Which axes and buttons mean what; a negative number is no button.

    Attributes:
        base: by the fields of `Velocity`, m/s and rad/s.
        arm: by the fields of `ArmTwist`, without unit.
        enable: the base's dead-man.
        turbo: another one, with the turbo scales.
        require_enable: whether the base needs a dead-man; if not, the deflected stick is one.
        arm_enable: the arm's dead-man; where both are held, the arm moves.
        words: what other buttons say.
    """

    base: Mapping[str, Axis]
    arm: Mapping[str, Axis] = field(default_factory=dict)
    enable: int = NO_BUTTON
    turbo: int = NO_BUTTON
    require_enable: bool = True
    arm_enable: int = NO_BUTTON
    words: Mapping[Word | Autonomy, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """What a person asks for; None: nothing of the base, nothing of the arm.

    Attributes:
        words: what the buttons say that have just been pressed.
        fault: what is wrong with the reading; empty: nothing.
    """

    velocity: Velocity | None = None
    arm: ArmTwist | None = None
    words: tuple[Word | Autonomy, ...] = ()
    fault: str = ""


class Joystick:
    """Reads one message after the other.

    A dead-man that is held at the first reading, at the first after silence, or at a stop, counts once it has been let
    go: it may be stuck, or lie on the table. Buttons speak only while a dead-man is held, but the stop does always.
    """

    def __init__(self, settings: JoySettings):
        self._settings = settings
        self.silence()

    def silence(self) -> None:
        """Nothing comes any more: everything counts as released."""
        self._was_free = _NONE_FREE
        self._pressed: frozenset[Word | Autonomy] | None = None

    def read(self, axes: Sequence[float], buttons: Sequence[int]) -> Wanted:
        """Take a reading; what it lacks counts as at rest, and one with numbers that are not finite as released."""
        settings = self._settings
        fault = self._fault(axes, buttons)
        words = self._words(buttons)
        values = _Values(axes, buttons)
        turbo = values.button(settings.turbo)
        base_axes = {name: values.axis(axis, turbo) for name, axis in settings.base.items()}
        wants_base = turbo or (values.button(settings.enable) if settings.require_enable else any(base_axes.values()))
        # Both are looked at each time, so that each is seen released.
        base = self._holds("base", wants_base)
        arm = self._holds("arm", values.button(settings.arm_enable))
        said = tuple(word for word in words if word is Word.STOP or base or arm)
        if Word.STOP in said:
            self._was_free = _NONE_FREE
        if Word.STOP in said or not all(map(math.isfinite, axes)):
            return Wanted(words=said, fault=fault)
        if arm:
            parts = {name: values.axis(axis) for name, axis in settings.arm.items()}
            return Wanted(arm=ArmTwist(**parts), words=said, fault=fault)
        return Wanted(Velocity(**base_axes) if base else None, words=said, fault=fault)

    def _holds(self, which: str, pressed: bool) -> bool:
        if not pressed:
            self._was_free |= {which}
        return pressed and which in self._was_free

    def _words(self, buttons: Sequence[int]) -> list[Word | Autonomy]:
        values = _Values((), buttons)
        pressed = frozenset(word for word, number in self._settings.words.items() if values.button(number))
        before, self._pressed = self._pressed, pressed
        new = pressed - before if before is not None else pressed & {Word.STOP}
        return [word for word in self._settings.words if word in new]

    def _fault(self, axes: Sequence[float], buttons: Sequence[int]) -> str:
        if not all(map(math.isfinite, axes)):
            return "an axis of the joystick is no finite number, which counts as released"
        settings = self._settings
        axis = max((a.number for a in (*settings.base.values(), *settings.arm.values())), default=-1)
        button = max(settings.enable, settings.turbo, settings.arm_enable, *settings.words.values(), NO_BUTTON)
        lacking = [
            f"{what} {most} is used and there are {count}"
            for what, most, count in (("axis", axis, len(axes)), ("button", button, len(buttons)))
            if most >= count
        ]
        return f"the joystick has less than its parameters name: {'; '.join(lacking)}" if lacking else ""


class _Values:
    """A reading, of which anything may be missing."""

    def __init__(self, axes: Sequence[float], buttons: Sequence[int]):
        self._axes, self._buttons = axes, buttons

    def axis(self, axis: Axis, turbo: bool = False) -> float:
        value = self._axes[axis.number] if 0 <= axis.number < len(self._axes) else 0.0
        return max(-1.0, min(1.0, value)) * (axis.turbo if turbo else axis.scale)

    def button(self, number: int) -> bool:
        return 0 <= number < len(self._buttons) and bool(self._buttons[number])
