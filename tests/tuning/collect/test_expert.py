# SPDX-License-Identifier: Apache-2.0
"""The expert's conversations: parsable, recovering, and with losses where they belong."""

from itertools import pairwise
from random import Random

import pytest

from agent_planner.agent.checks import read_call, refuse_goal
from agent_planner.agent.conversation import parse_turn
from agent_planner.errors import CallRefused
from agent_planner.goals import parse_goal
from agent_planner.tuning.collect.expert import Injection, demonstrate
from agent_planner.tuning.scenarios.scenario import single
from agent_planner.tuning.scenarios.scenes import observed

CALM = Injection(failure=0.0, wrong_call=0.0, wrong_goal=0.0, disturbance=0.0)


def test_every_turn_is_one_the_loop_would_accept():
    for seed in range(40):
        scenario = single("dev", "held_in", seed)
        turns = demonstrate(scenario, Random(seed), CALM) or []
        for turn in turns:
            if turn.role == "user":
                assert turn.loss is None
                continue
            assert turn.loss is True
            if turn is turns[0]:
                assert str(parse_goal(turn.content)) == str(scenario.goal)
            else:
                thought, call = parse_turn(turn.content)
                assert thought and call.skill in scenario.library.by_name


def test_wrong_turns_are_not_learned_and_are_recovered_from():
    wrong = refused = failed = 0
    for seed in range(60):
        turns = demonstrate(single("dev", "held_in", seed), Random(seed), Injection(0.15, 0.25, 0.0, 0.0)) or []
        for before, after in pairwise(turns):
            if before.loss is False:
                wrong += 1
                assert after.role == "user"
            refused += after.role == "user" and after.content.startswith("refused NEEDS")
            failed += after.role == "user" and after.content.startswith("failed ")
        assert not turns or turns[-1].loss is not None
    assert min(wrong, refused, failed) > 5


def test_a_wrong_goal_is_refused_by_the_run_times_own_check_and_then_stated_rightly():
    refused = 0
    for seed in range(40):
        scenario = single("dev", "held_in", seed)
        turns = demonstrate(scenario, Random(seed), Injection(wrong_goal=1.0)) or []
        if len(turns) < 3 or not turns[1].content.startswith(("refused BAD_GOAL", "refused DOUBTED")):
            continue
        refused += 1
        assert [turn.loss for turn in turns[:3]] == [False, None, True]
        with pytest.raises(CallRefused):
            refuse_goal(parse_goal(turns[0].content), scenario.library, observed(scenario.world), scenario.instruction)
        assert str(parse_goal(turns[2].content)) == str(scenario.goal)
    assert refused > 20


def test_thoughts_come_from_what_was_observed():
    for seed in range(40):
        scenario = single("dev", "held_in", seed)
        hidden = {o.name for o in scenario.world.objects}
        turns = demonstrate(scenario, Random(seed), CALM) or []
        told = scenario.instruction
        for turn in turns:
            if turn.role == "assistant" and turn is not turns[0]:
                named = {n for n in hidden if n in turn.content}
                assert all(n in told for n in named)
            told += turn.content


def test_calls_pass_the_run_times_own_checks():
    scenario = single("dev", "smoke", 3)
    turns = demonstrate(scenario, Random(0), CALM)
    assert turns
    for turn in turns[2::2]:
        read_call(turn.content, scenario.library, scenario.world)
