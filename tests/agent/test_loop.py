# SPDX-License-Identifier: Apache-2.0
"""The loop's outcomes, each told apart from the others."""

import itertools

import pytest

from agent_planner.agent.events import EventKind
from agent_planner.agent.limits import LoopConfig
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.symbolic import SymbolicWorld
from agent_planner.types import Autonomy, Call, Level, Outcome, ResultStatus, SkillResult
from tests.agent.driver import drive

LIBRARY = SkillLibrary.load()
WORLD = SceneGraph(
    objects=(SceneObject(name="red cube"), SceneObject(name="cup")),
    places=(ScenePlace(name="desk"), ScenePlace(name="bin", affordances=frozenset({"container"}))),
    relations=(Relation("on", "red cube", "desk"), Relation("in", "cup", "bin"), Relation("at", "bin")),
)
GOAL = "goal: in(red cube, bin)"
WAY = [
    GOAL,
    'in(red cube, bin) needs holding(red cube) needs at(red cube)\nnavigate_to(target="red cube")',
    'in(red cube, bin) needs holding(red cube)\npick(object="red cube")',
    'in(red cube, bin) needs at(bin)\nnavigate_to(target="bin")',
    'in(red cube, bin)\nplace_in(object="red cube", container="bin")',
]


def test_success_is_what_the_world_shows():
    run = drive(WORLD, LIBRARY, WAY)
    assert run.result.outcome is Outcome.SUCCEEDED
    assert [c.skill for c in run.calls] == ["navigate_to", "pick", "navigate_to", "place_in"]
    assert "in(red cube, bin)" in run.result.summary
    kinds = [e.kind for e in run.events]
    assert kinds[:2] == [EventKind.THINKING, EventKind.GOAL] and kinds[-1] is EventKind.ENDED
    assert [e.step for e in run.events] == sorted(e.step for e in run.events)


def test_a_server_that_claims_success_is_not_believed():
    run = drive(WORLD, LIBRARY, WAY, execute=lambda world, call: SkillResult(ResultStatus.OK))
    assert run.result.outcome is Outcome.FAILED


def test_a_goal_that_holds_already_is_answered():
    run = drive(WORLD, LIBRARY, ["goal: in(cup, bin)"])
    assert (run.result.outcome, run.calls) == (Outcome.ANSWERED, [])


@pytest.mark.parametrize(
    ("text", "outcome", "code"),
    [
        ('goal: missing("green mug")', Outcome.INFEASIBLE, "MISSING"),
        ('goal: no_skill("sing")', Outcome.INFEASIBLE, "NO_SKILL"),
        ('goal: which("thing": red cube, cup)', Outcome.NEEDS_OPERATOR, "AMBIGUOUS"),
        ('goal: which("the": red cube, cup)', Outcome.NEEDS_OPERATOR, "AMBIGUOUS"),
        ("goal: none\nHello.", Outcome.ANSWERED, ""),
        ("goal: in(blue cube, bin)", Outcome.FAILED, "BAD_GOAL"),
        ("goal: loves(red cube, bin)", Outcome.FAILED, "BAD_GOAL"),
        ('goal: missing("the cube")', Outcome.FAILED, "BAD_GOAL"),
        ("goal: on(cup, bin)", Outcome.FAILED, "BAD_GOAL"),
        ('goal: which("cube": red cube, cup)', Outcome.FAILED, "BAD_GOAL"),
        ("goal: did(set_gripper, cup)", Outcome.FAILED, "BAD_GOAL"),
        ("goal: did(set_gripper, 3)", Outcome.FAILED, "OUT_OF_BOUNDS"),
        ("nonsense", Outcome.FAILED, "BAD_GOAL"),
    ],
)
def test_without_a_goal_nothing_moves(text: str, outcome: Outcome, code: str):
    run = drive(WORLD, LIBRARY, [text])
    assert (run.result.outcome, run.result.code, run.calls) == (outcome, code, [])


def test_an_answer_leads_to_a_new_goal():
    run = drive(WORLD, LIBRARY, ['goal: which("thing": red cube, cup)', *WAY], answers=["the red cube"])
    assert run.result.outcome is Outcome.SUCCEEDED
    assert run.prompts[1] == "answer: the red cube"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ('in(red cube, bin)\npick(object="red cube")', "NEEDS"),
        ('in(red cube, bin)\npick(object="moon")', "UNKNOWN_ENTITY"),
        ("in(red cube, bin)\nfly()", "UNKNOWN_SKILL"),
        ("I will go there.", "BAD_FORM"),
    ],
)
def test_a_refused_call_goes_back_to_the_model_and_loops_end(call: str, code: str):
    run = drive(WORLD, LIBRARY, [GOAL, call], config=LoopConfig(level=Level.RAW))
    assert run.grammars == [None] * 4
    assert run.prompts[2].startswith(f"refused {code}: ")
    assert (run.result.outcome, run.result.code, run.calls) == (Outcome.FAILED, "LOOP", [])
    assert run.result.counts.refused == 3


def test_look_ahead_refuses_going_to_and_fro():
    fro = [
        GOAL,
        'in(red cube, bin)\nnavigate_to(target="cup")',
        'in(red cube, bin)\nnavigate_to(target="bin")',
        *WAY[1:],
    ]
    run = drive(WORLD, LIBRARY, fro)
    assert run.result.outcome is Outcome.SUCCEEDED
    assert run.prompts[3].startswith("refused NO_PROGRESS: ")
    free = drive(WORLD, LIBRARY, fro, config=LoopConfig(look_ahead=False))
    assert free.result.counts.refused == 0


