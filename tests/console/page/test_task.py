# SPDX-License-Identifier: Apache-2.0
"""An instruction from its sending to its end, with the person's yes."""

from concurrent.futures import Future

import pytest
from playwright.sync_api import expect

from agent_planner.ros.console_values import Answer, settled
from tests.mcp.arena_robot import TO_BIN
from tests.waits import eventually

HOSTILE = '<img src=x onerror="window.hurt=1"><b>cup</b>'


def send(page, instruction="put the red cube in the bin"):
    page.get_by_label("Instruction").fill(instruction)
    page.get_by_label("Instruction").press("Enter")


def test_instruct_approve_and_see_the_result(page, robot):
    robot.level = "confirm"
    robot.arena.script = [*TO_BIN, *TO_BIN[1:]]  # the plan is made first
    send(page)
    assert eventually(lambda: robot.of("instruct") == [("put the red cube in the bin", "")])
    expect(page.get_by_label("Instruction")).to_have_value("")
    for number in range(1, 5):  # the goal, and three calls
        expect(page.locator(f"#question-q{number}")).to_be_visible()
        page.get_by_role("button", name="Approve").click()
    calls = page.locator("#now .call")
    expect(calls).to_have_count(3)
    expect(calls.nth(0)).to_contain_text('pick(object="red cube")')
    expect(calls.nth(0)).to_contain_text("in(red cube, bin)")
    for number in range(3):
        expect(calls.nth(number)).to_have_attribute("data-state", "ok")
    expect(page.locator("#now .facts")).to_contain_text("in(red cube, bin)")
    expect(page.locator("#now .ended")).to_contain_text("succeeded")
    expect(page.locator("#state")).to_have_text("idle")
    expect(page.locator("#log")).to_contain_text('call: place_in(object="red cube", container="bin")')


def test_what_is_denied_ends_it(page, robot):
    robot.level = "confirm"
    send(page)
    page.get_by_role("button", name="Deny").click()
    expect(page.locator("#now .ended")).to_contain_text("not approved")
    assert robot.of("answer") == [("q1", "no")]


def test_cancel_is_there_while_something_runs(page, robot):
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    robot.tell("status", robot._status("EXECUTING", instruction="dance"))
    page.get_by_role("button", name="Cancel").click()
    assert eventually(lambda: robot.of("cancel"))


def test_what_was_sent_from_here_can_be_cancelled_while_the_planner_is_at_rest(page, robot):
    robot.tell("status", robot._status("IDLE", own=True))
    page.get_by_role("button", name="Cancel").click()
    assert eventually(lambda: robot.of("cancel"))
    robot.tell("status", robot._status("IDLE"))
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()


def test_what_is_refused_is_told_and_stays_in_the_field(page, robot):
    robot.instruct = lambda instruction, autonomy: settled(False, "busy: another instruction runs")
    send(page, "dance")
    expect(page.locator("#fault")).to_contain_text("busy: another instruction runs")
    expect(page.get_by_label("Instruction")).to_have_value("dance")


def test_what_is_typed_before_the_answer_stays(page, robot):
    robot.instruct = lambda instruction, autonomy: settled(False, "busy")
    send(page, "dance")
    expect(page.locator("#fault")).to_contain_text("busy")
    answer = Future()
    robot.instruct = lambda instruction, autonomy: answer
    send(page, "dance")
    page.get_by_label("Instruction").fill("sing")
    answer.set_result(Answer(True))
    expect(page.locator("#fault")).to_be_hidden()
    expect(page.get_by_label("Instruction")).to_have_value("sing")


def test_each_call_has_its_state_and_its_reason(page, robot):
    robot.tell("status", robot._status("THINKING", instruction="put it away"))
    robot.event("GOAL", text="in(cup, box)")
    robot.event("THINKING")
    states = page.locator("#now .call")
    expect(states).to_have_attribute("data-state", "thinking")
    robot.event("CALL", call="pick()", thought="holding(cup)")
    expect(states).to_have_attribute("data-state", "checking")
    robot.event("REFUSED", call="pick()", text="NEEDS: at(cup)")
    expect(states).to_have_attribute("data-state", "refused")
    expect(states).to_contain_text("NEEDS: at(cup)")
    robot.event("CALL", call="go()")
    robot.event("EXECUTING", call="go()", text="go()")
    robot.tell("status", robot._status("EXECUTING", call="go()", detail="distance_remaining 2.5"))
    expect(states.nth(1)).to_have_attribute("data-state", "executing")
    expect(states.nth(1)).to_contain_text("distance_remaining 2.5")
    robot.event("RESULT", call="go()", text="failed NO_PATH: blocked")
    expect(states.nth(1)).to_have_attribute("data-state", "failed")
    expect(states.nth(1)).to_contain_text("NO_PATH: blocked")
    robot.event("ENDED", text="failed after 1 call")
    expect(page.locator("#now .ended")).to_have_text("failed after 1 call")
    robot.event("THINKING", episode_id="another")
    expect(page.locator("#now .ended")).to_have_text("")


