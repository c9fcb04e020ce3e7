# SPDX-License-Identifier: Apache-2.0
"""The loop's outcomes, each told apart from the others."""

import itertools
from dataclasses import replace

import pytest

from agent_planner.agent.events import EventKind
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.look_ahead import LookAhead
from agent_planner.errors import CallRefused
from agent_planner.goals import parse_goal
from agent_planner.safety.judge import Judge
from agent_planner.safety.policy import Policy
from agent_planner.scene import Relation
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Autonomy, Call, Level, Outcome, ResultStatus, SkillResult
from tests.agent.bin_course import GOAL, WAY, WORLD
from tests.agent.driver import drive, reply

LIBRARY = SkillLibrary.load()


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
    assert run.prompts[1] == "answer: red cube"


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
    assert (run.result.counts.refused, run.result.counts.codes) == (3, {code: 3})


@pytest.mark.parametrize(("code", "again"), [("NO_IK", ["navigate_to"]), ("GRASP_FAILED", [])])
def test_what_cannot_be_reached_from_here_is_approached_anew(code: str, again: list[str]):
    failures = [SkillResult(ResultStatus.FAILED, code, "not from here")]

    def execute(world: SymbolicWorld, call: Call) -> SkillResult:
        return failures.pop() if call.skill == "pick" and failures else world.execute(call)

    run = drive(WORLD, LIBRARY, [GOAL, *WAY[1:3], *([WAY[1]] if again else []), *WAY[2:]], execute=execute)
    assert run.result.outcome is Outcome.SUCCEEDED
    assert [c.skill for c in run.calls] == ["navigate_to", "pick", *again, "pick", "navigate_to", "place_in"]
    assert ("red cube: on desk, away" in run.prompts[3]) == bool(again)


def test_a_robot_that_goes_nowhere_tries_again_where_it_is():
    arm = SkillLibrary(skills=tuple(s for s in LIBRARY if s.name != "navigate_to"))
    here = WORLD.replace(relations=(*WORLD.relations, Relation("at", "red cube"), Relation("at", "bin")))
    failures = [SkillResult(ResultStatus.FAILED, "NO_IK", "not from here")]

    def execute(world: SymbolicWorld, call: Call) -> SkillResult:
        return failures.pop() if failures else world.execute(call)

    run = drive(here, arm, [GOAL, WAY[2], WAY[2], WAY[4]], execute=execute)
    assert [c.skill for c in run.calls] == ["pick", "pick", "place_in"]
    assert run.result.outcome is Outcome.SUCCEEDED


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


def test_after_what_was_reached_is_lost_a_way_about_is_let_through_once_more():
    there, back = (Call("navigate_to", {"target": name}) for name in ("red cube", "bin"))
    goal, world = parse_goal(GOAL), SymbolicWorld(WORLD, LIBRARY)
    start, ahead = world.observe(), LookAhead(LIBRARY)
    ahead.check(there, goal, 0, start, [])
    world.execute(there)
    at_cube = world.observe()
    ahead.check(back, goal, 0, at_cube, [])
    ahead.check(there, goal, 0, start, [])
    with pytest.raises(CallRefused, match="brings the goal no nearer"):
        ahead.check(back, goal, 0, at_cube, [])
    ahead.check(Call("navigate_to", {"target": "cup"}), goal, 0, start, [])  # somebody has moved the robot away


def test_a_call_refused_in_this_state_is_not_offered_again():
    run = drive(WORLD, LIBRARY, [GOAL, *['in(red cube, bin)\nnavigate_to(target="bin")'] * 2, *WAY[1:]])
    offered = ['"target=" "\\"bin\\""' in (g or "") for g in run.grammars]
    assert offered == [False, True, True, False, True, True, True]


def test_what_led_back_twice_is_not_done_a_third_time():
    there = 'in(red cube, bin)\nnavigate_to(target="cup")'
    run = drive(WORLD, LIBRARY, [GOAL, *[there] * 4, *WAY[1:]], config=LoopConfig(look_ahead=False))
    assert [call.skill for call in run.calls].count("navigate_to") == 3 + 2
    assert run.prompts[5].startswith('refused NO_PROGRESS: navigate_to(target="cup") was made twice')
    assert ['"target=" "\\"cup\\""' in (g or "") for g in run.grammars[1:5]] == [True, True, True, False]
    assert run.result.outcome is Outcome.SUCCEEDED


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


def test_what_failed_too_often_is_left_out_where_there_is_another_way():
    blocked = SkillResult(ResultStatus.FAILED, "NO_PATH", "blocked")
    to_desk = 'in(red cube, bin)\nnavigate_to(target="desk")'

    def go(*calls):
        return drive(
            WORLD,
            LIBRARY,
            [GOAL, *[WAY[1]] * 3, *calls],
            execute=lambda w, c: blocked if c.args.get("target") == "red cube" else SymbolicWorld.execute(w, c),
        )

    run = go(to_desk, *WAY[2:])
    tries = [call.args["target"] for call in run.calls if call.skill == "navigate_to"]
    assert (run.result.outcome, tries) == (Outcome.SUCCEEDED, ["red cube"] * 3 + ["desk", "bin"])
    offered = ['"\\"red cube\\""' in (grammar or "").partition("call: ")[2] for grammar in run.grammars[3:5]]
    assert offered == [True, False]
    insisting = go(WAY[1])
    assert (insisting.result.code, len(insisting.calls)) == ("NO_PATH", 3)


