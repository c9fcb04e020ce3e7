# SPDX-License-Identifier: Apache-2.0
"""`stop`, `reset` and the respawn by `run`, as processes, with a robot in which nothing moves."""

import json
import os
import signal
import subprocess

import pytest

from agent_planner.cli.running import claimed
from tests.cli.still_robot import output, wait_for
from tests.processes import COMMAND, SECONDS

pytest.importorskip("rclpy")

from tests.cli.supervisors import a_supervisor

pytestmark = pytest.mark.ros


def test_stop_tells_what_is_confirmed_and_what_is_not_known(stack):
    done = output("stop", "--reason", "a test", "--rest", "3", "--wait", "60", "--json")
    assert done.returncode == 1, done.stderr  # nobody measures whether this robot is at rest
    assert "sent zero velocity; cancel of all goals to navigate_to" in done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert (result["confirmed"], "a test" in result["reason"]) == (False, True)
    assert result["parts"]["navigate_to"] == "confirmed, nothing runs"
    assert result["parts"]["execute_instruction"] == "confirmed, nothing runs"
    assert "nothing came on 'odom'" in result["parts"]["base"]
    assert "NOT CONFIRMED after 3 s: base (not known whether at rest" in done.stderr
    refused = output("send", "pick up the red cube", "--wait", "60")
    assert refused.returncode == 1
    assert "the robot is stopped (" in refused.stdout and "a test" in refused.stdout
    done = output("reset", "--wait", "60")
    assert done.returncode == 0 and "was reset" in done.stdout


def test_a_stop_ends_what_another_terminal_has_begun(stack, hanging):
    sent = subprocess.Popen([*COMMAND, "send", "pick up the red cube", "--wait", "60"], stdout=subprocess.PIPE)
    assert hanging.running.wait(SECONDS)
    assert output("stop", "--rest", "3", "--wait", "60").returncode == 1
    sent.communicate(timeout=SECONDS)
    assert sent.returncode == 1
    assert hanging.ended == ["canceled"]
    assert output("reset", "--wait", "60").returncode == 0


def test_a_supervisor_that_died_is_started_again_and_begins_stopped(stack):
    os.kill(stack.child("supervisor"), signal.SIGKILL)
    said = stack.until("supervisor was started again")
    assert "supervisor died (signal 9)" in said
    # The old supervisor's last word holds for a while (supervisor_timeout_s).
    wait_for(lambda: "the supervisor was started anew" in output("send", "pick up the red cube", "--wait", "60").stdout)
    said = []

    def was_reset():
        done = output("reset", "--wait", "60")
        said.append(done.stdout)
        return done.returncode == 0

    wait_for(was_reset)
    assert "stop 1 was reset" in said[-1]


def test_a_planner_that_died_is_started_again_and_a_person_resets(stack):
    os.kill(stack.child("planner"), signal.SIGKILL)
    assert "planner died (signal 9)" in stack.until("planner was started again")
    wait_for(lambda: "heartbeat was lost" in output("send", "pick up the red cube", "--wait", "60").stdout)
    wait_for(lambda: output("reset", "--wait", "60").returncode == 0)
    done = output("send", "pick up the red cube", "--wait", "60")
    assert done.returncode == 0, done.stdout


def test_a_robot_in_a_namespace(context, domain):
    there = ("--domain", str(domain), "--wait", "60", "--namespace", "rob")
    with a_supervisor(context, "rob"):
        assert "sent zero velocity" in output("stop", "--rest", "1", *there).stdout
        assert output("reset", *there).returncode == 0


def test_where_no_server_is_there_nothing_is_confirmed(context, domain):
    with a_supervisor(context, "rob", base="fixed"):
        done = output("stop", "--rest", "1", "--domain", str(domain), "--wait", "60", "--namespace", "rob")
    assert done.returncode == 1
    assert "NOT CONFIRMED after 1 s: navigate_to (not there)" in " ".join(done.stdout.split())


def test_the_shells_domain_goes_before_that_of_the_newest_robot_and_both_are_told(
    context, domain, monkeypatch, tmp_path
):
    monkeypatch.setenv("ROS_DOMAIN_ID", str(domain))
    elsewhere = domain % 99 + 1
    with a_supervisor(context, "rob"), claimed("simulated", tmp_path, "LOCALHOST", elsewhere):
        said = {verb: output(verb, "--wait", "60", "--namespace", "rob").stdout for verb in ("stop", "reset")}
    for text in said.values():
        assert f"in ROS domain {domain}, namespace 'rob'\n" in text
        assert f"not this one, but running as well: simulated in ROS domain {elsewhere} (--domain)" in text


def test_a_namespace_that_cannot_be_is_told(state):
    done = output("stop", "--namespace", "no such", "--domain", "101")
    assert done.returncode == 2
    assert "namespace 'no such': Invalid namespace" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", ["stop", "reset"])
def test_without_a_supervisor_that_is_told(state, verb):
    done = output(verb, "--domain", "101", "--wait", "1")
    assert done.returncode == 2
    assert "no supervisor in ROS domain 101 within 1 s: nothing was stopped" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_supervisor_the_robots_of_other_domains_are_told(state, tmp_path):
    with claimed("simulated", tmp_path, "LOCALHOST") as other:
        done = output("stop", "--domain", "101", "--wait", "1")
    said = " ".join(done.stderr.split())
    assert "nothing was reset (running: " in said and f"simulated in ROS domain {other.domain}); is it" in said