def test_who_comes_late_is_told_from_the_beginning_once(page, robot):
    robot.tell("status", robot._status("EXECUTING", instruction="put it away"))
    robot.event("GOAL", text="in(cup, box)", episode_id="")
    robot.event("CALL", call="pick()")
    expect(page.locator("#now .call")).to_have_count(1)
    page.reload()
    expect(page.locator("#now .facts")).to_contain_text("in(cup, box)")
    expect(page.locator("#now .facts")).to_contain_text("put it away")
    expect(page.locator("#now .call")).to_have_count(1)


def test_a_question_takes_the_focus_but_no_button_has_it(page, robot):
    robot.ask(remaining_s=42.0)
    card = page.get_by_role("group", name="Approve the call?")
    expect(card).to_be_focused()
    expect(card).to_contain_text("42 s left, then no")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Approve")).to_be_focused()
    assert robot.of("answer") == []
    expect(page.locator("#say")).to_have_text("Question: cut it?")
    robot.tell("questions", [])
    expect(card).to_have_count(0)


def test_where_nobody_knows_how_long_the_robot_waits_no_time_is_shown(page, robot):
    robot.ask(kind="help", text="put the cup on me", options=("done", "cannot"), remaining_s=None)
    card = page.get_by_role("group", name="The robot needs a hand")
    expect(card).to_contain_text("put the cup on me")
    expect(card).not_to_contain_text("left")
    expect(card.get_by_role("progressbar")).to_have_count(0)


def test_a_question_does_not_disturb_who_types(page, robot):
    page.get_by_label("Instruction").press_sequentially("put the")
    robot.ask()
    expect(page.get_by_role("group", name="Approve the call?")).to_be_visible()
    expect(page.get_by_label("Instruction")).to_be_focused()


@pytest.mark.parametrize(("how", "answer"), [("button", "blue cup"), ("field", "the big one")])
def test_which_one_is_answered_by_choice_or_by_words(page, robot, how, answer):
    robot.ask("which", "Which 'cup' do you mean?", ("red cup", "blue cup"))
    if how == "button":
        page.get_by_role("button", name=answer).click()
    else:
        page.get_by_label("Answer", exact=True).fill(answer)
        page.get_by_label("Answer", exact=True).press("Enter")
    assert eventually(lambda: robot.of("answer") == [("q-which", answer)])


def test_the_newest_is_in_sight_until_a_person_scrolls_back(page, robot):
    for number in range(40):
        robot.event("CALL", call=f"call_{number}()")
    for place in ("#now .calls", "#log"):
        expect(page.locator(f"{place} > li").last).to_be_in_viewport()
    robot.stop("a banner that takes room")
    expect(page.locator("#stopped")).to_be_visible()
    expect(page.locator("#log > li").last).to_contain_text("stopped: console")
    expect(page.locator("#log > li").last).to_be_in_viewport()
    page.locator("#log").evaluate("(log) => log.scrollTo(0, 0)")
    expect(page.locator("#log > li").first).to_be_in_viewport()
    robot.event("CALL", call="one_more()")
    expect(page.locator("#log > li").last).to_contain_text("one_more()")
    expect(page.locator("#log > li").first).to_be_in_viewport()


def test_what_the_robot_is_to_do_may_be_offered(page, robot):
    robot.about(suggestion="put the cup away")
    expect(page.get_by_label("Instruction")).to_have_value("put the cup away")
    page.get_by_role("button", name="Send").click()
    assert eventually(lambda: robot.of("instruct") == [("put the cup away", "")])
    expect(page.get_by_label("Instruction")).to_have_value("")
    robot.about(suggestion="put the cup away", camera=True)
    expect(page.locator("#camera")).to_be_visible()
    expect(page.get_by_label("Instruction")).to_have_value("")


def test_the_level_is_set_by_a_button_and_shown_as_it_was_told(page, robot):
    page.get_by_role("button", name="plan only").click()
    assert eventually(lambda: robot.of("autonomy") == [("plan_only",)])
    expect(page.get_by_role("button", name="plan only")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="auto")).to_have_attribute("aria-pressed", "false")


def test_nothing_that_is_seen_or_said_becomes_markup(page, robot):
    thing = {"name": HOSTILE, "kind": "object", "x": 0, "y": 0, "yaw": 0, "w": 0.1, "d": 0.1, "color": HOSTILE}
    robot.tell("scene", {"age_s": 0, "robot": None, "things": [thing | {"words": f"{HOSTILE}: here"}]})
    robot.tell("status", robot._status("EXECUTING", instruction=HOSTILE, goal=HOSTILE))
    for kind in ("GOAL", "CALL", "EXECUTING", "RESULT", "LOOKING", "QUESTION", "TELEOP", "REFUSED", "ENDED"):
        robot.event(kind, text=HOSTILE, thought=HOSTILE, call=HOSTILE)
    robot.ask("question", HOSTILE, (HOSTILE,))
    robot.tell("stop", robot._stop_state(True, HOSTILE) | {"parts": {HOSTILE: HOSTILE}})
    robot.about(name=HOSTILE, levels=["auto", HOSTILE])
    expect(page.locator("#robot-name")).to_have_text(HOSTILE)
    page.locator("summary").click()
    expect(page.locator("#scene-words")).to_have_text(f"{HOSTILE}: here")
    expect(page.locator("#now .ended")).to_have_text(HOSTILE)
    expect(page.locator(".question p")).to_have_text(HOSTILE)
    assert page.locator("b, img:not(#picture)").count() == 0
    assert page.evaluate("window.hurt") is None