def test_no_other_way_is_looked_for_where_two_calls_of_a_skill_fail():
    blocked = SkillResult(ResultStatus.FAILED, "NO_PATH", "blocked")
    desk = 'in(red cube, bin)\nnavigate_to(target="desk")'
    run = drive(WORLD, LIBRARY, [GOAL, *[WAY[1]] * 3, *[desk] * 3], execute=lambda w, c: blocked)
    assert (run.result.outcome, run.result.code, len(run.calls)) == (Outcome.FAILED, "NO_PATH", 6)


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


def test_a_conversation_that_is_longer_than_the_model_reads_ends_as_failed():
    run = drive(WORLD, LIBRARY, [*WAY[:3], replace(reply(""), prompt_tokens=8263, finish="full")])
    assert (run.result.outcome, run.result.code) == (Outcome.FAILED, "MODEL_ERROR")
    assert run.result.message.startswith("after 3 turns the conversation (8263 tokens) is longer than the model reads")
    assert len(run.calls) == 2 and run.events[-1].kind is EventKind.ENDED


@pytest.mark.parametrize(("answers", "moved"), [((), 0), (("no",), 0), (("yes", "no"), 0), (("yes", "yes", "no"), 1)])
def test_at_confirm_nothing_moves_without_a_yes(answers: tuple[str, ...], moved: int):
    twice = [*WAY, *WAY[1:]]  # the plan first
    run = drive(WORLD, LIBRARY, twice, config=LoopConfig(autonomy=Autonomy.CONFIRM), answers=answers)
    assert (run.result.outcome, run.result.code) == (Outcome.NEEDS_OPERATOR, "NOT_APPROVED")
    assert len(run.calls) == moved


def test_the_model_may_ask_and_give_up():
    ask = 'in(red cube, bin)\nask(question="now?")'
    asks = drive(WORLD, LIBRARY, [GOAL, ask, ask, *WAY[1:]], answers=["yes, go"])
    assert asks.result.outcome is Outcome.SUCCEEDED
    assert asks.prompts[2].startswith("refused NO_PROGRESS: the goal can still be reached; go on, or ask once more")
    assert asks.prompts[3].startswith("answer: yes, go\n")


def test_giving_up_needs_a_failure_and_no_other_way():
    give_up = 'in(red cube, bin)\ngive_up(reason="too far")'
    refused = drive(WORLD, LIBRARY, [GOAL, give_up, *WAY[1:]])
    assert refused.prompts[2].startswith("refused NO_PROGRESS: the goal can still be reached")
    assert refused.result.outcome is Outcome.SUCCEEDED
    blocked = SkillResult(ResultStatus.FAILED, "NO_PATH", "blocked")
    desk = 'in(red cube, bin)\nnavigate_to(target="desk")'
    stuck = drive(WORLD, LIBRARY, [GOAL, WAY[1], give_up, desk, give_up], execute=lambda w, c: blocked)
    assert stuck.prompts[3].startswith("refused NO_PROGRESS: the goal can still be reached")
    assert (stuck.result.outcome, stuck.result.message) == (Outcome.INFEASIBLE, "too far")
    assert [call.args["target"] for call in stuck.calls] == ["red cube", "desk"]


def test_a_skill_without_effects_is_done_by_did():
    run = drive(
        WORLD,
        LIBRARY,
        ["goal: did(move_arm, stow)", 'did(move_arm, stow)\nmove_arm(posture="stow")'],
        instruction="stow the arm",
    )
    assert run.result.outcome is Outcome.SUCCEEDED
    assert run.calls == [Call("move_arm", {"posture": "stow"})]


def test_what_failed_is_not_done():
    jammed = SkillResult(ResultStatus.FAILED, "JAMMED", "it does not move")
    stow = ["goal: did(move_arm, stow)", 'did(move_arm, stow)\nmove_arm(posture="stow")']
    run = drive(WORLD, LIBRARY, stow, "stow the arm", execute=lambda w, c: jammed)
    assert (run.result.outcome, run.result.code) == (Outcome.FAILED, "JAMMED")


# --- the gate, and the plan before the first motion

NO_BIN = "rules:\n- {name: bin, then: deny, because: it is full, skills: [place_in]}\n- {name: rest, then: allow}\n"
GIVES_UP = 'in(red cube, bin)\ngive_up(reason="not permitted")'
CHECKED = LoopConfig(check_plan=True)


def judge(text: str) -> Judge:
    return Judge(Policy.parse(text, library=LIBRARY))


