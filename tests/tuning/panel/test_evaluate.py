# SPDX-License-Identifier: Apache-2.0
"""Scores come from the world and the scenario's own goal."""

import time
from dataclasses import replace

import pytest

from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.result import EpisodeResult
from agent_planner.goals import Declined, parse_goal
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.graph import CONTAINER, OPENABLE, SURFACE
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.evaluate import judge, report, run_symbolic
from agent_planner.tuning.panel.reference_models import ExpertModel
from agent_planner.tuning.scenarios.scenario import Answered, Scenario, default_library
from agent_planner.tuning.scenarios.suites import scenario_of
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Call, Level, Outcome

WORLD = SceneGraph(
    objects=(SceneObject(name="bowl", category="bowl"), SceneObject(name="lemon", category="lemon")),
    places=(
        ScenePlace(name="desk", affordances=frozenset({SURFACE})),
        ScenePlace(name="bedside table", affordances=frozenset({SURFACE})),
        ScenePlace(name="drawer", affordances=frozenset({CONTAINER, OPENABLE}), is_open=False, explored=False),
    ),
    relations=(Relation("on", "bowl", "desk"), Relation("on", "lemon", "desk"), Relation("at", "bedside table")),
)


class Chatty(ExpertModel):
    """Takes everything for a greeting."""

    def __init__(self, scenarios: list[Scenario]):
        super().__init__([Case(replace(s, goal=Declined("none", "Hello."))) for s in scenarios])


def test_the_expert_is_the_upper_bound():
    scenarios = [scenario_of("held_in", "dev", seed) for seed in range(60)]
    began = time.monotonic()
    scores = run_symbolic(ExpertModel(list(map(Case, scenarios))), scenarios, LoopConfig(), width=7)
    took = time.monotonic() - began
    figures = report(
        scores, took, suite="held_in", split="dev", seeds="0:60", backend="symbolic", model="expert",
        level="applicable", look_ahead=True,
    )  # fmt: skip
    assert figures.success == figures.goal_exact == 1.0, figures.errors
    assert figures.n == 60 and figures.raw_invalid_rate == 0.0
    assert figures.refused_call_rate == 0.0 and figures.refusals == {}


def test_a_misread_goal_is_an_error_of_its_own():
    scenarios = [s for seed in range(40) if (s := scenario_of("smoke", "dev", seed))]
    scores = run_symbolic(Chatty(scenarios), scenarios, LoopConfig())
    assert {s.error for s in scores} == {"misread_goal"}
    assert not any(s.success or s.goal_exact for s in scores)


@pytest.mark.parametrize(
    ("said", "succeeds"),
    [
        (["goal: on(bowl, desk)"], True),
        (["goal: on(lemon, desk)"] * 2, True),
        (["goal: at(desk)"] * 2 + ['navigate_to(target="desk")'], True),
        (["goal: open(drawer)"] * 2 + ['navigate_to(target="drawer")', 'open(container="drawer")'], True),
        (
            ["goal: on(lemon, bedside table)"] * 2
            + ['navigate_to(target="lemon")', 'pick(object="lemon")', 'navigate_to(target="bedside table")']
            + ['place_on(object="lemon", surface="bedside table")'],
            False,
        ),
        (["goal: holding(bowl)"] * 2 + ['navigate_to(target="bowl")', 'pick(object="bowl")'], False),
    ],
)
def test_where_the_goal_holds_already_nothing_else_may_be_done(said: list[str], succeeds: bool):
    scenario = Scenario(
        "s", default_library(), WORLD, "put the bowl on the desk", parse_goal("goal: on(bowl, desk)"), "on"
    )
    turns = iter(said)
    [score] = run_symbolic(ScriptedModel(lambda request: next(turns)), [scenario], LoopConfig(level=Level.RAW))
    assert score.result.outcome in (Outcome.SUCCEEDED, Outcome.ANSWERED) and not list(turns)
    assert score.success is succeeds


ASKED = 'goal: which("cup": red cup, blue cup)'


