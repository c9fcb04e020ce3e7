# SPDX-License-Identifier: Apache-2.0
"""A person takes the robot, moves it by keys, stick and buttons, and gives it back."""

import pytest
from playwright.sync_api import expect

from agent_planner.ros.console_values import Answer
from tests.console.page.stage import PHONE
from tests.waits import eventually

STILL = ((0, 0, 0), (0, 0, 0))


@pytest.fixture
def taken(page):
    """The page of a person who has the robot."""
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("button", name="Give back")).to_be_focused()
    expect(page.get_by_role("button", name="X plus")).to_be_enabled()
    return page


def came(robot, kind, *values):
    return eventually(lambda: values in robot.of(kind), seconds=3)


def at_rest(robot, kind="drive", still=(0, 0)):
    return eventually(lambda: robot.of(kind)[-1:] == [still], seconds=3)


def test_drive_by_keys(taken, robot):
    ways = {"w": (0.5, 0), "ArrowDown": (-0.5, 0), "a": (0, 0.5), "ArrowUp ArrowRight": (0.5, -0.5)}
    for keys, drive in ways.items():
        for key in keys.split():
            taken.keyboard.down(key)
        assert eventually(lambda drive=drive: robot.of("drive").count(drive) >= 3, seconds=3), keys
        for key in keys.split():
            taken.keyboard.up(key)
        assert at_rest(robot), keys


def test_keys_drive_nothing_before_the_takeover_and_in_a_field(page, robot):
    page.keyboard.press("w")
    robot.take_over()
    expect(page.get_by_role("button", name="X plus")).to_be_enabled()
    page.get_by_label("Instruction").press("w")
    expect(page.get_by_label("Instruction")).to_have_value("w")
    page.locator("#stick").hover()
    page.mouse.down()  # the stick takes the focus from the field
    page.mouse.up()
    page.keyboard.press("w")
    assert came(robot, "drive", 0.5, 0) and at_rest(robot)
    assert set(robot.of("drive")) == {(0.5, 0), (0, 0)}


def test_drive_by_the_stick_which_springs_back(taken, robot):
    box = taken.locator("#stick").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    taken.mouse.move(x, y)
    taken.mouse.down()
    taken.mouse.move(x, y - box["height"])
    assert came(robot, "drive", 0.5, 0)
    taken.mouse.move(x - box["width"], y)
    assert came(robot, "drive", 0, 0.5)
    assert taken.locator("#knob").evaluate("(knob) => knob.style.transform") != ""
    taken.mouse.up()
    assert at_rest(robot)
    assert taken.locator("#knob").evaluate("(knob) => knob.style.transform") == ""


@pytest.mark.parametrize("away", ["pointercancel", "blur", "visibilitychange", "contextmenu", "unpressed"])
def test_whatever_takes_the_hand_away_is_a_release(taken, robot, away):
    taken.locator("#stick").hover(position={"x": 64, "y": 10})
    taken.mouse.down()
    assert eventually(lambda: robot.of("drive"))
    taken.evaluate(
        """(away) => {
            Object.defineProperty(document, "hidden", {value: true, configurable: true});
            const stick = document.getElementById("stick");
            const moved = new PointerEvent("pointermove", {pointerId: 1, buttons: 0});
            if (away === "unpressed") stick.dispatchEvent(moved);
            else if (away === "pointercancel") stick.dispatchEvent(new PointerEvent(away, {pointerId: 1}));
            else (away === "blur" ? window : document).dispatchEvent(new Event(away, {bubbles: true}));
        }""",
        away,
    )
    assert at_rest(robot)


def test_only_the_first_button_moves_something(taken, robot):
    for held, x in (("#stick", 64), ("[aria-label='Z plus']", 10)):
        taken.locator(held).hover(position={"x": x, "y": 10})
        taken.mouse.down(button="right")
        taken.mouse.up(button="right")
    taken.locator("#speed").fill("20")
    taken.get_by_role("button", name="Give back").focus()
    taken.keyboard.press("w")
    assert came(robot, "drive", 0.2, 0)
    assert set(robot.of("drive")) <= {(0.2, 0), (0, 0)} and not robot.of("jog")