def test_a_denied_call_is_read_by_the_model_and_is_no_step():
    denied = SkillResult(ResultStatus.DENIED, "DENIED", "bin: it is full")
    run = drive(
        WORLD,
        LIBRARY,
        [*WAY, GIVES_UP],
        execute=lambda w, c: denied if c.skill == "place_in" else SymbolicWorld.execute(w, c),
    )
    assert run.prompts[5].startswith("refused DENIED: bin: it is full\n")
    assert (run.result.outcome, run.result.message) == (Outcome.INFEASIBLE, "not permitted")
    assert [c.skill for c, _ in run.result.steps] == ["navigate_to", "pick", "navigate_to"]
    assert (run.result.counts.calls, run.result.counts.refused) == (3, 1)
    (event,) = [e for e in run.events if e.kind is EventKind.REFUSED]
    assert (event.text, event.call) == ("DENIED: bin: it is full", WAY[4].split("\n")[1])


def test_a_denied_call_said_again_and_again_ends():
    denied = SkillResult(ResultStatus.DENIED, "DENIED", "no")
    run = drive(WORLD, LIBRARY, WAY[:2], execute=lambda w, c: denied)
    assert (run.result.outcome, run.result.code, run.result.steps) == (Outcome.FAILED, "LOOP", ())
    assert len(run.calls) == 3


def test_the_plan_is_checked_before_the_first_motion():
    run = drive(WORLD, LIBRARY, [*WAY, *WAY[1:]], config=CHECKED)
    assert run.result.outcome is Outcome.SUCCEEDED
    plan = [e.text for e in run.events if e.kind is EventKind.PLANNING]
    calls = [text.split("\n")[1] for text in WAY[1:]]
    assert plan == [*calls, "plan: " + "; ".join(calls)]
    kinds = [e.kind for e in run.events]
    assert kinds.index(EventKind.EXECUTING) > max(i for i, k in enumerate(kinds) if k is EventKind.PLANNING)
    # What the model is asked for real is what it would have been asked without the plan.
    assert run.prompts[5:] == run.prompts[1:5]
    assert (run.result.counts.turns, run.result.counts.calls) == (9, 4)


def test_what_the_plan_may_not_do_goes_back_to_the_model_before_anything_moves():
    run = drive(WORLD, LIBRARY, [*WAY, GIVES_UP], config=CHECKED, judge=judge(NO_BIN))
    assert run.prompts[5].startswith("refused DENIED: bin: it is full\n")
    assert (run.result.outcome, run.result.code, run.calls) == (Outcome.INFEASIBLE, "GAVE_UP", [])
    assert run.result.message == "nothing was moved; in the plan not permitted"
    assert run.result.steps == ()


def test_what_the_plan_cannot_do_goes_back_to_the_model_before_anything_moves():
    far = [GOAL, *['in(red cube, bin)\npick(object="red cube")'] * 3]
    run = drive(WORLD, LIBRARY, far, config=CHECKED)
    assert run.prompts[2].startswith("refused NEEDS: pick needs at(red cube)")
    assert (run.result.outcome, run.result.code, run.calls) == (Outcome.FAILED, "LOOP", [])


def test_a_refusal_in_the_plan_is_none_of_the_conversation():
    again = [GOAL, WAY[1], WAY[1], *WAY[2:], *WAY[1:]]  # said twice in the plan, once for real
    run = drive(WORLD, LIBRARY, again, config=LoopConfig(check_plan=True, max_turns=6))
    assert run.result.outcome is Outcome.SUCCEEDED and run.refused == []


def test_the_plan_has_turns_of_its_own():
    run = drive(WORLD, LIBRARY, [*WAY, *WAY[1:]], config=LoopConfig(check_plan=True, max_turns=5))
    assert run.result.outcome is Outcome.SUCCEEDED


def test_at_confirm_the_person_sees_the_plan_and_what_the_policy_says():
    asks = "rules:\n- {name: hands, then: ask, because: it may fall, skills: [pick]}\n- {name: rest, then: allow}\n"
    confirm = LoopConfig(autonomy=Autonomy.CONFIRM)
    run = drive(WORLD, LIBRARY, [*WAY, *WAY[1:]], config=confirm, answers=["yes"] * 9, judge=judge(asks))
    assert run.result.outcome is Outcome.SUCCEEDED
    calls = [text.split("\n")[1] for text in WAY[1:]]
    assert run.questions == [
        f"Goal: in(red cube, bin). Plan: {'; '.join(calls)}. Approve?",
        f"{calls[0]}. Approve?",
        f"{calls[1]}. Approve? (hands: it may fall)",
        f"{calls[2]}. Approve?",
        f"{calls[3]}. Approve?",
    ]


def test_at_confirm_nobody_is_asked_for_what_is_denied():
    confirm = LoopConfig(autonomy=Autonomy.CONFIRM)
    run = drive(WORLD, LIBRARY, [*WAY, GIVES_UP], config=confirm, answers=["yes"] * 9, judge=judge(NO_BIN))
    assert (run.result.outcome, run.calls, run.questions) == (Outcome.INFEASIBLE, [], [])
