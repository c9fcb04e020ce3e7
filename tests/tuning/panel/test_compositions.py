# SPDX-License-Identifier: Apache-2.0
"""Long instructions, of skeletons that are in one panel and never in training."""

from itertools import pairwise

from agent_planner.goals import Goal, plan
from agent_planner.tuning.panel.compositions import compositions
from agent_planner.tuning.scenarios.scenario import single, skeleton_split
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import draw_situations


def test_skeletons_are_of_one_split_and_not_of_training():
    drawn = {s: {compositions(s, seed).scenario.kind for seed in range(40)} for s in ("dev", "test")}
    assert all(skeleton_split(kind) == split for split, kinds in drawn.items() for kind in kinds)
    assert not drawn["dev"] & drawn["test"]
    trained = [s for n in range(30) for u in draw_situations("train", 0, n, 24) for s in u.scenarios()]
    long = {"+".join(c.kind for c in s.clauses) for s in trained if len(s.clauses) > 3}
    assert {kind.count("+") for kind in long} == {3, 4} and all(skeleton_split(kind) == "train" for kind in long)
    # The links of three clauses: training takes up what was named by "it" only to close it, or to put it somewhere.
    links = {c.kind for s in trained for c in s.clauses[1:] if c.cores and c.text.split()[1:2] == ["it"]}
    assert {"closed", "on", "in"} <= links <= {"closed", "on", "in", "near"}
    assert not [c for s in trained for c in s.clauses[1:] if c.kind == "in" and c.text.endswith((" it", " into it"))]


def test_lengths_and_links():
    for split in ("dev", "test"):
        lengths = [0] * 6
        for seed in range(40):
            scenario = compositions(split, seed).scenario
            length = len(scenario.clauses)
            lengths[length] += 1
            assert scenario.kind.count("+") == length - 1
            assert length > 3 or " it" in scenario.kind
            for (before, clause), kind in zip(pairwise(scenario.clauses), scenario.kind.split("+")[1:], strict=True):
                if kind.endswith(" it"):
                    assert before.atoms[-1].args[0] in clause.atoms[0].args and "it" in clause.text.split()
        assert min(lengths[3:]) > 4 and sum(lengths[:3]) == 0


def test_every_clause_needs_calls_and_speaks_of_things_once():
    for seed in range(40):
        scenario = compositions("dev", seed).scenario
        assert isinstance(scenario.goal, Goal)
        steps = scenario.goal.steps
        planned = [plan(Goal(steps[:n]), scenario.library, observed(scenario.world)) for n in range(1, len(steps) + 1)]
        lengths = [len(calls) for calls in planned if calls is not None]
        assert len(lengths) == len(steps)
        assert all(a < b for a, b in pairwise([0, *lengths]))


def test_the_suites_know_no_such_skeletons():
    kinds = {single("dev", "held_in", seed).kind for seed in range(30)}
    assert not any(kind.count("+") > 2 for kind in kinds)
