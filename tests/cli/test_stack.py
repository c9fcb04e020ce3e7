# SPDX-License-Identifier: Apache-2.0
"""Programs of a robot: found as `ros2 run` finds them, watched, stopped in order."""

import os
import sys
from pathlib import Path

import pytest

from agent_planner.cli.robots import NodeProfile, RobotProfile
from agent_planner.cli.running import newest
from agent_planner.cli.stack import executable, filled, ros_arguments, started
from agent_planner.errors import InfrastructureError, UserError
from tests.waits import eventually

FAITHFUL = (
    "import threading, time\n"
    "try:\n  print('ready', flush=True)\n  threading.Event().wait(60)\n"
    "except KeyboardInterrupt: print(time.time())\n"
)


@pytest.fixture(autouse=True)
def prefix(monkeypatch, tmp_path) -> Path:
    """An ament prefix with a package of three programs."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "state"))
    (tmp_path / "state").mkdir()
    folder = tmp_path / "prefix"
    (folder / "share" / "robot_nodes" / "config").mkdir(parents=True)
    (folder / "share" / "robot_nodes" / "config" / "arm.yaml").touch()
    (folder / "lib" / "robot_nodes").mkdir(parents=True)
    programs = {
        "faithful": FAITHFUL,
        "crashing": "print('one')\nprint('the arm is on fire')\nraise SystemExit(3)\n",
        "refusing": "print('error: no parameter speed; did you mean speeds?')\nraise SystemExit(2)\n",
    }
    for name, text in programs.items():
        path = folder / "lib" / "robot_nodes" / name
        path.write_text(f"#!{sys.executable}\n{text}")
        path.chmod(0o755)
    monkeypatch.setenv("AMENT_PREFIX_PATH", f"/nowhere:{folder}")
    # `started` puts this process into the stack's domain.
    monkeypatch.setenv("ROS_DOMAIN_ID", os.environ.get("ROS_DOMAIN_ID", "0"))
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    return folder


def robot(*programs: str) -> RobotProfile:
    nodes = tuple(NodeProfile(name=f"{p}_{i}", package="robot_nodes", executable=p) for i, p in enumerate(programs))
    return RobotProfile(name="test", description="-", skills="-", simulated=True, discovery="LOCALHOST", nodes=nodes)


def wait_until_ended(stack, name: str) -> None:
    process = next(p for p in stack.processes if p.name == name)
    assert process.wait(30)


def wait_until_ready(stack) -> None:
    assert eventually(lambda: all(p.tail() == "ready" for p in stack.processes), 30)


def test_a_program_is_found_as_ros2_run_finds_it(prefix):
    assert executable("robot_nodes", "faithful") == prefix / "lib" / "robot_nodes" / "faithful"


def test_a_package_or_program_that_is_not_built_is_told():
    with pytest.raises(InfrastructureError, match="'arm_nodes' is not built; run `make setup`"):
        executable("arm_nodes", "faithful")
    with pytest.raises(InfrastructureError, match="no program 'fitful' .there are: crashing, faithful, refusing"):
        executable("robot_nodes", "fitful")


def test_parameters_are_typed_and_placeholders_filled(prefix):
    node = NodeProfile(
        name="arm",
        package="robot_nodes",
        executable="faithful",
        parameter_file="config/arm.yaml",
        parameters={"scene": "{scene}", "seed": "{seed}", "label": "it's: x", "fast": True},
        remap={"cmd_vel": "base/cmd_vel"},
    )
    arguments = ros_arguments(node, {"scene": "tidy", "seed": 3})
    assert arguments[:3] == ["--ros-args", "--params-file", str(prefix / "share/robot_nodes/config/arm.yaml")]
    assert arguments[3:11] == ["-p", 'scene:="tidy"', "-p", "seed:=3", "-p", 'label:="it\'s: x"', "-p", "fast:=true"]
    assert arguments[11:] == ["-r", "cmd_vel:=base/cmd_vel"]


def test_an_unknown_placeholder_is_told_with_the_known_ones():
    with pytest.raises(UserError, match="placeholder {secne}; this command fills in: scene, seed"):
        filled("{secne}", {"scene": "tidy", "seed": 3})


def test_what_stands_back_does_so(tmp_path):
    profile = robot("faithful", "faithful")
    behind = profile.nodes[0].model_copy(update={"nice": 7})
    profile = profile.model_copy(update={"nodes": (behind, profile.nodes[1])})
    with started(profile, tmp_path / "run", {}) as stack:
        wait_until_ready(stack)
        own = os.getpriority(os.PRIO_PROCESS, 0)
        found = [os.getpriority(os.PRIO_PROCESS, process.pid) - own for process in stack.processes]
    assert found == [7, 0]


def test_everything_runs_in_the_stacks_domain_and_stops_in_order(tmp_path):
    with started(robot("faithful", "faithful"), tmp_path / "run", {}) as stack:
        assert newest() == stack.running
        assert os.environ["ROS_DOMAIN_ID"] == str(stack.running.domain)
        wait_until_ready(stack)
        stack.check()
        assert stack.stop() == {"faithful_0": "SIGINT", "faithful_1": "SIGINT"}
    first, second = (float(process.tail(1)) for process in stack.processes)
    assert first < second
    assert newest() is None


def test_a_program_that_ends_is_told_with_its_last_lines(tmp_path):
    with started(robot("faithful", "crashing"), tmp_path / "run", {}) as stack:
        wait_until_ended(stack, "crashing_1")
        with pytest.raises(InfrastructureError) as error:
            stack.check()
    assert "crashing_1 ended (exit code 3)" in str(error.value)
    assert "the arm is on fire" in str(error.value)


def test_an_error_stops_everything(tmp_path):
    def fail() -> None:
        with started(robot("faithful", "faithful"), tmp_path / "run", {}) as stack:
            running.extend(stack.processes)
            raise KeyboardInterrupt

    running: list = []
    with pytest.raises(KeyboardInterrupt):
        fail()
    assert len(running) == 2
    assert all(process.exit_code is not None for process in running)


def test_a_refused_parameter_is_a_mistake_of_the_person(tmp_path):
    with started(robot("refusing"), tmp_path / "run", {}) as stack:
        wait_until_ended(stack, "refusing_0")
        with pytest.raises(UserError, match="refusing_0 refused to start: error: no parameter speed"):
            stack.check()
