# SPDX-License-Identifier: Apache-2.0
"""A person at the console, in a real browser, with the robot in simulation."""

import re

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("playwright")

from playwright.sync_api import expect

from tests.console.page.stage import DESKTOP, chromium
from tests.end_to_end.processes import CUBE_SCRIPT, console_demo

GOAL, FIRST, *OTHERS = CUBE_SCRIPT
# Said for the plan, up to the takeover, and after it.
SCRIPT = [GOAL, FIRST, *OTHERS, FIRST, FIRST, *OTHERS]
SLOW_MS = 120_000


@pytest.fixture
def page(tmp_path):
    with chromium() as browser, console_demo(tmp_path, SCRIPT) as demo:
        page = browser.new_page(**DESKTOP)
        link = next(word for word in demo.log.read_text().split() if word.startswith("http://127.0.0.1"))
        page.goto(link)
        yield page


def test_instruct_watch_approve_take_over_drive_give_back_and_success(page):
    button = page.get_by_role("button", name="Approve")
    expect(page.locator("#picture")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_label("Instruction")).to_have_value("put the red cube in the blue bin")
    page.get_by_role("button", name="confirm").click()
    expect(page.get_by_role("button", name="confirm")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("group", name="Approve the goal?")).to_contain_text("place_in", timeout=SLOW_MS)
    button.click()
    expect(page.get_by_role("group", name="Approve the call?")).to_contain_text("navigate_to", timeout=SLOW_MS)
    button.click()
    calls = page.locator("#now .call")
    expect(calls.nth(0)).to_have_attribute("data-state", "executing", timeout=SLOW_MS)
    page.get_by_role("button", name="auto").click()
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("button", name="X plus")).to_be_enabled(timeout=SLOW_MS)
    page.keyboard.down("s")
    expect(page.locator("#control-note")).to_have_text(re.compile(r", (?!0\.0)[\d.]+ m$"), timeout=SLOW_MS)
    page.keyboard.up("s")
    expect(calls.nth(0)).to_have_attribute("data-state", "cancelled", timeout=SLOW_MS)
    page.get_by_role("button", name="Give back").click()
    expect(page.locator("#now .ended")).to_contain_text("succeeded (goal in(red cube, blue bin))", timeout=SLOW_MS)
    expect(page.locator("#now .note.human").last).to_contain_text("a person took over and drove")
    page.get_by_role("tab", name="Episodes").click()
    expect(page.get_by_role("button", name="put the red cube in the blue bin")).to_contain_text("taken over 1×")
    page.keyboard.press("Space")
    expect(page.locator("#stopped")).to_contain_text("every part has confirmed", timeout=SLOW_MS)
    expect(page.locator("#stopped-parts")).to_contain_text("base: at rest, as measured", timeout=SLOW_MS)
