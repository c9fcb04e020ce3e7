# SPDX-License-Identifier: Apache-2.0
"""The expert's search, and its way round what fails for good."""

from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.faults import failures_seen
from agent_planner.tuning.panel.reference_models import Pursuit


def follow(case: Case) -> Pursuit:
    pursuit = Pursuit(case)
    while (step := pursuit.next()) is not None:
        pursuit.execute(step.call)
    return pursuit


def test_a_call_that_fails_twice_is_left_for_another_way():
    found = [failures_seen("dev", seed) for seed in range(80)]
    blocked = [c for c in found if c.faults and c.faults.blocked and not c.faults.hopeless]
    assert len(blocked) > 5
    for case in blocked:
        pursuit = follow(case)
        assert not pursuit.unmet()
        assert case.faults is not None and pursuit.calls.count(case.faults.blocked) == 2


def test_where_there_is_no_other_way_it_stops_with_something_unmet():
    found = [failures_seen("test", seed) for seed in range(60)]
    hopeless = [c for c in found if c.faults and c.faults.hopeless]
    assert len(hopeless) > 3
    assert all(follow(case).unmet() for case in hopeless)