def done(surface):
    """What is said after the answer, until the red cup stands on a surface."""
    return [
        f"goal: on(red cup, {surface})", 'navigate_to(target="red cup")', 'pick(object="red cup")',
        f'navigate_to(target="{surface}")', f'place_on(object="red cup", surface="{surface}")',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("surface", "said", "succeeds"),
    [
        ("table", [ASKED, *done("bedside table")], True),
        ("table", ['goal: which("table": bedside table, coffee table)', *done("bedside table")], False),
        ("table", ["goal: on(red cup, bedside table)", *done("bedside table")], False),
        (
            "tray",
            ['goal: missing("tray")', 'navigate_to(target="drawer")', 'open(container="drawer")']
            + [ASKED, *done("tray")],
            False,
        ),
    ],
    ids=["asked", "asked for another thing", "not asked", "asked after a call"],
)
def test_a_question_is_answered_before_motion_and_about_the_right_candidates_alone(surface, said, succeeds):
    names = ("red cup", "blue cup", "lemon")
    tray = SceneObject(name="tray", affordances=frozenset({SURFACE}))
    hides = surface == "tray"
    world = SceneGraph(
        objects=(*(SceneObject(name=name, category=name.split()[-1]) for name in names), *[tray] * hides),
        places=(*WORLD.places, *[ScenePlace(name="coffee table")] * (not hides)),
        relations=(
            *(Relation("on", name, "desk") for name in names),
            *[Relation("in", "tray", "drawer")] * hides,
            Relation("at", "bedside table"),
        ),
    )
    meant = Answered("the red cup", parse_goal(said[-5]))
    scenario = Scenario(
        "s", default_library(), world, f"put the cup on the {surface}", parse_goal(ASKED), "which", answered=meant
    )
    turns = iter(said)
    [score] = run_symbolic(ScriptedModel(lambda request: next(turns)), [scenario], LoopConfig(level=Level.RAW))
    assert (score.success, score.goal_exact) == (succeeds, succeeds)


@pytest.mark.parametrize(
    "fact", [Relation("running", "desk"), Relation("near", "bowl", "lemon"), Relation("in", "bowl", "drawer")]
)
def test_where_a_thing_is_missing_every_fact_stays_but_for_looks(fact: Relation):
    scenario = Scenario("s", default_library(), WORLD, "fetch the cup", Declined("missing", "cup"), "missing")
    steps = ((Call("open", {"container": "drawer"}), "ok"),)
    said = EpisodeResult(Outcome.INFEASIBLE, "MISSING", "", Declined("missing", "cup"), steps)
    looked = WORLD.replace(
        places=tuple(p.model_copy(update={"is_open": True, "explored": True}) for p in WORLD.places),
        relations=tuple(Relation("at", "drawer") if r.name == "at" else r for r in WORLD.relations),
    )
    changed = looked.replace(relations=(*(r for r in looked.relations if r.a != "bowl" or fact.name != "in"), fact))
    for world, succeeds in ((looked, True), (changed, False)):
        assert judge(Case(scenario), said, SymbolicWorld(world, scenario.library)).success is succeeds


def test_what_was_held_may_be_put_down_to_look():
    held = WORLD.replace(relations=(Relation("holding", "lemon"), *(r for r in WORLD.relations if r.a != "lemon")))
    scenario = Scenario("s", default_library(), held, "fetch the cup", Declined("missing", "cup"), "missing")
    said = EpisodeResult(
        Outcome.INFEASIBLE, "MISSING", "", Declined("missing", "cup"), ((Call("place_on", {"object": "lemon"}), "ok"),)
    )
    assert judge(Case(scenario), said, SymbolicWorld(WORLD, scenario.library)).success


def test_refusals_are_told_by_their_codes():
    scenarios = [scenario_of("smoke", "dev", seed) for seed in range(3)]
    model = ScriptedModel(lambda request: "goal: at(moon)")
    scores = run_symbolic(model, scenarios, LoopConfig(level=Level.RAW))
    figures = report(
        scores, 1.0, suite="smoke", split="dev", seeds="0:3", backend="symbolic", model="m", level="raw",
        look_ahead=True,
    )  # fmt: skip
    assert figures.refusals == {"BAD_GOAL": sum(s.result.counts.turns for s in scores)}


class Forgetful(ExpertModel):
    """Reads no more than four turns of the second conversation."""

    def chat(self, requests, cancel=None, on_token=None):
        full = [r.conversation_id == "1" and len(r.messages) > 4 for r in requests]
        return [replace(r, finish="full") if f else r for r, f in zip(super().chat(requests), full, strict=True)]


def test_a_conversation_that_is_too_long_ends_its_own_episode_alone():
    scenarios = [scenario_of("held_in", "dev", seed) for seed in range(3)]
    scores = run_symbolic(Forgetful(list(map(Case, scenarios))), scenarios, LoopConfig())
    assert [s.error for s in scores] == ["", "model_error", ""]
    assert (scores[1].result.outcome, scores[1].result.counts.turns) == (Outcome.FAILED, 2)


def test_turns_bound_an_episode_and_the_time_of_its_batch_does_not():
    scenarios = [scenario_of("held_in", "dev", seed) for seed in range(20)]

    def run(turns):
        config = LoopConfig(max_turns=turns, max_seconds=0.0)
        return run_symbolic(ExpertModel(list(map(Case, scenarios))), scenarios, config)

    assert all(score.success for score in run(40))
    assert {s.result.code for s in run(3) if not s.success} == {"MAX_TURNS"}
