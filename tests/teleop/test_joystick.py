# SPDX-License-Identifier: Apache-2.0
"""What a joystick asks for: dead-men, turbo, words, and readings that are not as they should be."""

import math
from dataclasses import replace

import pytest

from agent_planner.safety.velocity import ZERO, Velocity
from agent_planner.teleop.commands import ArmTwist, Word
from agent_planner.teleop.joystick import Axis, JoySettings, Joystick, Wanted
from agent_planner.types import Autonomy

ENABLE, ARM, TURBO, STOP, BACK, OPEN, CONFIRM = range(7)
SETTINGS = JoySettings(
    base={"x": Axis(1, 0.25, 0.5), "y": Axis(-1, 1.0), "yaw": Axis(0, 0.6, 1.2)},
    arm={"x": Axis(1, 1.0), "z": Axis(2, -0.5)},
    enable=ENABLE,
    turbo=TURBO,
    arm_enable=ARM,
    words={Word.STOP: STOP, Word.GIVE_BACK: BACK, Word.OPEN: OPEN, Autonomy.CONFIRM: CONFIRM},
)


def buttons(*held):
    return [int(number in held) for number in range(7)]


@pytest.fixture
def joystick():
    """One that was seen at rest."""
    joystick = Joystick(SETTINGS)
    assert joystick.read([0.0] * 3, buttons()) == Wanted()
    return joystick


def test_nothing_moves_without_a_dead_man(joystick):
    assert joystick.read([1.0, 1.0, 1.0], buttons()) == Wanted()


def test_the_base_moves_while_its_dead_man_is_held(joystick):
    assert joystick.read([0.5, 1.0, 0.0], buttons(ENABLE)).velocity == Velocity(0.25, 0.0, 0.3)
    assert joystick.read([0.0, 0.0, 0.0], buttons(ENABLE)).velocity == ZERO
    assert joystick.read([0.0, 1.0, 0.0], buttons()).velocity is None, "let go with the stick still deflected"


def test_turbo_is_a_dead_man_too(joystick):
    assert joystick.read([0.0, 1.0, 0.0], buttons(TURBO)).velocity == Velocity(0.5)
    assert joystick.read([0.0, 1.0, 0.0], buttons(TURBO, ENABLE)).velocity == Velocity(0.5)


def test_the_arm_moves_while_its_dead_man_is_held_and_the_base_does_not(joystick):
    wanted = joystick.read([0.0, 1.0, 0.4], buttons(ARM, ENABLE))
    assert (wanted.velocity, wanted.arm) == (None, ArmTwist(x=1.0, z=-0.2))
    assert joystick.read([0.0, 1.0, 0.4], buttons(ARM, TURBO)) == wanted, "turbo is the base's alone"
    assert joystick.read([0.0, 1.0, 0.4], buttons()) == Wanted()


def test_what_is_beyond_full_deflection_counts_as_that(joystick):
    assert joystick.read([-3.0, 9.0, 0.0], buttons(ENABLE)).velocity == Velocity(0.25, 0.0, -0.6)


def test_a_dead_man_that_is_held_at_first_counts_once_it_was_let_go():
    joystick = Joystick(SETTINGS)
    deflected = [0.0, 1.0, 0.0]
    assert joystick.read(deflected, buttons(ENABLE, ARM)) == Wanted()
    assert joystick.read(deflected, buttons(ENABLE)) == Wanted()
    assert joystick.read(deflected, buttons(ARM)).arm == ArmTwist(x=1.0)
    assert joystick.read(deflected, buttons(ENABLE)).velocity == Velocity(0.25)
    joystick.silence()
    assert joystick.read(deflected, buttons(ENABLE)) == Wanted()


def test_without_a_dead_man_the_deflected_stick_is_one():
    joystick = Joystick(replace(SETTINGS, require_enable=False))
    assert joystick.read([0.0, 1.0, 0.0], buttons()) == Wanted(), "it is deflected at first"
    assert joystick.read([0.0, 0.0, 0.0], buttons()) == Wanted()
    assert joystick.read([0.0, 1.0, 0.0], buttons()).velocity == Velocity(0.25)


def test_a_word_is_said_once_when_its_button_goes_down_with_a_dead_man_held(joystick):
    rest = [0.0, 0.0, 0.0]
    assert joystick.read(rest, buttons(BACK)).words == ()
    assert joystick.read(rest, buttons(BACK, ENABLE)).words == (), "it was down before"
    joystick.read(rest, buttons(ENABLE))
    assert joystick.read(rest, buttons(BACK, CONFIRM, ENABLE)).words == (Word.GIVE_BACK, Autonomy.CONFIRM)
    assert joystick.read(rest, buttons(BACK, ENABLE)).words == ()
    assert joystick.read(rest, buttons(OPEN, ARM)).words == (Word.OPEN,)


def test_the_stop_needs_no_dead_man_and_lets_go_of_all():
    joystick = Joystick(SETTINGS)
    assert joystick.read([0.0] * 3, buttons(STOP)).words == (Word.STOP,), "at the very first reading, too"
    assert joystick.read([0.0] * 3, buttons(STOP)).words == ()
    joystick.read([0.0] * 3, buttons())
    wanted = joystick.read([0.0, 1.0, 0.0], buttons(STOP, ENABLE))
    assert wanted == Wanted(words=(Word.STOP,))
    assert joystick.read([0.0, 1.0, 0.0], buttons(ENABLE)) == Wanted(), "a reset would set the robot going"
    joystick.read([0.0, 1.0, 0.0], buttons())
    assert joystick.read([0.0, 1.0, 0.0], buttons(ENABLE)).velocity == Velocity(0.25)


def test_a_stop_that_is_held_through_a_silence_is_said_again(joystick):
    assert joystick.read([0.0] * 3, buttons(STOP)).words == (Word.STOP,)
    joystick.silence()
    assert joystick.read([0.0] * 3, buttons(STOP)).words == (Word.STOP,)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("held", [ENABLE, ARM])
def test_a_number_that_is_not_finite_counts_as_released(joystick, bad, held):
    wanted = joystick.read([0.0, 1.0, bad], buttons(held, STOP))
    assert (wanted.velocity, wanted.arm, wanted.words) == (None, None, (Word.STOP,))
    wanted = joystick.read([bad, 1.0, 0.0], buttons(held))
    assert (wanted.velocity, wanted.arm) == (None, None)
    assert "no finite number" in wanted.fault


def test_an_axis_that_is_missing_counts_as_at_rest_and_is_told(joystick):
    wanted = joystick.read([1.0], buttons(ENABLE))
    assert wanted.velocity == Velocity(0.0, 0.0, 0.6)
    assert wanted.fault.endswith("axis 2 is used and there are 1")
    assert joystick.read([0.0] * 2, buttons()).fault.endswith("axis 2 is used and there are 2")
    assert joystick.read([0.0] * 3, buttons()).fault == ""
    assert joystick.read([], []).velocity is None
    assert "axis 2 is used and there are 0; button 6 is used and there are 0" in joystick.read([], []).fault


def test_a_negative_number_is_no_button(joystick):
    joystick = Joystick(replace(SETTINGS, enable=-1, turbo=-1, words={Word.STOP: -1}))
    joystick.read([0.0] * 3, buttons())
    assert joystick.read([0.0, 1.0, 0.0], [1] * 7).velocity is None
    assert joystick.read([0.0, 1.0, 0.0], [1] * 7).arm == ArmTwist(x=1.0, z=0.0)
