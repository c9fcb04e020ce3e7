# SPDX-License-Identifier: Apache-2.0
"""What is said beside what is to be done, and words that say where things are now."""

from random import Random

import pytest

from agent_planner.goals import Goal
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.tuning.scenarios.asides import called_it, corrected, introduced, remarked, with_purpose
from agent_planner.tuning.scenarios.clauses import Clause
from agent_planner.tuning.scenarios.scenario import rebased
from agent_planner.tuning.scenarios.scenes import observed, without
from agent_planner.tuning.scenarios.training import draw_training_setting, training_scenarios
from agent_planner.types import Atom

SCENE = SceneGraph(
    objects=(SceneObject(name="red cup", category="cup"), SceneObject(name="spoon", category="spoon")),
    places=(ScenePlace(name="desk"), ScenePlace(name="shelf")),
    relations=(Relation("on", "red cup", "desk"), Relation("on", "spoon", "desk")),
)


def clause(text: str, core: str = "cup", **more: str) -> Clause:
    atom = Atom("on", ("red cup", "shelf"))
    return Clause("on", "place_on", text, (atom,), {"red cup": core, "shelf": "shelf"}, **more)


@pytest.fixture(scope="module")
def drawn():
    rng = Random(19)
    settings = (draw_training_setting(rng) for _ in range(150))
    return [s for number, setting in enumerate(settings) for s in training_scenarios(rng, setting, 10, str(number))]


def test_what_was_spoken_of_is_called_it():
    before, rest = introduced(Random(1), clause("put the cup on the shelf"), SCENE)
    assert "the cup" in before
    assert rest.text == "put it on the shelf"
    _, statement = introduced(Random(1), clause("The cup goes on the shelf"), SCENE)
    assert statement.text == "It goes on the shelf"


@pytest.mark.parametrize(
    "text",
    [
        "take the cup and put it on the shelf",
        "put the cup on the desk on the shelf",
        "put the cup beside the cup",
        "put cup on the shelf",
    ],
)
def test_no_word_is_put_where_it_could_mean_something_else(text: str):
    assert introduced(Random(1), clause(text), SCENE) == ("", clause(text))


def test_what_was_named_before_is_called_it():
    assert called_it(clause("put the cup on the shelf"), "shelf", SCENE).text == "put the cup on it"
    twice = clause("take the cup and put it on the shelf")
    assert called_it(twice, "shelf", SCENE) == twice


def test_whoever_misspeaks_means_what_comes_last():
    found = corrected(Random(2), clause("put the cup on the shelf"), SCENE).text
    assert found.startswith("put the spoon") and found.endswith("the cup on the shelf")
    assert corrected(Random(2), clause("The cup goes on the shelf"), SCENE).text.startswith("The spoon")


@pytest.mark.parametrize("text", ["put it down", "Put it down.", "could you put it down?", "Is it down?"])
def test_a_remark_stands_beside_the_instruction_in_whole_sentences(text: str):
    rng = Random(3)
    for said in (remarked(rng, text) for _ in range(60)):
        assert text.rstrip(".?").lower() in said.lower() and len(said) > len(text) + 10
        assert not any(pair in said for pair in ("..", "?.", ".?", "!.", ".,", "?,")) or "... " in said
    assert remarked(rng, text, "do you see the cup?") == f"do you see the cup? {text}".replace("do", "Do", 1).replace(
        f"? {text}", f"? {text[0].upper()}{text[1:]}"
    )


def test_what_it_is_for_stands_behind_no_question():
    assert with_purpose(Random(4), "can you wave?") == "can you wave?"
    assert with_purpose(Random(4), "wave").startswith("wave ")


def test_all_that_is_on_a_place_is_meant_but_what_stays(drawn):
    told = [(s, c) for s in drawn for c in s.clauses if c.kind.endswith("_all") and len(s.clauses) == 1]
    assert len(told) > 8 and any(c.stays for _, c in told)
    for scenario, found in told:
        scene = observed(scenario.world)
        on = {r.a for r in scene.relations if (r.name, r.b) == ("on", found.source)}
        assert {atom.args[0] for atom in found.atoms} | {found.stays} - {None} == on
        assert not any(name in found.cores for name in on)
        fewer = rebased(scenario, scenario.library, without(scenario.world, found.atoms[0].args[0]))
        assert fewer is None, "others are meant then"


def test_where_a_thing_is_said_to_be_it_is(drawn):
    told = [(s, c) for s in drawn for c in s.clauses if c.source and not c.kind.endswith("_all")]
    assert len(told) > 20
    for scenario, found in told:
        location = observed(scenario.world).location(found.atoms[0].args[0])
        assert location is not None and location.b == found.source
        assert found is scenario.clauses[0], "nothing was moved before"


def test_it_is_put_somewhere_only_after_something_else_was_done_with_it(drawn):
    said = [(a, b) for s in drawn if isinstance(s.goal, Goal) for a, b in zip(s.clauses, s.clauses[1:], strict=False)]
    put = [(a, b) for a, b in said if b.kind in ("on", "in", "near") and " it " in f" {b.text} "]
    put = [(a, b) for a, b in put if (thing := b.atoms[0].args[0]) in a.cores and b.cores[thing] not in b.text]
    assert len(put) > 10
    assert not {a.kind for a, _ in put} & {"on", "in", "near", "holding", "open", "closed"}


def test_what_has_been_done_comes_first_wherever_it_is_said(drawn):
    pairs = [s for s in drawn if len(s.clauses) == 2 and " you have " in s.instruction]
    said_last = [s for s in pairs if s.instruction.find(s.clauses[0].text) > s.instruction.find(s.clauses[1].text) >= 0]
    assert len(pairs) > 20 and len(said_last) > 5
    for scenario in pairs:
        assert isinstance(scenario.goal, Goal)
        assert scenario.goal.steps == tuple(c.atoms for c in scenario.clauses)
