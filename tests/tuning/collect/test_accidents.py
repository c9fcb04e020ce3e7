# SPDX-License-Identifier: Apache-2.0
"""What goes wrong while a model acts."""

from random import Random

import pytest

from agent_planner.agent.limits import LoopConfig
from agent_planner.goals import Goal, plan
from agent_planner.tuning.collect.accidents import Once, case_of
from agent_planner.tuning.collect.expert import Injection
from agent_planner.tuning.panel.evaluate import run_symbolic
from agent_planner.tuning.panel.reference_models import ExpertModel
from agent_planner.tuning.scenarios.faults import Drop, Failure, Lapse, Move, Shut
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import draw_situations
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Atom

NOTHING = dict.fromkeys(("failure", "wrong_call", "wrong_goal", "disturbance", "lasting", "drop", "shut", "lapse"), 0.0)


@pytest.fixture
def acting(situations):
    """Scenarios in which something is to be done."""
    found = [scenario for situation in situations.values() for scenario in situation.scenarios()]
    return [s for s in found if isinstance(s.goal, Goal) and plan(s.goal, s.library, observed(s.world))]


def cases(scenarios, **chances):
    return [case_of(s, Random(n), Injection(**NOTHING | chances)) for n, s in enumerate(scenarios)]


def test_with_no_chance_nothing_happens(acting):
    assert [case.scenario for case in cases(acting)] == acting
    assert {case.faults for case in cases(acting)} == {None}


@pytest.mark.parametrize(
    ("chance", "kind"),
    [("failure", Once), ("disturbance", Move), ("lasting", Failure), ("drop", Drop), ("shut", Shut)],
)
def test_each_chance_has_its_kind(acting, chance, kind):
    struck = [fault for case in cases(acting, **{chance: 1.0}) if case.faults for fault in case.faults.plan]
    assert struck and all(type(fault) is kind for fault in struck)


def test_what_the_robot_needs_of_itself_lapses():
    situations = [situation for index in range(8) for situation in draw_situations("train", 4, index, 4)]
    drawn = [scenario for situation in situations for scenario in situation.scenarios()]
    able = [s for s in drawn if isinstance(s.goal, Goal) and any(not c.negated for c in s.library.conditions)]
    struck = [(s, case.faults) for s, case in zip(able, cases(able, lapse=1.0), strict=True) if case.faults]
    assert len(struck) > 5
    for scenario, faults in struck:
        (fault,) = faults.plan
        assert isinstance(fault, Lapse) and Atom(fault.condition) in scenario.library.conditions


def test_a_call_fails_when_it_is_made_first(acting):
    for case in cases(acting, failure=1.0):
        world = SymbolicWorld(case.scenario.world, case.scenario.library, case.faults)
        first = case.faults.plan[0]
        assert not world.execute(first.first).ok
        assert world.execute(first.first).ok


def test_what_can_not_be_helped_is_to_be_given_up(acting):
    lasting = cases(acting, lasting=1.0)
    assert {case.faults.hopeless for case in lasting} == {True, False}
    scores = run_symbolic(ExpertModel(lasting), lasting, LoopConfig(look_ahead=False, look_for_missing=False))
    assert all(score.success for score in scores)
    assert {s.result.code for s, case in zip(scores, lasting, strict=True) if case.faults.hopeless} == {"GAVE_UP"}
