# SPDX-License-Identifier: Apache-2.0
"""Gazebo's server and bridge as programs of a robot profile; what they start only writes down how it was started."""

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

pytest.importorskip("rclpy")

from agent_planner.cli.robots import load_robot
from agent_planner.cli.stack import ros_arguments
from agent_planner.errors import InfrastructureError
from agent_planner_sim.gazebo.bridge import bridge_yaml, service_arguments, service_remappings
from agent_planner_sim.gazebo.installed import require_gazebo
from agent_planner_sim.gazebo.server import server_command
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import generate
from tests.launch.sources import executables

pytestmark = [pytest.mark.sim, pytest.mark.ros]
RUN = "20270101-000000-abcd"
VALUES = {"scene": "table_top", "seed": 4, "rtf": 2.0}
REPORT = '#!/bin/sh\nprintf \'%s\\n\' "$$" "$GZ_PARTITION" "$@" > "$REPORT"\n'
TYPES = ("ControlWorld", "SpawnEntity", "DeleteEntity", "SetEntityPose")


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Programs by the names of Gazebo's and the bridge's, and the bridge's types in the index; returns the prefix."""
    prefix = tmp_path / "prefix"
    index = prefix / "share" / "ament_index" / "resource_index" / "rosidl_interfaces" / "ros_gz_interfaces"
    index.parent.mkdir(parents=True)
    index.write_text("".join(f"srv/{name}.srv\n" for name in TYPES))
    for path in (prefix / "bin" / "gz", prefix / "lib" / "ros_gz_bridge" / "parameter_bridge"):
        path.parent.mkdir(parents=True)
        path.write_text(REPORT)
        path.chmod(0o755)
    for variable, folder in (("PATH", prefix / "bin"), ("AMENT_PREFIX_PATH", prefix)):
        monkeypatch.setenv(variable, os.pathsep.join([str(folder), os.environ.get(variable, "")]))
    return prefix


@pytest.fixture
def nothing_installed(monkeypatch, tmp_path):
    """Neither Gazebo nor its bridge, whatever this machine has."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))


@pytest.fixture
def start(tmp_path):
    """Start a node of the shipped profile as the command line does; returns its id and how it ended."""
    folder = tmp_path / "runs" / RUN

    def start(name, **others):
        (node,) = [node for node in load_robot("mobile_manipulator_gazebo").nodes if node.name == name]
        module = executables(node.package)[node.executable]
        parameters = {**node.parameters, **others}
        arguments = ros_arguments(node.model_copy(update={"parameters": parameters}), {**VALUES, "runs": str(folder)})
        process = subprocess.Popen(
            [sys.executable, "-c", f"from {module} import main; main()", *arguments],
            env={**os.environ, "REPORT": str(tmp_path / "report"), "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"},
            stderr=subprocess.PIPE,
            text=True,
        )
        _, said = process.communicate(timeout=60)
        return process, said

    return start


def report(tmp_path):
    """Id, partition and arguments of the program that was started."""
    pid, partition, *arguments = (tmp_path / "report").read_text().splitlines()
    return int(pid), partition, arguments


def test_the_server_becomes_gazebo_with_the_scene_and_the_speed_that_are_asked_for(installed, start, tmp_path):
    process, said = start("gazebo")
    assert process.returncode == 0, said
    pid, partition, arguments = report(tmp_path)
    world = tmp_path / "runs" / RUN / "gazebo" / "world.sdf"
    assert pid == process.pid  # signals reach it
    assert partition == f"agent_planner_{RUN}"
    assert arguments == server_command(world, "ogre2", 2)[1:]
    root = ElementTree.parse(world).getroot()
    assert root.findtext("world/physics/real_time_factor") == "2"
    models = {model.get("name") for model in root.findall("world/model")}
    assert {f"item/{item.name}" for item in generate("table_top", 4).items} | {"mobile_manipulator"} <= models


def test_the_bridge_carries_the_robots_topics_and_the_worlds_services(installed, start, tmp_path):
    process, said = start("bridge")
    assert process.returncode == 0, said
    pid, partition, arguments = report(tmp_path)
    file = tmp_path / "runs" / RUN / "gazebo" / "bridge.yaml"
    assert (pid, partition) == (process.pid, f"agent_planner_{RUN}")
    assert file.read_text() == bridge_yaml(ROBOTS["mobile_manipulator"]())
    assert arguments[: len(service_arguments())] == service_arguments()
    values = [word for before, word in zip(arguments, arguments[1:], strict=False) if before == "-p"]
    assert f'config_file:="{file}"' in values
    renamed = [word for before, word in zip(arguments, arguments[1:], strict=False) if before == "-r"]
    assert renamed == ["__node:=gazebo_bridge", *(f"{before}:={after}" for before, after in service_remappings())]


def test_ogre_wants_a_display_and_so_does_a_window(tmp_path):
    assert "--headless-rendering" in server_command(tmp_path, "ogre2", 2)
    assert "--headless-rendering" not in server_command(tmp_path, "ogre", 2)
    assert "--headless-rendering" not in server_command(tmp_path, "ogre2", 2, gui=True)


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("gazebo", {"render_engine": "orge"}, "did you mean 'ogre'"),
        ("gazebo", {"gui": True}, "no parameter 'gui'"),
        ("gazebo", {"folder": ""}, "the parameter folder is empty"),
        ("gazebo", {"folder": "/proc/no"}, "/proc/no/gazebo/world.sdf cannot be written"),
        ("bridge", {"robot": "mobile"}, "did you mean 'mobile_manipulator'"),
    ],
)
def test_what_is_wrong_is_told_in_the_last_line(installed, start, tmp_path, name, wrong, said):
    process, err = start(name, **wrong)
    assert process.returncode == 2
    assert said in err.splitlines()[-1]
    assert not (tmp_path / "report").exists()


def test_everything_that_lacks_is_named_with_what_brings_it(nothing_installed):
    with pytest.raises(InfrastructureError) as error:
        require_gazebo()
    said = str(error.value)
    for part in ("gz on the PATH", "parameter_bridge", "SpawnEntity", "sudo apt install ros-jazzy-ros-gz"):
        assert part in said


def test_interfaces_that_are_too_old_are_named_alone(installed):
    index = installed / "share" / "ament_index" / "resource_index" / "rosidl_interfaces" / "ros_gz_interfaces"
    index.write_text("srv/ControlWorld.srv\n")
    with pytest.raises(InfrastructureError, match="not found: ros_gz_interfaces 1.0.11 or later with SpawnEntity, "):
        require_gazebo()


def test_without_gazebo_a_program_ends_with_code_1(nothing_installed, start):
    process, said = start("gazebo")
    assert process.returncode == 1
    assert "sudo apt install ros-jazzy-ros-gz" in said
