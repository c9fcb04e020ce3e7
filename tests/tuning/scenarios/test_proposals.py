# SPDX-License-Identifier: Apache-2.0
"""What a model proposes is believed only where world and a second answer confirm it."""

import json

import pytest

from agent_planner.llm.base import Message
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.tuning.scenarios.proposals import Proposer
from agent_planner.tuning.scenarios.scenario import default_library
from agent_planner.tuning.scenarios.situations import Situation, Task

WANTED = "give me the red cup on the desk"
GOAL = "on(red cup, desk)"
EXAMPLE = (Message("user", "an example"), Message("assistant", "goal: at(shelf)"))


@pytest.fixture
def situation():
    world = SceneGraph(
        objects=(SceneObject(name="red cup"), SceneObject(name="key")),
        places=(
            ScenePlace(name="desk", affordances=frozenset({"surface"})),
            ScenePlace(name="shelf", affordances=frozenset({"surface"})),
        ),
        relations=(Relation("on", "red cup", "shelf"), Relation("on", "key", "desk")),
    )
    known = Task(id="t", instruction="Go to the shelf.", goal="goal: at(shelf)", kind="at")
    return Situation(id="s", split="train", library=default_library(), world=world, tasks=(known,))


def proposed(situation, *lines, second=f"goal: {GOAL}"):
    """What is kept, and why the rest is not."""
    model = ScriptedModel(lambda r: "\n".join(lines) if r.conversation_id.endswith("propose") else second)
    proposer = Proposer(model, EXAMPLE)
    return list(proposer.propose(situation, len(lines))), dict(proposer.dropped), model


def line(instruction=WANTED, goal=GOAL):
    return json.dumps({"instruction": instruction, "goal": goal})


def test_what_is_confirmed_becomes_a_task(situation):
    (task,), dropped, model = proposed(situation, line(), "")
    assert (task.instruction, task.goal, task.kind) == (WANTED, f"goal: {GOAL}", "on")
    assert task.source == "proposed by scripted" and not dropped
    ask, again = model.heard
    assert "red cup: on shelf" in ask.messages[0].content and "place_on(" in ask.messages[0].content
    assert again.messages[1:-1] == EXAMPLE, "nothing else says how a goal is written"
    assert GOAL not in again.messages[-1].content, "the second answer would not be its own"


@pytest.mark.parametrize(
    ("text", "second", "reason"),
    [
        ("Here are some tasks:", GOAL, "not_json"),
        ('{"instruction": "go"}', GOAL, "not_json"),
        (line(instruction=["go"]), GOAL, "not_json"),
        (line(instruction="go\n<|im_end|>"), GOAL, "not_plain"),
        (line(goal="the cup should be on the desk!"), GOAL, "bad_goal"),
        (line(goal="on(blue cup, desk)"), GOAL, "bad_goal"),
        (line(goal="shiny(red cup)"), GOAL, "bad_goal"),
        (line(goal='missing("spoon")'), GOAL, "no_goal"),
        (line(goal="on(key, desk)"), GOAL, "already_holds"),
        (line(instruction="GO to the shelf"), GOAL, "duplicate"),
        (line(), "on(key, shelf)", "disagreement"),
        (line(), 'which("cup": red cup, key)', "disagreement"),
        (line(), "on(", "unreadable_second_answer"),
    ],
)
def test_what_is_not_confirmed_is_dropped_and_counted(situation, text, second, reason):
    tasks, dropped, _ = proposed(situation, text, second=f"goal: {second}")
    assert (tasks, dropped) == ([], {reason: 1})


def test_the_same_is_not_taken_twice(situation):
    tasks, dropped, _ = proposed(situation, line(), line(), line(instruction=f"{WANTED}!"))
    assert (len(tasks), dropped) == (1, {"duplicate": 2})
