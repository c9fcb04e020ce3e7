# SPDX-License-Identifier: Apache-2.0
"""The ROS domain that a command joins, and what it says of others."""

import os

import pytest

from agent_planner.cli.running import claimed

pytest.importorskip("rclpy")

from agent_planner.cli.joined import join_domain, joined_place, running_elsewhere
from agent_planner.cli.ros_shell import env
from agent_planner.errors import UserError

pytestmark = pytest.mark.ros


@pytest.fixture(autouse=True)
def own_state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "SUBNET")
    monkeypatch.setenv("ROS_DOMAIN_ID", "")


def joins(domain=None):
    join_domain(domain)
    return os.environ["ROS_DOMAIN_ID"], os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"]


def test_where_none_is_given_the_newest_robots_is_joined(tmp_path):
    with claimed("first", tmp_path, "SUBNET"), claimed("second", tmp_path, "LOCALHOST") as newest:
        assert joins() == (str(newest.domain), "LOCALHOST")


@pytest.mark.parametrize("domain", ["0", "5"])
def test_the_shells_own_goes_before_that_of_a_running_robot(tmp_path, monkeypatch, domain):
    monkeypatch.setenv("ROS_DOMAIN_ID", domain)
    with claimed("simulated", tmp_path, "LOCALHOST", 42) as other:
        assert joins() == (domain, "SUBNET")
        assert joined_place() == f"ROS domain {domain}"
        assert running_elsewhere() == f"simulated in ROS domain {other.domain}"


def test_the_one_given_goes_before_all(tmp_path, monkeypatch):
    monkeypatch.setenv("ROS_DOMAIN_ID", "5")
    with claimed("simulated", tmp_path, "LOCALHOST", 42) as other:
        assert joins(other.domain) == (str(other.domain), "SUBNET")
        assert running_elsewhere() == ""
    assert joins(7) == ("7", "SUBNET")


@pytest.mark.parametrize("domain", ["abc", "-1", "233"])
def test_a_shells_own_that_is_none_is_told(monkeypatch, domain):
    monkeypatch.setenv("ROS_DOMAIN_ID", domain)
    with pytest.raises(UserError, match=f"ROS_DOMAIN_ID={domain}: must be a number from 0 to 232; or give --domain"):
        joins()
    assert joins(7) == ("7", "SUBNET")


def test_where_nothing_runs_nothing_is_chosen_and_that_is_told(capsys):
    assert joins() == ("", "SUBNET")
    env()
    out, err = capsys.readouterr()
    assert "export ROS_DOMAIN_ID" not in out
    assert "# no robot that `agent-planner run` or `demo` started is up" in err
    assert joined_place("rob") == "ROS domain 0, namespace 'rob'"
