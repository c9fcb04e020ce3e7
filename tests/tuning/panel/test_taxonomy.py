# SPDX-License-Identifier: Apache-2.0
"""Each category from a real episode: the loop, driven by what a script says."""

import pytest

from agent_planner.agent.limits import LoopConfig
from agent_planner.goals import parse_goal
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.graph import CONTAINER, OPENABLE, SURFACE
from agent_planner.tuning.collect.listening import Listening
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.evaluate import run_symbolic
from agent_planner.tuning.panel.taxonomy import Category, category
from agent_planner.tuning.scenarios.faults import Failure, Faults
from agent_planner.tuning.scenarios.scenario import Scenario, default_library
from agent_planner.types import Level

WORLD = SceneGraph(
    objects=(SceneObject(name="cup", category="cup"), SceneObject(name="book", category="book")),
    places=(
        ScenePlace(name="desk", affordances=frozenset({SURFACE})),
        ScenePlace(name="shelf", affordances=frozenset({SURFACE})),
        ScenePlace(name="drawer", affordances=frozenset({CONTAINER, OPENABLE}), explored=True),
    ),
    relations=(Relation("on", "cup", "desk"), Relation("on", "book", "desk"), Relation("at", "shelf")),
)
GOAL = "goal: on(cup, shelf)"
GO_DESK, GO_SHELF = 'navigate_to(target="desk")', 'navigate_to(target="shelf")'
GO_CUP, PICK, PUT = 'navigate_to(target="cup")', 'pick(object="cup")', 'place_on(object="cup", surface="shelf")'
RAW = LoopConfig(level=Level.RAW, look_ahead=False)


def found(answers, truth=GOAL, said="put the cup on the shelf", config=RAW, faults=None):
    """The category of an episode in which the last answer is given again and again."""
    scenario = Scenario("s", default_library(), WORLD, said, parse_goal(truth), "on")
    turns = {"0": iter([*answers, *answers[-1:] * 60])}
    model = Listening(ScriptedModel(lambda request: next(turns[request.conversation_id])))
    [score] = run_symbolic(model, [Case(scenario, faults=faults)], config)
    return category(score, model.conversations["0"])


def test_a_success_has_no_category():
    assert found([GOAL, GO_CUP, PICK, GO_SHELF, PUT]) is None


def test_wrong_goal():
    assert found(["goal: on(book, shelf)"] * 2 + [GO_DESK]) is Category.WRONG_GOAL
    assert found(["goal: on(lamp, shelf)"]) is Category.WRONG_GOAL
    assert found(["I will fetch it."]) is Category.WRONG_GOAL
    assert found(["goal: none\nHello."]) is Category.WRONG_GOAL
    # To act where nothing could be done, and the wrong reason to refuse.
    assert found([GOAL, GOAL, GO_CUP, PICK, GO_SHELF, PUT], 'goal: missing("bowl")') is Category.WRONG_GOAL
    assert found(['goal: no_skill("boil")'], 'goal: missing("bowl")') is Category.WRONG_GOAL


TWO = "goal: on(cup, shelf) then on(book, shelf)"
BOTH = "put the cup and then the book on the shelf"


def test_wrong_order():
    said = ["goal: on(book, shelf) then on(cup, shelf)", GO_DESK]
    assert found(said, TWO, BOTH) is Category.WRONG_ORDER


def test_missing_step():
    assert found([GOAL, GOAL, GO_CUP, PICK, GO_SHELF, PUT], TWO, BOTH) is Category.MISSING_STEP


def test_extra_step_of_the_goal_and_of_the_calls():
    assert found([TWO, TWO, GO_DESK]) is Category.EXTRA_STEP
    # The book is carried about until the turns are used up; it goes on and off the shelf, never three times the same.
    calls = ['navigate_to(target="book")', 'pick(object="book")', GO_SHELF, 'place_on(object="book", surface="shelf")']
    slow = LoopConfig(level=Level.RAW, look_ahead=False, max_turns=4)
    assert found([GOAL, *calls], config=slow) is Category.EXTRA_STEP


def test_unknown_skill():
    assert found([GOAL, 'grab(object="cup")']) is Category.UNKNOWN_SKILL


@pytest.mark.parametrize("call", ['pick(object="lamp")', "pick()", 'pick(object="desk")', "I pick the cup"])
def test_bad_argument(call):
    assert found([GOAL, call]) is Category.BAD_ARGUMENT


def test_need_not_met():
    assert found([GOAL, PICK]) is Category.NEED_NOT_MET


def test_most_turns_refused_decides_where_the_turns_are_used_up():
    refused = [PICK, 'pick(object="lamp")', "pick()", 'pick(thing="cup")', GO_DESK]
    slow = LoopConfig(level=Level.RAW, look_ahead=False, max_turns=5)
    assert found([GOAL, *refused], config=slow) is Category.BAD_ARGUMENT


def test_loop():
    assert found([GOAL, *[GO_DESK, GO_SHELF] * 10]) is Category.LOOP
    ahead = LoopConfig(level=Level.RAW, look_ahead=True)
    assert found([GOAL, GO_SHELF], config=ahead) is Category.LOOP
    failing = Faults((Failure("SLIPPED", "it slipped", call=parse(PICK)),), hopeless=True)
    assert found([GOAL, GO_CUP, PICK], faults=failing) is Category.LOOP


def parse(text):
    from agent_planner.agent.conversation import parse_turn

    return parse_turn(text)[1]


def test_needless_ask():
    assert found(['goal: which("cup": cup, book)']) is Category.WRONG_GOAL  # the check does not let it through
    assert found([GOAL, 'ask(question="Which cup?")']) is Category.NEEDLESS_ASK
    assert found(['goal: which("thing": cup, book)'], said="put the thing on the shelf") is Category.NEEDLESS_ASK


def test_needless_refusal():
    assert found(['goal: missing("bowl")'], said="put the cup on the shelf with the bowl") is Category.NEEDLESS_REFUSAL
    assert found(['goal: no_skill("put the cup")'] * 2) is Category.NEEDLESS_REFUSAL


def test_gave_up():
    assert found([GOAL, 'give_up(reason="it is too far")']) is Category.GAVE_UP


def test_other():
    short = LoopConfig(level=Level.RAW, look_ahead=False, max_turns=2)
    assert found([GOAL, GO_CUP, PICK], config=short) is Category.OTHER
