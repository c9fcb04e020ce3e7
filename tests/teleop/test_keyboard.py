# SPDX-License-Identifier: Apache-2.0
"""What keys mean: pages, speeds, words, and how long a key counts as held."""

import pytest

from agent_planner.safety.velocity import Velocity
from agent_planner.teleop import keys
from agent_planner.teleop.commands import ArmTwist, Word
from agent_planner.teleop.keyboard import ARM_KEYS, ARM_SPEED_KEYS, BASE_KEYS, FRAME_KEY, SPEED_KEYS, WORDS, Keyboard
from agent_planner.types import Autonomy
from tests.clock import Clock


@pytest.fixture
def clock():
    return Clock(100.0)


@pytest.fixture
def keyboard(clock):
    return Keyboard(0.2, 0.5, clock)


@pytest.mark.parametrize(
    ("key", "velocity"),
    [
        ("i", (0.2, 0, 0)),
        (keys.UP, (0.2, 0, 0)),
        (",", (-0.2, 0, 0)),
        (keys.DOWN, (-0.2, 0, 0)),
        ("j", (0, 0, 0.5)),
        (keys.LEFT, (0, 0, 0.5)),
        ("l", (0, 0, -0.5)),
        (keys.RIGHT, (0, 0, -0.5)),
        ("u", (0.2, 0, 0.5)),
        ("o", (0.2, 0, -0.5)),
        ("m", (-0.2, 0, -0.5)),
        (".", (-0.2, 0, 0.5)),
        ("I", (0.2, 0, 0)),
        ("<", (-0.2, 0, 0)),
        ("J", (0, 0.2, 0)),
        ("L", (0, -0.2, 0)),
        ("U", (0.2, 0.2, 0)),
        ("O", (0.2, -0.2, 0)),
        ("M", (-0.2, 0.2, 0)),
        (">", (-0.2, -0.2, 0)),
    ],
)
def test_the_base_is_driven_as_by_teleop_twist_keyboard(keyboard, key, velocity):
    assert keyboard.press(key) is None
    assert keyboard.velocity == Velocity(*velocity)
    assert keyboard.arm is None


def test_a_key_counts_as_held_until_half_a_second_after_its_last_repeat(keyboard, clock):
    keyboard.press("i")
    clock.now += 0.49
    assert keyboard.velocity
    keyboard.press("i")
    clock.now += 0.49
    assert keyboard.velocity
    clock.now += 0.02
    assert keyboard.velocity is None


@pytest.mark.parametrize("key", ["k", "y", keys.OTHER, keys.SPACE, keys.TAB, "t", "b", "1"])
def test_any_other_key_lets_go_at_once(keyboard, key):
    keyboard.press("i")
    keyboard.press(key)
    assert keyboard.velocity is None


@pytest.mark.parametrize("key", ["g", "h", "?"])
def test_hand_and_help_go_beside_a_motion(keyboard, key):
    keyboard.press("i")
    keyboard.press(key)
    assert keyboard.velocity == Velocity(0.2)


def test_speeds_change_by_a_tenth(keyboard):
    for key in "qw":
        keyboard.press(key)
    assert (keyboard.linear, keyboard.turn) == pytest.approx((0.242, 0.55))
    for key in "zxec":
        keyboard.press(key)
    assert (keyboard.linear, keyboard.turn) == pytest.approx((0.242 * 0.81, 0.55 * 0.9 * 0.99))
    for _ in range(100):
        keyboard.press("q")
    assert (keyboard.linear, keyboard.turn) == (2.0, 4.0)


def test_the_second_page_moves_the_hand_and_never_the_base(keyboard):
    keyboard.press("i")
    keyboard.press(keys.TAB)
    assert keyboard.velocity is None and keyboard.arm is None
    keyboard.press("w")
    assert keyboard.arm == ArmTwist(x=0.5)
    assert keyboard.velocity is None
    assert (keyboard.linear, keyboard.turn) == (0.2, 0.5)
    keyboard.press(FRAME_KEY)
    assert keyboard.in_hand and keyboard.arm is None
    keyboard.press(keys.TAB)
    assert not keyboard.for_arm and keyboard.arm is None


@pytest.mark.parametrize(
    ("key", "share"),
    [
        ("w", {"x": 0.5}),
        (keys.UP, {"x": 0.5}),
        ("s", {"x": -0.5}),
        (keys.DOWN, {"x": -0.5}),
        ("a", {"y": 0.5}),
        (keys.LEFT, {"y": 0.5}),
        ("d", {"y": -0.5}),
        (keys.RIGHT, {"y": -0.5}),
        ("r", {"z": 0.5}),
        ("f", {"z": -0.5}),
        ("o", {"roll": 0.5}),
        ("u", {"roll": -0.5}),
        ("k", {"pitch": 0.5}),
        ("i", {"pitch": -0.5}),
        ("j", {"yaw": 0.5}),
        ("l", {"yaw": -0.5}),
    ],
)
def test_the_hand_goes_the_way_that_the_key_says(keyboard, key, share):
    keyboard.press(keys.TAB)
    assert keyboard.press(key) is None
    assert keyboard.arm == ArmTwist(**share)


def test_the_arms_share_stays_within_bounds(keyboard):
    keyboard.press(keys.TAB)
    for _ in range(40):
        keyboard.press("q")
    keyboard.press("i")
    assert keyboard.arm == ArmTwist(pitch=-1.0)
    for _ in range(80):
        keyboard.press("z")
    assert keyboard.arm_share == 0.05


@pytest.mark.parametrize(
    ("key", "word"),
    [
        (keys.SPACE, Word.STOP),
        ("t", Word.TAKE_OVER),
        ("b", Word.GIVE_BACK),
        ("g", Word.CLOSE),
        ("h", Word.OPEN),
        ("Q", Word.END),
        ("1", Autonomy.AUTO),
        ("2", Autonomy.CONFIRM),
        ("3", Autonomy.PLAN_ONLY),
        ("4", Autonomy.TELEOP),
    ],
)
def test_words_are_the_same_on_both_pages(keyboard, key, word):
    assert keyboard.press(key) is word
    keyboard.press(keys.TAB)
    assert keyboard.press(key) is word


def test_no_key_means_two_things_on_a_page():
    pages = ({*BASE_KEYS}, {*SPEED_KEYS}, {*WORDS}, {keys.TAB}), ({*ARM_KEYS}, {*ARM_SPEED_KEYS, FRAME_KEY}, {*WORDS})
    for page in pages:
        assert sum(map(len, page)) == len(set().union(*page))
    assert (
        {field for twist in ARM_KEYS.values() for field, part in twist._asdict().items() if part > 0}
        == {field for twist in ARM_KEYS.values() for field, part in twist._asdict().items() if part < 0}
        == set(ArmTwist._fields)
    )
