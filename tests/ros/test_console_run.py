# SPDX-License-Identifier: Apache-2.0
"""The console's own instruction, without a network: it is neither forgotten nor sent too late."""

import threading
from types import SimpleNamespace

import pytest

pytest.importorskip("agent_planner_interfaces")

from agent_planner.errors import InfrastructureError
from agent_planner.ros import console_run as module
from agent_planner.ros.console_run import ConsoleRun
from tests.waits import SECONDS, eventually


class Planner:
    """Takes instructions and gives no result until it is let."""

    found = True

    def __init__(self):
        self.sent = []
        self.cancelled = []
        self.go = threading.Event()
        self.fault = None

    def send(self, instruction, on_feedback, autonomy):
        if self.fault is not None:
            raise self.fault
        self.sent.append(instruction)
        return self

    def result(self, seconds):
        assert self.go.wait(min(seconds, SECONDS))
        raise InfrastructureError("the planner went away before it gave a result")

    def ask_cancel(self):
        self.cancelled.append("asked")

    def cancel(self, seconds):
        self.cancelled.append("at rest")


@pytest.fixture
def planner(monkeypatch):
    planner = Planner()
    monkeypatch.setattr(module, "PlannerClient", lambda client: planner)
    yield planner
    planner.go.set()


@pytest.fixture
def told():
    return []


@pytest.fixture
def run(planner, told):
    node = SimpleNamespace(create_client=lambda kind, name: None)
    return ConsoleRun(SimpleNamespace(node=node), lambda topic, data: told.append((topic, data)))


def test_what_gives_no_result_is_cancelled_before_it_is_forgotten(run, planner):
    answer = run.instruct("tidy", "")
    planner.go.set()
    assert "went away" in answer.result(SECONDS).message
    assert planner.cancelled == ["asked"]
    assert eventually(lambda: run.instruct("tidy", "").result(SECONDS).message.startswith("the planner went"))


def test_at_the_end_no_other_instruction_is_sent(run, planner):
    run.instruct("tidy", "")
    run.end(SECONDS)
    assert planner.cancelled == ["at rest"]
    planner.go.set()
    assert eventually(lambda: planner.cancelled[-1] == "asked")
    assert run.instruct("again", "").result(SECONDS) == (False, "the console is ending")
    assert planner.sent == ["tidy"]


def test_what_could_not_be_sent_blocks_no_other(run, planner):
    planner.fault = RuntimeError("the context is gone")
    with pytest.raises(RuntimeError):
        run.instruct("tidy", "")
    planner.fault = None
    run.instruct("again", "")
    assert planner.sent == ["again"]


def test_the_page_is_told_whether_an_instruction_is_its_own(run, planner, told):
    run.instruct("tidy", "")
    assert told == [("status", told[-1][1])] and told[-1][1]["own"]
    planner.go.set()
    assert eventually(lambda: not told[-1][1]["own"])
