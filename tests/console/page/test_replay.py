# SPDX-License-Identifier: Apache-2.0
"""A recorded episode, seen again."""

import pytest
from playwright.sync_api import expect

from agent_planner.agent.events import Event, EventKind
from agent_planner.recording.episode import EpisodeRecorder, write_json

ID = "20260101-000000-abcd"


@pytest.fixture
def recorded(robot):
    recorder = EpisodeRecorder(robot.runs / ID, ID)
    recorder.open({"instruction": "put the cup away"})
    recorder.event(Event(EventKind.GOAL, 0, "in(cup, box)"))
    recorder.event(Event(EventKind.CALL, 1, "", "holding(cup)", 'pick(object="cup")'))
    recorder.event(Event(EventKind.EXECUTING, 1, 'pick(object="cup")', call='pick(object="cup")'))
    recorder.event(Event(EventKind.TELEOP, 1, "a person has the robot (stick)", data={"active": True}))
    recorder.event(Event(EventKind.RESULT, 1, "cancelled TAKEOVER: a person took over", call='pick(object="cup")'))
    recorder.event(Event(EventKind.ENDED, 1, "succeeded (goal in(cup, box)) after 1 call"))
    write_json(robot.runs / ID / "episode.json", {"instruction": "put the cup away", "outcome": "succeeded"})


@pytest.fixture
def player(recorded, page):
    page.get_by_role("tab", name="Episodes").click()
    page.get_by_role("button", name="put the cup away").click()
    expect(page.locator("#player-title")).to_have_text(f"Recording {ID}: succeeded")
    return page.locator("#player")


def test_the_list_tells_what_there_is(recorded, page):
    page.get_by_role("tab", name="Episodes").click()
    row = page.get_by_role("button", name="put the cup away")
    expect(row).to_contain_text("succeeded")
    expect(row).to_contain_text("1 call · 0 s · taken over 1×")


def test_one_that_cannot_be_read_says_why(page, robot):
    (robot.runs / ID).mkdir()
    (robot.runs / ID / "events.jsonl").write_text("no JSON\n")
    page.get_by_role("tab", name="Episodes").click()
    row = page.get_by_role("button", name="unreadable")
    expect(row).to_contain_text("events.jsonl:1: is no event of an episode")
    row.click()
    expect(page.locator("#fault")).to_contain_text("the console answered 500")


def test_where_nothing_is_recorded_it_says_so(page):
    page.get_by_role("tab", name="Now").press("ArrowRight")
    expect(page.locator("#episode-list")).to_have_text("Nothing is recorded on this machine.")


def test_it_plays_to_the_end_and_again_from_the_beginning(player):
    play = player.get_by_role("button", name="Play")
    expect(play).to_be_focused()
    expect(player.locator(".call")).to_have_count(0)
    play.press("Enter")
    expect(player.locator(".ended")).to_have_text("succeeded (goal in(cup, box)) after 1 call")
    expect(player.locator(".call")).to_have_attribute("data-state", "cancelled")
    expect(player.locator(".note.human")).to_have_text("a person has the robot (stick)")
    expect(play).to_be_visible()


def test_one_scrubs_through_its_events(player):
    slider = player.get_by_label("Event")
    slider.fill("2")
    expect(player.locator(".call")).to_have_attribute("data-state", "executing")
    expect(player.locator("#player-event")).to_have_text('executing: pick(object="cup")')
    slider.press("ArrowLeft")
    expect(player.locator(".call")).to_have_attribute("data-state", "checking")
    slider.press("Home")
    expect(player.locator(".call")).to_have_count(0)


def test_what_runs_meanwhile_is_not_mixed_up_with_it(player, page, robot):
    robot.event("CALL", call="dance()")
    player.get_by_role("button", name="← All").click()
    expect(page.get_by_role("button", name="put the cup away")).to_be_visible()
    page.get_by_role("tab", name="Now").click()
    expect(page.locator("#now .call")).to_contain_text("dance()")
