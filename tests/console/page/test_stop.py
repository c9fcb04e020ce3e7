# SPDX-License-Identifier: Apache-2.0
"""The stop reaches the robot from wherever a person is on the page, and however the network is."""

import re

from playwright.sync_api import expect

from agent_planner.ros.console_values import Answer
from tests.console.page.stage import TOKEN, Cut, sign_in
from tests.waits import eventually

HTTP = re.compile(r"/stop\?")
SPACE, BUTTON = ("the space bar",), ("the stop button",)


def stopped(robot, reason):
    return eventually(lambda: reason in robot.of("stop"), seconds=3)


def test_one_click(page, robot):
    page.locator("#stop").click()
    assert stopped(robot, BUTTON)
    expect(page.locator("#stop-word")).to_have_text("STOPPED")
    expect(page.locator("#stopped")).to_contain_text("every part has confirmed: console: the stop button")
    expect(page.locator("#stopped-parts")).to_have_text("base: at rest, as measured")


def test_the_space_bar_wherever_the_focus_is(page, robot):
    robot.take_over()
    robot.ask()
    expect(page.get_by_role("button", name="X plus")).to_be_enabled()
    for focused in ("#give-back", "#instruction", "#speed", "#log", "#tab-episodes", ".question button", "#reset"):
        robot.did.clear()
        page.locator(focused).first.focus()
        page.keyboard.press("Space")
        assert stopped(robot, SPACE), focused
        assert {did[0] for did in robot.did} == {"stop"}, focused
    expect(page.get_by_label("Instruction")).to_have_value("")
    expect(page.get_by_role("tab", name="Now")).to_have_attribute("aria-selected", "true")


def test_where_something_is_typed_the_space_bar_types(page, robot):
    field = page.get_by_label("Instruction")
    field.press_sequentially("open the drawer")
    expect(field).to_have_value("open the drawer")
    assert robot.of("stop") == []
    page.locator("#stop").click()
    assert stopped(robot, BUTTON)
    expect(field).to_have_value("open the drawer")


def test_it_is_sent_by_http_where_the_socket_is_cut(blank, robot):
    socket = Cut(blank)
    sign_in(blank)
    socket.cut()
    expect(blank.locator("#lost")).to_contain_text("Connection lost")
    blank.keyboard.press("Space")
    assert stopped(robot, SPACE)
    expect(blank.locator("#stop-fault")).to_be_hidden()


def test_it_is_sent_by_the_socket_where_http_does_not_answer(page, robot):
    page.route(HTTP, lambda route: route.abort())
    page.locator("#stop").click()
    assert stopped(robot, BUTTON)
    expect(page.locator("#stop-fault")).to_be_hidden()


def test_a_stop_that_cannot_be_sent_says_so_and_is_sent_as_soon_as_it_can(blank, robot):
    socket = Cut(blank)
    sign_in(blank)
    blank.route(HTTP, lambda route: route.abort())
    socket.cut()
    expect(blank.locator("#lost")).to_be_visible()
    blank.locator("#stop").click()
    expect(blank.locator("#stop-fault")).to_contain_text("did NOT get through")
    assert robot.of("stop") == []
    blank.unroute(HTTP)
    assert stopped(robot, BUTTON)
    expect(blank.locator("#stop-fault")).to_be_hidden()


def test_a_stop_that_cannot_be_sent_is_told_beyond_the_end_of_the_session(blank, robot):
    socket = Cut(blank)
    sign_in(blank)
    blank.route(HTTP, lambda route: route.abort())
    socket.cut()
    blank.locator("#stop").click()
    expect(blank.locator("#stop-fault")).to_contain_text("did NOT get through")
    # As where the console is started again.
    blank.context.clear_cookies()
    blank.unroute(HTTP)
    expect(blank.locator("#sign-in-fault")).to_have_text("The session has ended.")
    expect(blank.locator("#stop-fault")).to_be_visible()
    expect(blank.locator("#stop-fault")).to_contain_text("the console answered 401")
    assert robot.of("stop") == []
    socket.mend()
    blank.get_by_label("Token").fill(TOKEN)
    blank.get_by_label("Token").press("Enter")
    assert stopped(robot, BUTTON)
    expect(blank.locator("#stop-fault")).to_be_hidden()
    expect(blank.locator("#stop-word")).to_have_text("STOPPED")


def test_a_stop_that_nobody_answers_is_told_within_about_a_second(blank):
    socket = Cut(blank)
    sign_in(blank)
    blank.route(HTTP, lambda route: None)
    socket.cut()
    blank.keyboard.press("Space")
    expect(blank.locator("#stop-fault")).to_contain_text("Use the hardware's emergency stop.", timeout=2500)


def test_a_stop_that_no_supervisor_hears_is_told(page, robot):
    robot.stop = lambda reason: Answer(False, "nobody hears a stop")
    page.locator("#stop").click()
    expect(page.locator("#stop-fault")).to_contain_text("nobody hears a stop; nobody hears a stop")
    del robot.stop
    assert stopped(robot, BUTTON)
    expect(page.locator("#stop-fault")).to_be_hidden()


def test_it_lets_go_of_the_stick(page, robot):
    robot.take_over()
    expect(page.get_by_role("button", name="X plus")).to_be_enabled()
    page.keyboard.down("w")
    assert eventually(lambda: robot.of("drive"))
    page.keyboard.press("Space")
    assert stopped(robot, SPACE)
    assert eventually(lambda: robot.of("drive")[-1] == (0, 0))


def test_a_person_resets(page, robot):
    reset = page.get_by_role("button", name="Reset")
    expect(reset).to_be_disabled()
    robot.stop("a hand on the button")
    reset.click()
    assert eventually(lambda: robot.of("reset"))
    expect(page.locator("#stopped")).to_be_hidden()
    expect(page.locator("#stop-word")).to_have_text("STOP")


def test_a_supervisor_that_is_not_heard_is_told(page, robot):
    robot.tell("stop", robot._stop_state(False) | {"heard": False})
    expect(page.locator("#unheard")).to_be_visible()