def test_a_key_that_comes_up_while_cmd_is_held_is_a_release(taken, robot):
    taken.keyboard.down("w")
    assert came(robot, "drive", 0.5, 0)
    taken.keyboard.down("Meta")
    assert at_rest(robot)
    taken.keyboard.up("Meta")


def test_the_speed_is_chosen(taken, robot):
    taken.locator("#speed").fill("20")
    expect(taken.locator("#speed-note")).to_have_text("20 % · 0.10 m/s")
    taken.get_by_role("button", name="Give back").focus()
    taken.keyboard.press("w")
    assert came(robot, "drive", 0.2, 0) and at_rest(robot)


def test_the_arm_moves_while_a_button_is_held(taken, robot):
    taken.get_by_role("button", name="Z plus").hover()
    taken.mouse.down()
    assert came(robot, "jog", (0, 0, 0.5), (0, 0, 0))
    taken.mouse.up()
    assert at_rest(robot, "jog", STILL)
    taken.get_by_role("button", name="yaw minus").focus()
    taken.keyboard.down("Enter")
    assert came(robot, "jog", (0, 0, 0), (0, 0, -0.5))
    taken.keyboard.up("Enter")
    assert at_rest(robot, "jog", STILL)


def test_the_gripper(taken, robot):
    taken.get_by_role("button", name="Open").click()
    taken.get_by_role("button", name="Close", exact=True).click()
    assert eventually(lambda: robot.of("gripper") == [(1,), (0,)])


def test_a_gripper_that_did_not_move_is_told(taken, robot):
    robot.gripper = lambda opening: Answer(False, "the robot is stopped")
    taken.get_by_role("button", name="Open").click()
    expect(taken.locator("#fault")).to_contain_text("Gripper: the robot is stopped")


def test_given_back_the_hands_are_off(taken, robot):
    taken.keyboard.down("w")
    assert came(robot, "drive", 0.5, 0)
    taken.get_by_role("button", name="Give back").click()
    assert eventually(lambda: robot.of("give_back"))
    expect(taken.get_by_role("button", name="Take over")).to_be_focused()
    expect(taken.get_by_role("button", name="X plus")).to_be_disabled()
    assert at_rest(robot)


def test_what_the_robot_has_not_is_not_shown(page, robot):
    robot.about(drives=False, arm=False)
    expect(page.locator("#stick")).to_be_hidden()
    expect(page.locator("#jog")).to_be_hidden()


def test_nothing_lies_over_something_else_in_a_small_window(page, robot):
    robot.about(name="a_robot_with_a_long_name")
    robot.tell("status", robot._status("WAITING_FOR_OPERATOR"))
    expect(page.locator("#state")).to_have_text("waits for an answer")
    page.set_viewport_size({"width": 1000, "height": 700})
    line = ["#robot-name", "#connection", "#state", "#autonomy button:last-child", "#sign-out", "#stop-bar"]
    boxes = [page.locator(part).bounding_box() for part in line]
    for left, right in zip(boxes, boxes[1:], strict=False):
        assert left["x"] + left["width"] <= right["x"]
    assert page.evaluate(
        "[...document.querySelectorAll('#hands *')].every((x) => x.getBoundingClientRect().right < 990)"
    )


class TestOnAPhone:
    @pytest.fixture
    def options(self):
        return PHONE

    def test_camera_hands_and_stop_are_in_sight_at_once(self, page, robot):
        robot.about(camera=True)
        assert eventually(lambda: robot.looked_at)
        robot.photograph()
        expect(page.locator("#picture")).to_be_visible()
        page.get_by_role("button", name="Take over").click()
        robot.photograph()
        expect(page.locator("#picture")).to_be_in_viewport(ratio=1)
        for name in ("Give back", "X plus", "yaw minus", "Open"):
            expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        stop, hands = page.locator("#stop").bounding_box(), page.locator("#hands").bounding_box()
        assert hands["y"] + hands["height"] <= stop["y"]

    def test_nothing_is_wider_than_the_screen(self, page):
        assert page.evaluate("document.documentElement.scrollWidth") == 390
