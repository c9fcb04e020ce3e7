# SPDX-License-Identifier: Apache-2.0
"""A goal that is stated part by part, and when it is not."""

from agent_planner.agent.events import EventKind
from agent_planner.agent.limits import LoopConfig
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.graph import CONTAINER, OPENABLE
from agent_planner.skills import SkillLibrary
from agent_planner.types import Outcome
from tests.agent.driver import drive

LIBRARY = SkillLibrary.load()
WORLD = SceneGraph(
    objects=(SceneObject(name="red cube"), SceneObject(name="cup")),
    places=(
        ScenePlace(name="desk"),
        ScenePlace(name="bin", affordances=frozenset({CONTAINER})),
        ScenePlace(name="drawer", affordances=frozenset({CONTAINER, OPENABLE}), is_open=False),
    ),
    relations=(Relation("on", "red cube", "desk"), Relation("in", "cup", "bin"), Relation("at", "bin")),
)
NO_LOOK_AHEAD = LoopConfig(look_ahead=False)
GIVE_UP = 'it is enough\ngive_up(reason="enough")'


def stated(instruction, *texts, config=NO_LOOK_AHEAD):
    """The goal that comes of it, what was asked in turn, and the run."""
    run = drive(WORLD, LIBRARY, [*texts, GIVE_UP], instruction=instruction, config=config)
    asked = [prompt.partition("Instruction: ")[2].partition("\n")[0] for prompt in run.prompts]
    return str(run.result.goal), [said for said in asked if said], run


def test_each_part_is_stated_in_a_conversation_of_its_own_and_the_whole_goes_on():
    said = "put the red cube in the bin, then take the cup"
    goal, asked, run = stated(said, "goal: in(red cube, bin)", "goal: holding(cup)")
    assert goal == "in(red cube, bin) then holding(cup)"
    assert asked == ["put the red cube in the bin", "take the cup"]
    assert run.prompts[2].startswith("robot: ") and "unmet: in(red cube, bin)" in run.prompts[2]
    assert [len(messages) for messages, _ in run.earlier] == [3, 3]
    assert [refused for _, refused in run.earlier] == [[], []]
    assert [e.text for e in run.events if e.kind is EventKind.GOAL] == [goal]


def test_what_goes_back_to_another_part_is_read_with_it():
    said = "open the drawer, then put the cup in it"
    goal, asked, _ = stated(said, "goal: open(drawer)", "goal: open(drawer) then in(cup, drawer)")
    assert goal == "open(drawer) then in(cup, drawer)"
    assert asked == ["open the drawer", said]


def test_parts_that_turn_out_to_be_one_thing_to_do_are_one_step():
    said = "hold the cup, then put it in the drawer and go to the desk"
    goal, _, _ = stated(said, "goal: holding(cup)", "goal: in(cup, drawer)", "goal: at(desk)")
    assert goal == "in(cup, drawer) then at(desk)"


def test_where_a_part_has_no_goal_the_whole_is_stated_and_the_parts_are_not_learned_from():
    said = "go to the desk, then take the plum"
    goal, asked, run = stated(said, "goal: at(desk)", "goal: none\nHm.", 'goal: missing("plum")')
    assert (goal, run.result.outcome, run.result.code) == ('missing("plum")', Outcome.INFEASIBLE, "MISSING")
    assert asked == ["go to the desk", "take the plum", said]
    assert [refused for _, refused in run.earlier] == [[2], [2]]


def test_where_a_part_is_refused_twice_the_whole_is_stated():
    said = "take the cup, then open the drawer"
    whole = "goal: holding(cup) then open(drawer)"
    goal, asked, _ = stated(said, *["goal: holding(cup); not holding(cup)"] * 2, whole)
    assert (f"goal: {goal}", asked) == (whole, ["take the cup", said])


def test_after_an_answer_the_conversation_begins_anew_where_the_scene_has_changed():
    def moves(world):
        world.world = world.world.replace(relations=(Relation("on", "cup", "desk"), *WORLD.relations[::2]))
        return "the cup"

    which = 'goal: which("thing": red cube, cup)'
    said, texts = "take the thing", [which, "goal: holding(cup)", GIVE_UP]
    same = drive(WORLD, LIBRARY, texts, instruction=said, config=NO_LOOK_AHEAD, answers=["the cup"])
    assert same.prompts[1] == "answer: cup" and same.earlier == []
    moved = drive(WORLD, LIBRARY, texts, instruction=said, config=NO_LOOK_AHEAD, answers=[moves])
    assert "\ncup: on desk" in moved.prompts[1] and "\nInstruction: take the thing cup\n" in moved.prompts[1]
    assert [messages[-1].content for messages, _ in moved.earlier] == [which]


def test_it_can_be_switched_off():
    said = "put the red cube in the bin, then take the cup"
    whole = "in(red cube, bin) then holding(cup)"
    off = LoopConfig(look_ahead=False, by_parts=False)
    goal, asked, run = stated(said, f"goal: {whole}", config=off)
    assert (goal, asked, run.earlier) == (whole, [said], [])
