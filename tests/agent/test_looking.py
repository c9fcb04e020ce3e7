# SPDX-License-Identifier: Apache-2.0
"""What is not in sight is looked for, before it counts as missing."""

from dataclasses import replace

import pytest

from agent_planner.agent.events import EventKind
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.looking import Looking
from agent_planner.goals import format_goal
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Autonomy, Outcome, ResultStatus, SkillResult
from tests.agent.driver import drive

LIBRARY = SkillLibrary.load()
SHUT = {"affordances": frozenset({"container", "openable"}), "is_open": False, "explored": False}
WORLD = SceneGraph(
    objects=(SceneObject(name="red cube"), SceneObject(name="cup")),
    places=(ScenePlace(name="desk"), ScenePlace(name="cupboard", **SHUT), ScenePlace(name="drawer", **SHUT)),
    relations=(Relation("in", "red cube", "cupboard"), Relation("in", "cup", "drawer"), Relation("at", "drawer")),
)
SAID = "bring the red cube to the desk"
MISSING = 'goal: missing("red cube")'
DRAWER = 'explored(drawer)\nopen(container="drawer")'
CUPBOARD = [
    'explored(cupboard) needs at(cupboard)\nnavigate_to(target="cupboard")',
    'explored(cupboard)\nopen(container="cupboard")',
]
CARRY = [
    "goal: on(red cube, desk)",
    'on(red cube, desk) needs holding(red cube)\npick(object="red cube")',
    'on(red cube, desk) needs at(desk)\nnavigate_to(target="desk")',
    'on(red cube, desk)\nplace_on(object="red cube", surface="desk")',
]
FOUND = [MISSING, DRAWER, MISSING, *CUPBOARD, *CARRY]


def test_the_nearest_place_first_until_the_thing_is_in_sight():
    run = drive(WORLD, LIBRARY, FOUND, SAID)
    assert run.result.outcome is Outcome.SUCCEEDED, run.result.summary
    assert [str(call) for call in run.calls][:3] == [
        'open(container="drawer")',
        'navigate_to(target="cupboard")',
        'open(container="cupboard")',
    ]
    assert [e.text for e in run.events if e.kind is EventKind.LOOKING] == [
        "'red cube' is not in sight; looking into: drawer",
        "'red cube' is not in sight; looking into: cupboard",
    ]
    assert [e.kind for e in run.events].count(EventKind.ENDED) == 1
    assert len(run.result.steps) == 6


def test_each_look_is_a_conversation_of_its_own():
    run = drive(WORLD, LIBRARY, FOUND, SAID)
    asked = [prompt for prompt in run.prompts if prompt.startswith("Scene:")]
    assert len(asked) == 3 and all(f"Instruction: {SAID}" in prompt for prompt in asked)
    assert ["red cube: " in prompt for prompt in asked] == [False, False, True]
    assert "unmet: explored(drawer)" in run.prompts[1]
    assert [turns[2].content for turns, _ in run.earlier] == [
        MISSING, "goal: explored(drawer)", MISSING, "goal: explored(cupboard)",
    ]  # fmt: skip


def test_what_is_nowhere_is_missing_after_every_place_was_looked_into():
    run = drive(WORLD, LIBRARY, ['goal: missing("green ball")', DRAWER, 'goal: missing("green ball")', *CUPBOARD,
                                 'goal: missing("green ball")'], "bring the green ball")  # fmt: skip
    assert (run.result.outcome, run.result.code) == (Outcome.INFEASIBLE, "MISSING")
    assert run.result.message == "'green ball' is not in the scene; looked into: drawer, cupboard"
    assert format_goal(run.result.goal) == 'goal: missing("green ball")'


def test_the_model_is_asked_again_only_if_something_new_is_seen():
    world = WORLD.replace(relations=tuple(r for r in WORLD.relations if r.a != "cup"),
                          objects=WORLD.objects[:1])  # fmt: skip
    run = drive(world, LIBRARY, [MISSING, DRAWER, *CUPBOARD, *CARRY], SAID)
    assert run.result.outcome is Outcome.SUCCEEDED


def test_a_place_that_cannot_be_opened_is_left_for_the_next():
    def stuck(world, call):
        if str(call) == 'open(container="drawer")':
            return SkillResult(ResultStatus.FAILED, "STUCK", "it does not move")
        return SymbolicWorld.execute(world, call)

    tries = LIBRARY["open"].retries + 1
    run = drive(WORLD, LIBRARY, [MISSING, *[DRAWER] * tries, *CUPBOARD, *CARRY], SAID, execute=stuck)
    assert run.result.outcome is Outcome.SUCCEEDED, run.result.summary


def test_after_a_cancelled_look_nothing_goes_on():
    run = drive(WORLD, LIBRARY, FOUND, SAID, execute=lambda *_: SkillResult(ResultStatus.CANCELLED, "", "by a person"))
    assert (run.result.outcome, len(run.calls)) == (Outcome.CANCELLED, 1)


def test_after_a_look_of_which_no_scene_tells_nothing_goes_on():
    run = drive(WORLD, LIBRARY, FOUND, SAID, observe=lambda world: None)
    assert (run.result.outcome, run.result.code, len(run.calls)) == (Outcome.UNKNOWN, "SCENE_STALE", 1)


@pytest.mark.parametrize(
    "config",
    [LoopConfig(look_for_missing=False), LoopConfig(autonomy=Autonomy.PLAN_ONLY)],
    ids=["turned off", "only a plan"],
)
def test_without_a_look_what_is_closed_is_told(config):
    run = drive(WORLD, LIBRARY, FOUND, SAID, config)
    assert (run.result.outcome, run.calls) == (Outcome.INFEASIBLE, [])
    assert run.result.message == "'red cube' is not in the scene; not looked into: cupboard, drawer"


def test_at_confirm_a_person_is_asked_before_each_look():
    config = LoopConfig(autonomy=Autonomy.CONFIRM)
    run = drive(WORLD, LIBRARY, FOUND, SAID, config, answers=["no"])
    assert (run.result.outcome, run.result.code, run.calls) == (Outcome.NEEDS_OPERATOR, "NOT_APPROVED", [])
    assert run.questions == ["'red cube' is not in sight. Look into drawer?"]
    run = drive(WORLD, LIBRARY, FOUND, SAID, config, answers=["yes", "yes", "no"])
    assert (run.result.outcome, len(run.calls)) == (Outcome.NEEDS_OPERATOR, 1)


def test_after_a_yes_to_a_look_the_world_is_seen_anew():
    config = LoopConfig(autonomy=Autonomy.CONFIRM)
    run = drive(WORLD, LIBRARY, FOUND, SAID, config, observe=lambda world: None, answers=["yes"] * 3)
    assert (run.result.code, run.result.message) == ("SCENE_STALE", "no scene newer than the approval")
    assert run.calls == []


def test_turns_are_counted_over_all_looks():
    run = drive(WORLD, LIBRARY, FOUND, SAID, replace(LoopConfig(), max_turns=4))
    assert (run.result.outcome, run.result.code) == (Outcome.TIMEOUT, "MAX_TURNS")


def test_a_place_that_no_skill_can_look_into_is_not_tried():
    blind = SkillLibrary(skills=tuple(skill for skill in LIBRARY if skill.name != "open"))
    assert Looking(blind).next_place(observed(WORLD)) is None
    looking = Looking(LIBRARY)
    assert looking.next_place(observed(WORLD)) == "drawer"
    looking.tried("drawer")
    assert looking.next_place(observed(WORLD)) == "cupboard"
