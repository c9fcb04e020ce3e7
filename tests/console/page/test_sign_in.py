# SPDX-License-Identifier: Apache-2.0
"""Who gets in, and what is left of the token."""

import pytest
from playwright.sync_api import expect

from tests.console.page.stage import TOKEN

KEPT = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href, history.state])"


def test_the_link_opens_the_console_and_leaves_no_token_behind(page, address):
    assert page.url == address
    assert TOKEN not in page.evaluate(KEPT) and "agent_planner" not in page.evaluate(KEPT)
    (cookie,) = page.context.cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and TOKEN not in cookie["value"]


def test_afterwards_the_cookie_is_enough(page):
    page.reload()
    expect(page.locator("#connection")).to_have_text("connected")


def test_a_wrong_token_is_told_and_the_right_one_can_be_typed(blank, robot):
    blank.goto("/#wrong-token-of-somebody")
    expect(blank.get_by_role("alert")).to_have_text("This token is not right.")
    assert "wrong" not in blank.url and robot.did == []
    blank.get_by_label("Token").fill(TOKEN)
    blank.get_by_label("Token").press("Enter")
    expect(blank.locator("#connection")).to_have_text("connected")


def test_without_link_and_cookie_it_asks_for_the_token(blank):
    blank.goto("/")
    expect(blank.get_by_label("Token")).to_be_focused()
    expect(blank.locator("#console")).to_be_hidden()


def test_a_link_in_an_open_tab_is_taken_too(blank, address):
    blank.goto("/")
    expect(blank.get_by_label("Token")).to_be_visible()
    blank.evaluate(f"location.hash = '{TOKEN}'")
    expect(blank.locator("#connection")).to_have_text("connected")
    assert blank.url == address


@pytest.mark.parametrize("token", ["an-old-token-of-somebody", "100%"])
def test_a_bad_link_takes_no_good_session_away(page, token):
    page.evaluate(f"location.hash = '{token}'")
    expect(page.locator("#fault")).to_contain_text("This token is not right.")
    expect(page.locator("#connection")).to_have_text("connected")
    expect(page.locator("#sign-in")).to_be_hidden()
    assert "#" not in page.url
    page.goto(f"/?anew#{token}")
    expect(page.locator("#fault")).to_contain_text("This token is not right.")
    expect(page.locator("#connection")).to_have_text("connected")


def test_who_signs_out_is_out_in_every_tab(page):
    other = page.context.new_page()
    other.goto("/")
    expect(other.locator("#connection")).to_have_text("connected")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Token")).to_be_visible()
    expect(other.get_by_role("alert")).to_have_text("The session has ended.")
    page.reload()
    expect(page.get_by_label("Token")).to_be_visible()
