# SPDX-License-Identifier: Apache-2.0
"""What changes in the world while a person answers, or while nothing is done, is seen."""

import pytest

from agent_planner.agent.limits import LoopConfig
from agent_planner.scene import Relation, ScenePlace
from agent_planner.scene.graph import OPENABLE
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Autonomy, Outcome, ResultStatus, SkillResult
from tests.agent.bin_course import GOAL, WAY, WORLD
from tests.agent.driver import drive

LIBRARY = SkillLibrary.load()
DRAWER = ScenePlace(name="drawer", affordances=frozenset({OPENABLE}), is_open=True)
CUP_ON_DESK = (Relation("on", "red cube", "desk"), Relation("on", "cup", "desk"))
CUBE_IN_BIN = (Relation("in", "red cube", "bin"), Relation("in", "cup", "bin"))
CUP_INTO_BIN = [step.replace("red cube", "cup") for step in WAY]


def moves(words, *relations):
    """A person who changes the world before they answer."""

    def answer(world):
        world.world = world.world.replace(relations=(*relations, Relation("at", "bin")))
        return words

    return answer


def test_what_is_moved_while_the_goal_is_approved_counts():
    confirm = LoopConfig(autonomy=Autonomy.CONFIRM)
    answers = [moves("yes", *CUP_ON_DESK), *["yes"] * 4]
    run = drive(WORLD, LIBRARY, CUP_INTO_BIN, "put the cup in the bin", confirm, answers=answers)
    assert run.questions[0] == "Goal: in(cup, bin). Plan: nothing to do. Approve?"
    assert run.prompts[1].startswith("robot: ") and "\ncup: on desk" in run.prompts[1]
    assert run.result.outcome is Outcome.SUCCEEDED and len(run.calls) == 4
    done = drive(WORLD, LIBRARY, [*WAY], config=confirm, answers=[moves("yes", *CUBE_IN_BIN)])
    assert (done.result.outcome, done.calls) == (Outcome.ANSWERED, [])


def test_what_the_person_moved_before_they_answered_the_model_sees():
    ask = 'in(red cube, bin)\nask(question="where is it?")'
    free = LoopConfig(look_ahead=False)
    run = drive(WORLD, LIBRARY, [GOAL, ask, *WAY[1:]], config=free, answers=[moves("with the cup", *CUP_ON_DESK)])
    assert run.prompts[2].startswith("answer: with the cup\nrobot: ") and "\ncup: on desk" in run.prompts[2]
    assert run.result.outcome is Outcome.SUCCEEDED
    there = drive(WORLD, LIBRARY, [GOAL, ask], config=free, answers=[moves("here it is", *CUBE_IN_BIN)])
    assert (there.result.outcome, len(there.prompts)) == (Outcome.ANSWERED, 2)
    planned = LoopConfig(look_ahead=False, check_plan=True)
    texts = [GOAL, ask, *WAY[1:], *WAY[1:]]
    run = drive(WORLD, LIBRARY, texts, config=planned, answers=[moves("with the cup", *CUP_ON_DESK)])
    assert "cup: on desk" not in run.prompts[5] and "\ncup: on desk" in run.prompts[6]


def test_what_changed_while_the_gate_asked_the_model_sees():
    denied = iter([SkillResult(ResultStatus.DENIED, "DENIED", "the person said no")])

    def ask_once(world, call):
        if answer := next(denied, None):
            moves("no", *CUP_ON_DESK)(world)
        return answer or SymbolicWorld.execute(world, call)

    run = drive(WORLD, LIBRARY, [GOAL, WAY[1], *WAY[1:]], execute=ask_once)
    assert run.prompts[2].startswith("refused DENIED: the person said no\n") and "\ncup: on desk" in run.prompts[2]
    assert run.result.outcome is Outcome.SUCCEEDED


def test_that_nothing_is_to_be_done_the_world_shows_at_the_end():
    def seen(world):
        if not world.done:
            moves("", *CUP_ON_DESK)(world)
        return world.observe()

    run = drive(WORLD, LIBRARY, CUP_INTO_BIN, "put the cup in the bin", observe=seen)
    assert (run.result.outcome, len(run.calls)) == (Outcome.SUCCEEDED, 4)


def test_every_step_that_held_at_first_is_looked_at_again():
    def seen(world):
        if not world.done:
            moves("", *CUP_ON_DESK)(world)  # the robot is at the bin still, as the last step wants it
        return world.observe()

    texts = ["goal: in(cup, bin) then at(bin)", *CUP_INTO_BIN[1:]]
    said = "put the cup in the bin, then go to the bin"
    run = drive(WORLD, LIBRARY, texts, said, LoopConfig(by_parts=False), observe=seen)
    assert (run.result.outcome, len(run.calls)) == (Outcome.SUCCEEDED, 4), run.result.summary


def test_a_step_that_has_held_need_not_hold_at_the_end():
    world = WORLD.replace(places=(*WORLD.places, DRAWER))

    def shuts(world):
        world.world = world.world.replace(places=(*WORLD.places, DRAWER.model_copy(update={"is_open": False})))
        return "I have shut it"

    texts = ["goal: open(drawer) then closed(drawer)", 'closed(drawer)\nask(question="will you?")']
    config = LoopConfig(look_ahead=False, by_parts=False)
    run = drive(world, LIBRARY, texts, "open the drawer, then close it", config, answers=[shuts])
    assert (run.result.outcome, run.calls) == (Outcome.ANSWERED, [])


@pytest.mark.parametrize(
    ("texts", "config", "answers", "after"),
    [
        (["goal: in(cup, bin)"], LoopConfig(), [], "the goal"),
        (WAY, LoopConfig(autonomy=Autonomy.CONFIRM), ["yes"], "the approval"),
        (WAY, LoopConfig(check_plan=True), [], "the plan"),
        ([GOAL, 'a\nask(question="now?")'], LoopConfig(look_ahead=False), ["yes"], "the answer"),
        (['goal: which("thing": red cube, cup)', *WAY], LoopConfig(), ["cup"], "the answer"),
    ],
)
def test_without_a_scene_newer_than_an_answer_the_outcome_is_unknown(texts, config, answers, after):
    run = drive(WORLD, LIBRARY, texts, config=config, observe=lambda world: None, answers=answers)
    ended = (Outcome.UNKNOWN, "SCENE_STALE", f"no scene newer than {after}")
    assert (run.result.outcome, run.result.code, run.result.message) == ended and not run.calls


def test_what_is_gone_when_the_goal_is_approved_ends_no_episode_by_an_error():
    def takes(world):
        world.world = world.world.replace(objects=WORLD.objects[1:], relations=WORLD.relations[1:])
        return "yes"

    run = drive(WORLD, LIBRARY, WAY, config=LoopConfig(autonomy=Autonomy.CONFIRM), answers=[takes])
    assert "gone: red cube" in run.prompts[5]
    assert (run.result.outcome, run.calls) == (Outcome.FAILED, [])
