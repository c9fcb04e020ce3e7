# SPDX-License-Identifier: Apache-2.0
"""What parts an instruction, and what does not."""

import pytest

from agent_planner.agent.parts import Part, parts
from agent_planner.goals import Goal
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.situations import draw_situations

LIBRARY = SkillLibrary.load()


@pytest.mark.parametrize(
    ("instruction", "texts"),
    [
        ("open the drawer and wave", ["open the drawer", "wave"]),
        ("Open the drawer. Then the cup goes in the sink", ["Open the drawer", "the cup goes in the sink"]),
        ("first go to the desk; after that wait 5 seconds", ["go to the desk", "wait 5 seconds"]),
        ("go to the desk. When that is done, take the cup.", ["go to the desk", "take the cup"]),
        ("could you open the drawer, and close the door?", ["could you open the drawer", "close the door?"]),
        ("I am in a hurry, open the drawer and then go home", ["I am in a hurry, open the drawer", "go home"]),
        ("wipe the desk, and also water the plant", ["wipe the desk", "also water the plant"]),
        ("after you search the drawer, close it up", ["search the drawer", "close it up"]),
        ("wave before you take the cup", ["wave", "take the cup"]),
        ("before you go to the desk, wave", ["wave", "go to the desk"]),
        ("Lock the door once you have put the cup in the sink.", ["put the cup in the sink", "Lock the door"]),
        ("wave, and after you've put the cup away, wave", ["wave", "put the cup away", "wave"]),
        ("when you have shifted the cup, stop, and wave", ["shift the cup", "stop", "wave"]),
        ("Having stopped the fan, carry the cup across", ["stop the fan", "carry the cup across"]),
        ("Sand the desk, then double the letter over", ["Sand the desk", "double the letter over"]),
        ("wave, but before that open the drawer", ["open the drawer", "wave"]),
        (
            "I want the cup in the sink and the bowl goes in the bin",
            ["I want the cup in the sink", "the bowl goes in the bin"],
        ),
        ("defrost the fish and wave", ["defrost the fish and wave"]),
    ],
)
def test_what_is_done_one_after_the_other_is_parted(instruction: str, texts: list[str]):
    assert [part.text for part in parts(instruction, LIBRARY)] == texts


@pytest.mark.parametrize(
    "instruction",
    [
        "put the cup, the bowl and the spoon on the desk",
        "put the cup in the sink and the bowl in the bin",
        "take the cup and put it on the desk",
        "carry the cup across and leave it on the desk",
        "put the cup on the desk and then everything in the bin",
        "put the cup and then the book on the shelf",
        "go and look into the drawer",
        "bring me the upper and lower drawer",
        "The kitchen is a mess. Put the cup in the sink",
        "let me think, let me see... yes, wave",
        "come on, wave",
        "Your next stop is the cup",
        "ring the bell once",
        "see if the cup is there",
        "wave",
    ],
)
def test_what_is_one_thing_to_do_stays_whole(instruction: str):
    assert len(parts(instruction, LIBRARY)) == 1


@pytest.mark.parametrize(
    "instruction",
    [
        "put the cup in it, but before that open the drawer",
        "close the drawer once you have put the cup in it",
        "wave after you know who comes",
        "wave as soon as you see a person",
        "when you have got a moment, open the drawer and wave",
        "when you have a moment, open the drawer and wave",
        "if the drawer is open, close it and wave",
        "wave and wait until I am back",
    ],
)
def test_where_words_tell_another_order_nothing_is_parted(instruction: str):
    assert parts(instruction, LIBRARY) == []


def test_pronouns_go_back_to_the_last_part_without():
    assert parts("wave, then open the drawer, put the cup in it and then close it", LIBRARY) == [
        Part("wave"),
        Part("open the drawer"),
        Part("put the cup in it", since="open the drawer, then put the cup in it"),
        Part("close it", since="open the drawer, then put the cup in it, then close it"),
    ]


def test_the_librarys_own_verbs_count():
    own = SkillLibrary.parse("skills: [{name: defrost, description: Thaw what is frozen.}]")
    assert [p.text for p in parts("wave and defrost the fish, and thaw the peas", own)] == [
        "wave",
        "defrost the fish",
        "thaw the peas",
    ]


def test_of_what_training_says_most_is_parted_as_it_was_made():
    drawn = [s for index in range(8) for s in next(iter(draw_situations("train", 77, index, 16))).scenarios()]
    goals = [s for s in drawn if isinstance(s.goal, Goal) and s.clauses]
    alike = {True: [0, 0], False: [0, 0]}
    for scenario in goals:
        found = parts(scenario.instruction, scenario.library)
        count = alike[len(scenario.clauses) > 1]
        count[0] += max(1, len(found)) == len(scenario.clauses)
        count[1] += 1
    assert all(right > 0.8 * n and n > 20 for right, n in alike.values()), alike