def test_look_ahead_does_not_take_coming_back_for_progress():
    bin_, cube = (f'in(red cube, bin)\nnavigate_to(target="{name}")' for name in ("bin", "red cube"))
    run = drive(WORLD, LIBRARY, [GOAL, cube, bin_, cube, bin_, *WAY[2:]])
    assert run.prompts[5].startswith("refused NO_PROGRESS: ")
    assert run.result.outcome is Outcome.SUCCEEDED


def test_a_call_refused_in_this_state_is_not_offered_again():
    run = drive(WORLD, LIBRARY, [GOAL, *['in(red cube, bin)\nnavigate_to(target="bin")'] * 2, *WAY[1:]])
    offered = ['"target=" "\\"bin\\""' in (g or "") for g in run.grammars]
    assert offered == [False, True, True, False, True, True, True]


def test_the_same_state_again_and_again_ends():
    here_and_there = itertools.cycle(["cup", "red cube"])
    texts = [GOAL, *(f'in(red cube, bin)\nnavigate_to(target="{next(here_and_there)}")' for _ in range(20))]
    run = drive(WORLD, LIBRARY, texts, config=LoopConfig(look_ahead=False))
    assert (run.result.outcome, run.result.code) == (Outcome.FAILED, "LOOP")


def test_retries_are_counted_and_end_as_failed():
    slip = SkillResult(ResultStatus.FAILED, "GRASP_FAILED", "nothing there")
    run = drive(
        WORLD,
        LIBRARY,
        WAY[:3],
        execute=lambda w, c: slip if c.skill == "pick" else SymbolicWorld.execute(w, c),
    )
    assert (run.result.outcome, run.result.code) == (Outcome.FAILED, "GRASP_FAILED")
    assert [c.skill for c in run.calls] == ["navigate_to", "pick", "pick", "pick"]
    assert run.prompts[3].startswith("failed GRASP_FAILED: nothing there")


def test_a_cancelled_skill_ends_cancelled():
    run = drive(WORLD, LIBRARY, WAY, execute=lambda w, c: SkillResult(ResultStatus.CANCELLED, "CANCELLED"))
    assert run.result.outcome is Outcome.CANCELLED


def test_without_a_new_scene_the_outcome_is_unknown():
    run = drive(WORLD, LIBRARY, WAY, observe=lambda world: None)
    assert (run.result.outcome, run.result.code) == (Outcome.UNKNOWN, "SCENE_STALE")


def test_limits_end_as_timeout():
    turns = drive(WORLD, LIBRARY, WAY, config=LoopConfig(max_turns=2))
    assert (turns.result.outcome, turns.result.code) == (Outcome.TIMEOUT, "MAX_TURNS")
    ticks = itertools.count(step=10.0)
    late = drive(WORLD, LIBRARY, WAY, config=LoopConfig(max_seconds=15.0), clock=lambda: next(ticks))
    assert (late.result.outcome, late.result.code) == (Outcome.TIMEOUT, "MAX_TIME")


@pytest.mark.parametrize(("answers", "moved"), [((), 0), (("no",), 0), (("yes", "no"), 0), (("yes", "yes", "no"), 1)])
def test_at_confirm_nothing_moves_without_a_yes(answers: tuple[str, ...], moved: int):
    run = drive(WORLD, LIBRARY, WAY, config=LoopConfig(autonomy=Autonomy.CONFIRM), answers=answers)
    assert (run.result.outcome, run.result.code) == (Outcome.NEEDS_OPERATOR, "NOT_APPROVED")
    assert len(run.calls) == moved


def test_the_model_may_ask_and_give_up():
    ask = 'in(red cube, bin)\nask(question="now?")'
    asks = drive(WORLD, LIBRARY, [GOAL, ask, ask, *WAY[1:]], answers=["yes, go"])
    assert asks.result.outcome is Outcome.SUCCEEDED
    assert asks.prompts[2].startswith("refused NO_PROGRESS: the goal can still be reached; go on, or ask once more")
    assert asks.prompts[3].startswith("answer: yes, go\n")


def test_giving_up_needs_a_reason():
    give_up = 'in(red cube, bin)\ngive_up(reason="too far")'
    refused = drive(WORLD, LIBRARY, [GOAL, give_up, *WAY[1:]])
    assert refused.prompts[2].startswith("refused NO_PROGRESS: the goal can still be reached")
    assert refused.result.outcome is Outcome.SUCCEEDED
    slip = SkillResult(ResultStatus.FAILED, "GRASP_FAILED", "nothing there")
    failed = drive(WORLD, LIBRARY, [GOAL, *WAY[1:2], give_up], execute=lambda w, c: slip)
    assert (failed.result.outcome, failed.result.message) == (Outcome.INFEASIBLE, "too far")


def test_a_skill_without_effects_is_done_by_did():
    run = drive(
        WORLD,
        LIBRARY,
        ["goal: did(move_arm, stow)", 'did(move_arm, stow)\nmove_arm(posture="stow")'],
        instruction="stow the arm",
    )
    assert run.result.outcome is Outcome.SUCCEEDED
    assert run.calls == [Call("move_arm", {"posture": "stow"})]
