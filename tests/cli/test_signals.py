# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C and its like stop the robot and everything that was started, however the command was started."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack

import pytest

from agent_planner.cli.signals import ENDING, Terminated, deferred, raise_on_termination
from tests.cli.still_robot import IN_BACKGROUND, run, those_in, wait_for
from tests.processes import Process

ros = pytest.mark.ros
INSTRUCTION = "pick up the red cube"


@pytest.fixture
def handlers():
    """Whatever a test does to the signals of this process is undone."""
    before = {number: signal.getsignal(number) for number in ENDING}
    hook = sys.unraisablehook
    yield
    sys.unraisablehook = hook
    for number, handler in before.items():
        signal.signal(number, handler)


def test_an_ignored_sigint_is_taken_back_and_an_ignored_sighup_is_left(handlers):
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise_on_termination()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(Terminated):
        signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGHUP)


@pytest.mark.parametrize(("number", "ends"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)])
def test_a_signal_that_comes_where_python_discards_errors_comes_again(handlers, number, ends):
    class Dying:
        def __del__(self):
            signal.raise_signal(number)

    def work():
        dying = Dying()
        del dying
        threading.Event().wait(20)

    raise_on_termination()
    with pytest.raises(ends):
        work()


def test_other_errors_that_python_discards_are_told_as_ever(handlers, capsys):
    class Dying:
        def __del__(self):
            raise ValueError("in a destructor")

    raise_on_termination()
    dying = Dying()
    del dying
    assert "ValueError: in a destructor" in capsys.readouterr().err


def test_a_signal_waits_for_what_must_not_be_left_half_done(handlers):
    raise_on_termination()
    done = []

    def work():
        with deferred():
            signal.raise_signal(signal.SIGINT)
            done.append("first")
            with deferred():
                signal.raise_signal(signal.SIGINT)
                done.append("second")
            done.append("third")
        done.append("never")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["first", "second", "third"]


def test_no_signal_comes_of_nothing(handlers):
    raise_on_termination()
    with deferred():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.fixture
def sent(robot, domain, hanging, tmp_path):
    """`agent-planner run` as a script starts it in the background, and `send` likewise; the robot is driving."""
    with ExitStack() as ended:
        up = run(tmp_path, "--domain", str(domain), prefix=IN_BACKGROUND)
        ended.callback(up.end, signal.SIGKILL)
        up.until("Ctrl-C stops the robot")
        client = Process(
            tmp_path / "send.log", "send", INSTRUCTION, "--domain", str(domain), "--wait", "60", prefix=IN_BACKGROUND
        )
        ended.callback(client.end, signal.SIGKILL)
        assert hanging.running.wait(60), client.log.read_text() + up.log.read_text()
        yield up, client
    wait_for(lambda: not those_in(tmp_path))


@ros
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_run_stops_the_robot_and_ends_all_that_it_started(sent, hanging, tmp_path, number, code):
    up, client = sent
    assert len(those_in(tmp_path)) >= 2  # the command and its planner
    assert up.end(number) == code
    assert hanging.ended == ["canceled"]
    assert those_in(tmp_path) == []
    assert "Traceback" not in up.log.read_text()
    assert "CANCELED  cancelled" in client.until("CANCELED")


@ros
def test_send_cancels_what_it_sent(sent, hanging, tmp_path):
    up, client = sent
    assert client.end(signal.SIGINT) == 130
    assert hanging.ended == ["canceled"]
    said = client.log.read_text()
    assert "CANCELED  cancelled" in said
    assert "Traceback" not in said
    assert len(those_in(tmp_path)) >= 2  # the robot stays up
    assert up.end(signal.SIGINT) == 130


@ros
def test_when_run_is_killed_its_programs_cancel_and_end_by_themselves(sent, hanging, tmp_path):
    up, _ = sent
    assert up.end(signal.SIGKILL) == -signal.SIGKILL
    wait_for(lambda: not those_in(tmp_path), 30.0)
    assert hanging.ended == ["canceled"]


@ros
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_comes_up_leaves_nothing(domain, tmp_path, number):
    """Nobody serves the skills, so that it waits for them."""
    up = run(tmp_path, prefix=IN_BACKGROUND)
    up.until("starting still")
    wait_for(lambda: len(those_in(tmp_path)) == 2)
    assert up.end(number) == 128 + number
    assert those_in(tmp_path) == []


@pytest.mark.live
def test_a_command_without_ros_ends_by_a_signal_too(tmp_path):
    """An evaluation whose model never answers."""
    script = (
        "import agent_planner.llm.scripted as s, agent_planner.cli.main as m, sys, threading\n"
        "s.ScriptedModel.load = lambda self, progress=None: (print('up', flush=True), threading.Event().wait())\n"
        "sys.argv = ['agent-planner', *sys.argv[1:]]\nm.main()\n"
    )
    (tmp_path / "script.json").write_text(json.dumps([]))
    command = [*IN_BACKGROUND, sys.executable, "-c", script, "eval", "--model", f"scripted:{tmp_path / 'script.json'}"]
    with subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said


@pytest.mark.live
def test_children_hear_sigint_though_their_parent_was_told_to_ignore_it(tmp_path):
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom agent_planner.cli.process import ChildProcess\n"
        "child = ChildProcess('child', ['sleep', '60'], Path(sys.argv[1]), os.environ)\n"
        "child.start()\nprint(child.stop(20.0), flush=True)\n"
    )
    command = [*IN_BACKGROUND, sys.executable, "-c", script, str(tmp_path / "log")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=os.environ)
    assert done.stdout == "SIGINT\n"
