# SPDX-License-Identifier: Apache-2.0
"""Which domain a stack holds, and who can see it."""

import signal
import socket
import subprocess
import sys

import pytest

from agent_planner.cli.running import DOMAINS, all_running, claimed, newest
from agent_planner.errors import InfrastructureError


@pytest.fixture(autouse=True)
def own_state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def test_a_claimed_domain_is_seen_until_it_is_given_back(tmp_path):
    assert newest() is None
    with claimed("robot", tmp_path, "LOCALHOST") as running:
        assert running.domain in DOMAINS
        assert newest() == running
    assert newest() is None


def test_the_newest_is_the_one_started_last(tmp_path):
    with claimed("first", tmp_path, "LOCALHOST") as first, claimed("second", tmp_path, "LOCALHOST") as second:
        assert first.domain != second.domain
        assert all_running() == [first, second]
        assert newest() == second
        assert newest() == second  # looking changes nothing


def test_a_domain_is_not_given_twice(tmp_path):
    with (
        claimed("first", tmp_path, "LOCALHOST") as first,
        pytest.raises(InfrastructureError, match=f"ROS_DOMAIN_ID {first.domain} is used by another"),
        claimed("second", tmp_path, "LOCALHOST", first.domain),
    ):
        pass


def test_a_domain_with_a_foreign_node_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr("agent_planner.cli.running.DOMAINS", range(98, 99))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as node:
        node.bind(("", 7400 + 250 * 98 + 10))
        with (
            pytest.raises(InfrastructureError, match="no ROS_DOMAIN_ID from 98 to 98 is free"),
            claimed("robot", tmp_path, "LOCALHOST"),
        ):
            pass


@pytest.mark.live
def test_a_killed_stack_leaves_nothing_that_counts(tmp_path):
    script = (
        "import sys\nfrom pathlib import Path\nfrom agent_planner.cli.running import claimed\n"
        "with claimed('robot', Path('.'), 'LOCALHOST') as running:\n"
        "    print(running.domain, flush=True)\n    sys.stdin.read()\n"
    )
    stack = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with stack:
        domain = int(stack.stdout.readline())
        running = newest()
        assert running is not None and (running.domain, running.pid) == (domain, stack.pid)
        stack.send_signal(signal.SIGKILL)
        stack.wait(10)
    assert newest() is None
