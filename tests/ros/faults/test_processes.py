# SPDX-License-Identifier: Apache-2.0
"""The planner and the supervisor are killed while a skill runs."""

import json
import signal
import threading
from dataclasses import replace

from agent_planner.safety.link_watch import Link
from agent_planner.testing.fake_action import Ending
from tests.ros.faults.table import Row
from tests.ros.node_process import NodeProcess, begin, planner_process
from tests.ros.waits import eventually, stands

PART = "process"


def test_the_planner_is_killed_and_started_again(
    node, namespace, hanging, supervisor, drive, shelf_script, trigger, instruct, table, witness
):
    with planner_process(namespace, shelf_script, runs_folder=witness.runs) as planner:
        begin(node, hanging)
        assert supervisor._planner.state is Link.ALIVE
        assert eventually(lambda: 0.25 in drive)
        planner.signal(signal.SIGKILL)
        assert stands(drive)
        assert eventually(lambda: set(hanging.ended) == {"canceled"} and len(hanging.ended) == len(hanging.goals))
        reason = supervisor._latch.stop.reason
    newest = max(witness.runs.iterdir(), key=lambda folder: folder.stat().st_mtime)
    events = [json.loads(line) for line in (newest / "events.jsonl").read_text().splitlines()]
    assert (events[0]["kind"], events[-1]["kind"]) == ("THINKING", "EXECUTING")
    table.add(Row(PART, "the planner is killed", "no answer", f"STOP: {reason}", "yes", "to the last event"))

    hanging.behaviour = replace(hanging.behaviour, ending=Ending.SUCCEED)
    with planner_process(namespace, shelf_script, runs_folder=witness.runs):
        # What was killed counts as not answering until the network has forgotten it.
        assert eventually(lambda: trigger("reset_stop").success, 60.0)
        witness.report(PART, "the planner is started again, and a person resets", instruct())


def test_the_supervisor_is_killed(namespace, hanging, drive, planner_for, to_shelf, witness):
    with NodeProcess("supervisor_node", namespace) as supervisor:
        planner = planner_for(to_shelf, supervised=False, supervisor_timeout_s=1.0)
        assert eventually(lambda: planner.node._stops.halt() is None), "the planner hears the supervisor"
        sent = planner.send()
        assert hanging.running.wait(20)
        assert eventually(lambda: 0.25 in drive)
        supervisor.signal(signal.SIGKILL)
        witness.report(PART, "the supervisor is killed", sent.result())
        drive.clear()
        assert not threading.Event().wait(1.0)
        assert not drive, "somebody else drives the base"
        witness.report(PART, "an instruction without a supervisor", planner.send().result())
        assert len(hanging.goals) == 1
