# SPDX-License-Identifier: Apache-2.0
"""The planner asks a person to take over: it is stuck, or the policy leaves a call to them."""

from dataclasses import replace

import pytest

from agent_planner.agent.events import EventKind
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.takeover import GIVE_UP, RETRY, TAKE_OVER
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.safety.gate import Gate
from agent_planner.safety.judge import Judge
from agent_planner.safety.policy import Policy
from agent_planner.scene import Relation
from agent_planner.types import Autonomy, Outcome
from tests.agent.takeover_course import ASKING, FAILED, GOAL, LIBRARY, MOVED, PICK, TO_DESK, course

TRIES = LIBRARY["pick"].retries + 1

# --- the planner asks


def failing(answers, config=ASKING):
    """No other call than the one that fails leads to the goal."""
    never = [lambda c: lambda: FAILED] * TRIES
    during = (lambda c: lambda: None, *never)
    return course([GOAL, TO_DESK, *[PICK] * (TRIES + 1)], *during, robot_answers=answers, **vars(config))


def test_before_it_gives_up_the_person_is_asked():
    run = failing([GIVE_UP])
    result = run.run()
    assert (result.outcome, result.code) == (Outcome.FAILED, "NO_PATH")
    (question,) = run.robot.questions
    assert (question.kind, question.options) == ("stuck", (TAKE_OVER, RETRY, GIVE_UP))
    assert question.text.endswith("failed too often: blocked. Take over, retry or give up?")


@pytest.mark.parametrize("config", [ASKING, LoopConfig()], ids=["nobody answers", "not asked"])
def test_it_ends_as_ever(config):
    run = failing([], config)
    assert run.run().code == "NO_PATH"
    assert len(run.robot.questions) == config.ask_before_giving_up


def test_retry_begins_to_count_anew():
    run = failing([RETRY])
    assert run.run().outcome is Outcome.SUCCEEDED


def test_take_over_hands_the_robot_to_the_person():
    run = failing([TAKE_OVER])

    def ask():
        run.takeovers.begin("asked")
        run.robot.put(*MOVED)
        run.takeovers.end(0.4)

    run.takeovers._on_ask = ask
    result = run.run()
    assert (result.outcome, result.takeovers[0].source) == (Outcome.SUCCEEDED, "asked")


@pytest.mark.parametrize(
    ("answers", "asked"), [([], ["approve_goal"]), (["yes"], ["approve_goal", "approve_call"])], ids=["goal", "call"]
)
def test_who_did_not_answer_is_not_asked_again(answers, asked):
    run = course([GOAL, *[TO_DESK, PICK] * 2], robot_answers=answers, autonomy=Autonomy.CONFIRM)
    assert run.run().code == "NOT_APPROVED"
    assert [question.kind for question in run.robot.questions] == asked


# --- what the policy leaves to a person


BY_HAND = "rules:\n- {name: glass, then: hand_over, because: it breaks, skills: [pick]}\n- {name: rest, then: allow}\n"
HELD = (*MOVED[1:], Relation("holding", "cup"))


def by_hand(answers, config=ASKING):
    """The cup is for a person to pick up; asked to take over, they give it to the robot."""
    run = course([GOAL, TO_DESK, PICK], robot_answers=answers, **vars(config))
    judge = Judge(Policy.parse(BY_HAND, library=LIBRARY))
    run.fields["judge"] = judge
    reached = run.robot
    run.robot = BehindGate(reached, Gate(reached, LIBRARY, judge, observe=lambda: reached.observe(run.cancel)))

    def take():
        run.takeovers.begin("asked")
        reached.put(*HELD)
        run.takeovers.end(0.0)

    run.takeovers._on_ask = take
    return run


class BehindGate:
    """The robot, with the gate before its calls."""

    def __init__(self, robot, gate):
        self.execute, self.observe, self.ask, self.questions = gate.execute, robot.observe, robot.ask, robot.questions


def test_what_the_policy_leaves_to_a_person_they_are_asked_to_do():
    run = by_hand([TAKE_OVER])
    result = run.run()
    assert (result.outcome, [call.skill for call, _ in result.steps]) == (Outcome.SUCCEEDED, ["navigate_to"])
    (question,) = run.robot.questions
    assert question.kind == "stuck" and question.options == (TAKE_OVER, "no")
    assert question.text == 'pick(object="cup") is for a person to do (glass: it breaks). Take over?'
    assert result.takeovers[0].source == "asked"


# Who answered is asked once more at the end, who did not is not.
@pytest.mark.parametrize(("answer", "asked"), [(None, 3), ("no", 4)])
def test_where_nobody_does_it_the_call_is_denied(answer, asked):
    run = by_hand([answer] * 9)
    run.model = ScriptedModel([GOAL, TO_DESK, PICK, PICK, PICK])
    result = run.run()
    assert (result.outcome, result.code, len(run.robot.questions)) == (Outcome.FAILED, "LOOP", asked)
    refused = run.told(EventKind.REFUSED)[0].text
    assert refused == "DENIED: glass: it breaks; it is for a person to do, and nobody took over"
    assert [call.skill for call, _ in result.steps] == ["navigate_to"]


def test_at_confirm_nobody_approves_what_is_theirs_to_do():
    run = by_hand(["yes", "yes", TAKE_OVER], replace(ASKING, autonomy=Autonomy.CONFIRM))
    run.model = ScriptedModel([GOAL, TO_DESK, PICK, TO_DESK, PICK])
    assert run.run().outcome is Outcome.SUCCEEDED
    assert [question.kind for question in run.robot.questions] == ["approve_goal", "approve_call", "stuck"]


def test_at_confirm_nobody_approves_what_is_denied():
    levels = [Autonomy.AUTO]
    run = course([GOAL, TO_DESK, *[PICK] * 3], lambda c: lambda: levels.append(Autonomy.CONFIRM), **vars(LoopConfig()))
    judge = Judge(Policy.parse(BY_HAND.replace("hand_over", "deny"), library=LIBRARY))
    run.fields = {"autonomy": lambda: levels[-1], "judge": judge}
    result = run.run()
    assert (result.code, len(result.steps), run.robot.questions) == ("LOOP", 1, [])
    assert result.message.endswith("glass: it breaks")
