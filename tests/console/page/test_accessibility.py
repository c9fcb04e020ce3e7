# SPDX-License-Identifier: Apache-2.0
"""axe-core finds nothing serious, in either width, light and dark."""

import pytest

pytest.importorskip("axe_playwright_python")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.console.page.stage import DESKTOP, PHONE


@pytest.fixture(params=[(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")], ids=str)
def options(request):
    size, scheme = request.param
    return size | {"color_scheme": scheme, "reduced_motion": "reduce"}


def faults(page):
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html']} {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def run_something(robot):
    robot.tell("status", robot._status("WAITING_FOR_OPERATOR", instruction="put the cup away"))
    robot.event("GOAL", text="in(cup, box)")
    for result in ("ok", "failed NO_PATH: blocked", "timeout TIMEOUT: too long"):
        robot.event("CALL", call='pick(object="cup")', thought="holding(cup)")
        robot.event("RESULT", call='pick(object="cup")', text=result)
    robot.event("CALL", call="go()")
    robot.event("REFUSED", call="go()", text="NEEDS: at(cup)")
    robot.event("TELEOP", text="a person has the robot (stick)")
    robot.event("CALL", call="go()")
    robot.event("EXECUTING", call="go()", text="distance_remaining 2.5")


def test_at_the_door(blank):
    blank.goto("/#wrong-token-of-somebody")
    expect(blank.get_by_role("alert")).not_to_be_empty()
    assert faults(blank) == []


def test_in_every_state(page, robot):
    run_something(robot)
    robot.ask()
    robot.ask("which", "Which 'cup' do you mean?", ("red cup", "blue cup"))
    expect(page.get_by_role("group", name="Which one?")).to_be_visible()
    page.locator("summary").click()
    assert faults(page) == [], "a question is open"
    robot.take_over()
    expect(page.get_by_role("button", name="X plus")).to_be_enabled()
    assert faults(page) == [], "taken over"
    robot.stop("a hand on the button")
    robot.tell("stop", robot._stop_state(True, "a hand on the button") | {"heard": False, "confirmed": False})
    expect(page.locator("#unheard")).to_be_visible()
    page.get_by_role("tab", name="Episodes").click()
    expect(page.locator("#episode-list")).to_contain_text("Nothing is recorded")
    assert faults(page) == [], "stopped"
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_be_visible()
    assert faults(page) == [], "connection lost"
