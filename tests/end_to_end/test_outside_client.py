# SPDX-License-Identifier: Apache-2.0
"""A client written outside the project drives the running planner."""

import json

import pytest

from tests.end_to_end.processes import CUBE_SCRIPT, Stack, answer

CANCELED, ABORTED = 5, 6
PREEMPTED, BUSY = 106, 107
STOP_SECONDS = 1.5


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("outside")
    (folder / "script.json").write_text(json.dumps(CUBE_SCRIPT))
    stack = Stack(folder, "--scene", "tidy", "--model", f"scripted:{folder / 'script.json'}")
    try:
        stack.wait_until_up()
        yield stack
    finally:
        code = stack.end()
    assert code == 130


def test_a_second_instruction_is_busy_with_preempt_takes_over_and_a_cancel_stops_the_base(stack):
    first = stack.client("put the red cube in the blue bin")
    while first.stdout.readline().strip() != "EXECUTING":
        assert first.poll() is None
    busy = answer(stack.client("put the red cube in the blue bin"))
    assert (busy["status"], busy["outcome"], busy["error_code"]) == (ABORTED, "busy", BUSY)
    assert "preempt" in busy["error_msg"]

    second = answer(stack.client("put the red cube in the blue bin", "preempt", "cancel"))
    ended = answer(first)
    assert (ended["status"], ended["outcome"], ended["error_code"]) == (ABORTED, "preempted", PREEMPTED)
    assert (second["status"], second["outcome"]) == (CANCELED, "cancelled")
    assert second["goal"] == "in(red cube, blue bin)"
    assert second["calls"][0] == 'navigate_to(target="red cube")'
    states = second["states"]
    assert states.index("GOAL") < states.index("CHECKING") < states.index("EXECUTING") < states.index("RESULT")
    # On a quiet machine within 0.5 s; here the hand-overs wait for a processor while simulated time goes on.
    assert second["stopped_after"] <= STOP_SECONDS
