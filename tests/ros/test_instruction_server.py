# SPDX-License-Identifier: Apache-2.0
"""What keeps an instruction from beginning at the last moment."""

from types import SimpleNamespace

import pytest
from agent_planner_interfaces.action import ExecuteInstruction

from agent_planner.ros.instruction_server import InstructionServer, Job


@pytest.mark.parametrize("change", [{"active": False}, {"closing": True}])
def test_nothing_begins_that_waited_for_the_supervisor_while_the_planner_was_deactivated(change):
    begun = []
    stops = SimpleNamespace(settled=lambda cancel: vars(server).update(change), halt=lambda: None)
    server = InstructionServer(None, begun.append, lambda: None, 1.0, stops)  # type: ignore[arg-type]
    server.active = True
    job = Job()
    job.request = ExecuteInstruction.Goal(instruction="go to the shelf")
    verdict = server._verdict(job)
    assert (begun, server._running) == ([], None)
    assert "the planner is not active" in verdict.error_msg
