# SPDX-License-Identifier: Apache-2.0
"""What dies is started again, later each time; told, and not where that would be wrong."""

import json
import sys
from pathlib import Path

import pytest

from agent_planner.cli.keeper import Keeper
from agent_planner.cli.robots import NodeProfile, RobotProfile
from agent_planner.cli.stack import started
from agent_planner.errors import InfrastructureError, UserError

# Writes its arguments down, then does what its name says.
_PROGRAM = """\
#!{python}
import json, pathlib, sys, threading
with (pathlib.Path(sys.argv[0]).parent / "starts").open("a") as starts:
    starts.write(json.dumps(sys.argv[1:]) + "\\n")
if "dying" in sys.argv[0]:
    sys.exit(3)
if "refusing" in sys.argv[0]:
    print("error: no parameter speed")
    sys.exit(2)
threading.Event().wait(60)
"""


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture(autouse=True)
def programs(monkeypatch, tmp_path) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = tmp_path / "prefix" / "lib" / "robot_nodes"
    folder.mkdir(parents=True)
    (tmp_path / "prefix" / "share" / "robot_nodes").mkdir(parents=True)
    for name in ("dying", "refusing", "living"):
        (folder / name).write_text(_PROGRAM.format(python=sys.executable))
        (folder / name).chmod(0o755)
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path / "prefix"))
    monkeypatch.setenv("ROS_DOMAIN_ID", "0")
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    return folder


def robot(program: str, **fields) -> RobotProfile:
    node = NodeProfile(name="arm", package="robot_nodes", executable=program, **fields)
    return RobotProfile(name="test", description="-", skills="-", simulated=True, discovery="LOCALHOST", nodes=(node,))


def starts(folder: Path) -> list[list[str]]:
    return [json.loads(line) for line in (folder / "starts").read_text().splitlines()]


def test_each_death_in_a_row_doubles_the_time_until_the_next_start(tmp_path, programs):
    said, clock = [], Clock()
    with started(robot("dying"), tmp_path / "run", {}) as stack:
        keeper = Keeper(stack, said.append, clock)
        (arm,) = stack.processes
        for wait in (1, 2, 4, 8, 16, 30, 30):
            assert arm.wait(30)
            keeper.look()
            assert f"arm died (exit code 3), see {arm.log}; it is started again in {wait} s" in said[-1]
            clock.now += wait - 0.1
            before = len(said)
            keeper.look()
            assert len(said) == before
            clock.now += 0.1
            keeper.look()
            assert said[-1].startswith("arm was started again")
        assert arm.wait(30)
        clock.now += 61  # it had run well for long
        keeper.look()
        assert said[-1].endswith("started again in 1 s")
    assert len(starts(programs)) == 8


def test_what_is_started_again_gets_its_parameters_for_that(tmp_path, programs):
    profile = robot("dying", parameters={"seed": "{seed}"}, respawn_parameters={"start_stopped": True})
    clock = Clock()
    with started(profile, tmp_path / "run", {"seed": 3}) as stack:
        keeper = Keeper(stack, lambda text: None, clock)
        assert stack.processes[0].wait(30)
        keeper.look()
        clock.now += 1
        keeper.look()
        assert stack.processes[0].wait(30)
    first, second = starts(programs)
    assert first == ["--ros-args", "-p", "seed:=3"]
    assert second == [*first, "-p", "start_stopped:=true"]


def test_a_living_program_is_left_alone(tmp_path):
    said = []
    with started(robot("living"), tmp_path / "run", {}) as stack:
        Keeper(stack, said.append).look()
    assert said == []


def test_what_cannot_be_started_again_ends_the_run(tmp_path):
    with started(robot("dying", respawn=False), tmp_path / "run", {}) as stack:
        assert stack.processes[0].wait(30)
        with pytest.raises(InfrastructureError, match="arm ended .exit code 3."):
            Keeper(stack, print).look()


def test_refused_parameters_would_be_refused_again(tmp_path):
    with started(robot("refusing"), tmp_path / "run", {}) as stack:
        assert stack.processes[0].wait(30)
        with pytest.raises(UserError, match="arm refused to start: error: no parameter speed"):
            Keeper(stack, print).look()
