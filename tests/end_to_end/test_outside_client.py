# SPDX-License-Identifier: Apache-2.0
"""A client written outside the project drives the running planner, with the default model."""

import pytest

from tests.end_to_end.processes import Stack, answer

SUCCEEDED, CANCELED, ABORTED = 4, 5, 6
INFEASIBLE, PREEMPTED, BUSY = 101, 106, 107

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    stack = Stack(tmp_path_factory.mktemp("outside"), "--scene", "tidy", "--seed", "0")
    try:
        stack.wait_until_up()
        yield stack
    finally:
        code = stack.end()
    assert code == 130


def test_a_cancel_in_mid_drive_stops_the_base(stack):
    result = answer(stack.client("drive to the blue bin", "cancel"))
    assert (result["status"], result["outcome"]) == (CANCELED, "cancelled")
    assert result["stopped_after"] <= 0.5


def test_an_object_that_is_not_there_is_infeasible(stack):
    result = answer(stack.client("put the purple teapot in the blue bin"))
    assert (result["status"], result["outcome"], result["error_code"]) == (ABORTED, "infeasible", INFEASIBLE)
    assert "purple teapot" in result["error_msg"]
    assert result["steps"] == []


def test_a_second_instruction_is_busy_and_with_preempt_takes_over(stack):
    first = stack.client("put the red cube in the blue bin")
    while first.stdout.readline().strip() != "EXECUTING":
        assert first.poll() is None
    busy = answer(stack.client("drive to the blue bin"))
    assert (busy["status"], busy["outcome"], busy["error_code"]) == (ABORTED, "busy", BUSY)
    second = answer(stack.client("drive to the blue bin", "preempt"))
    ended = answer(first)
    assert (ended["status"], ended["outcome"], ended["error_code"]) == (ABORTED, "preempted", PREEMPTED)
    assert (second["status"], second["outcome"]) == (SUCCEEDED, "succeeded")
    assert second["goal"] == "at(blue bin)"
    states = second["states"]
    assert states.index("GOAL") < states.index("CHECKING") < states.index("EXECUTING") < states.index("RESULT")
