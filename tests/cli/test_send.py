# SPDX-License-Identifier: Apache-2.0
"""`run`, `env` and `send` as processes, with a robot in which nothing moves."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("rclpy")

from rclpy.context import Context
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node

from agent_planner.cli.running import claimed
from agent_planner.ros.process import spinning
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import DEFAULT_LIBRARY
from agent_planner.testing.fake_robot import FakeRobot

pytestmark = pytest.mark.ros

SECONDS = 90.0
COMMAND = (sys.executable, "-m", "agent_planner.cli.main")
SCENE = SceneGraph(
    objects=(SceneObject(name="red cube", size=(0.04, 0.04, 0.04)),),
    places=(ScenePlace(name="shelf", size=(0.6, 0.4, 0.5)),),
    relations=(Relation("on", "red cube", "shelf"),),
)
ANSWERS = [
    "goal: holding(red cube)",
    'holding(red cube) needs at(red cube)\nnavigate_to(target="red cube")',
    'holding(red cube)\npick(object="red cube")',
]


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """An environment of which the other stacks of this machine know nothing."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("state")))
    patch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    yield
    patch.undo()


@pytest.fixture(scope="module")
def domain(state):
    """A domain with a robot in it."""
    with claimed("probe", Path("."), "LOCALHOST") as free:
        number = free.domain
    context = Context()
    context.init(args=[], domain_id=number)
    node = Node("robot", context=context)
    with spinning(MultiThreadedExecutor(8, context=context), node):
        robot = FakeRobot(node, SkillLibrary.load(), SCENE)
        yield number
        robot.destroy()
    node.destroy_node()
    context.try_shutdown()


class Process:
    """A command that runs beside the test."""

    def __init__(self, log: Path, *arguments: str):
        self.log = log
        with log.open("w") as out:
            self._process = subprocess.Popen([*COMMAND, *arguments], stdout=out, stderr=subprocess.STDOUT)

    def until(self, text: str) -> str:
        """Wait for a text; returns all that was said."""
        end = time.monotonic() + SECONDS
        while text not in self.log.read_text():
            assert self._process.poll() is None and time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)
        return self.log.read_text()

    def end(self, number: int) -> int:
        """Send a signal and return the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self._process.wait(SECONDS)


def children(folder: Path) -> list[int]:
    """Processes of this user whose command line names the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if str(folder) in (entry / "cmdline").read_text().replace("\0", " "):
                    found.append(int(entry.name))
            except OSError:
                continue
    return [pid for pid in found if pid != os.getpid()]


@pytest.fixture(scope="module")
def stack(domain, tmp_path_factory):
    """`agent-planner run` with that robot."""
    folder = tmp_path_factory.mktemp("robot")
    (folder / "still.yaml").write_text(
        f"name: still\ndescription: Nothing moves.\nskills: {DEFAULT_LIBRARY}\ndiscovery: LOCALHOST\nnodes:\n"
        "- name: planner\n  package: agent_planner\n  executable: planner\n"
        '  parameters: {skills_file: "{skills}", model: "{model}", runs_folder: "{runs}"}\n'
    )
    (folder / "script.json").write_text(json.dumps(ANSWERS))
    process = Process(
        folder / "run.log",
        *("run", "--robot", str(folder / "still.yaml"), "--model", f"scripted:{folder / 'script.json'}"),
        *("--domain", str(domain), "--runs", str(folder / "runs")),
    )
    try:
        process.until("Ctrl-C stops the robot")
        yield process
    finally:
        process.end(signal.SIGTERM)


def output(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=SECONDS, check=False)


def test_run_tells_how_to_talk_to_it(stack, domain):
    said = stack.until("Ctrl-C stops the robot")
    assert "still is up after" in said
    assert f"ROS_DOMAIN_ID={domain}" in said
    assert "eval $(agent-planner env)" in said


def test_env_gives_a_shell_the_domain_of_the_running_robot(stack, domain):
    lines = output("env").stdout.splitlines()
    assert f"export ROS_DOMAIN_ID={domain};" in lines
    assert "export ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST;" in lines


def test_send_shows_the_run_and_its_result(stack):
    done = output("send", "pick up the red cube", "--json", "--wait", "60")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert (result["status"], result["outcome"]) == ("SUCCEEDED", "succeeded")
    assert result["steps"] == ['navigate_to(target="red cube")', 'pick(object="red cube")']
    said = done.stderr
    assert said.index("goal      holding(red cube)") < said.index('call     navigate_to(target="red cube")')
    assert said.count("result   ok") == 2
    assert "SUCCEEDED  succeeded (goal holding(red cube)) after 2 calls" in said


def test_plan_only_moves_nothing(stack):
    # The cube is in the hand by now, so that the goal holds and nothing is left to do.
    done = output("send", "pick up the red cube", "--autonomy", "plan_only", "--wait", "60")
    assert done.returncode == 0, done.stderr
    assert "answered" in done.stdout


def test_send_without_a_planner_is_told(state):
    done = output("send", "pick up the red cube", "--domain", "101", "--wait", "1")
    assert done.returncode == 1
    assert "execute_instruction" in done.stderr
    assert "Traceback" not in done.stderr


def test_sigterm_stops_everything(domain, tmp_path):
    script = tmp_path / "script.json"
    script.write_text(json.dumps(ANSWERS))
    profile = tmp_path / "lonely.yaml"
    profile.write_text(
        f"name: lonely\ndescription: It has no servers.\nskills: {DEFAULT_LIBRARY}\ndiscovery: LOCALHOST\nnodes:\n"
        "- name: planner\n  package: agent_planner\n  executable: planner\n"
        '  parameters: {skills_file: "{skills}", model: "{model}", runs_folder: "{runs}"}\n'
    )
    process = Process(
        tmp_path / "run.log",
        *("run", "--robot", str(profile), "--model", f"scripted:{script}", "--runs", str(tmp_path / "runs")),
    )
    process.until("starting lonely")
    end = time.monotonic() + SECONDS
    while len(children(tmp_path)) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(children(tmp_path)) == 2  # the command and its planner
    assert process.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert children(tmp_path) == []
