# SPDX-License-Identifier: Apache-2.0
"""The environment that the command line starts itself anew with."""

import json
import os
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from agent_planner.cli import environment
from agent_planner.cli.environment import HOOK_DONE, export_lines, has_wheels, wheels_environment


@pytest.fixture
def prefix(tmp_path) -> Path:
    (tmp_path / "venv" / "lib").mkdir(parents=True)
    (tmp_path / "venv" / "lib" / "librcl.so").touch()
    return tmp_path / "venv"


@pytest.fixture
def install(tmp_path) -> Path:
    """An install folder with a message package and a pure Python one."""
    site_packages = sysconfig.get_path("purelib", vars={"base": "", "platbase": ""}).lstrip("/")
    folder = tmp_path / "install"
    for name in ("robot_msgs", "tools"):
        (folder / name / "share" / "ament_index").mkdir(parents=True)
    (folder / "robot_msgs" / site_packages / "robot_msgs").mkdir(parents=True)
    (folder / "robot_msgs" / site_packages / "robot_msgs" / "__init__.py").touch()
    (folder / "robot_msgs" / "lib" / "librobot_msgs.so").touch()
    return folder


def test_a_prefix_with_the_client_library_has_wheels(prefix, tmp_path):
    assert has_wheels(prefix)
    assert not has_wheels(tmp_path)


def test_packages_come_before_the_wheels_and_those_before_the_rest(prefix, install):
    wanted = wheels_environment({"LD_LIBRARY_PATH": "/opt/cuda", "PATH": "/usr/bin"}, prefix, install)
    assert wanted["LD_LIBRARY_PATH"] == f"{install}/robot_msgs/lib:{prefix}/lib:/opt/cuda"
    assert wanted["AMENT_PREFIX_PATH"] == f"{install}/robot_msgs:{install}/tools:{prefix}"
    assert wanted["PYTHONPATH"].endswith("site-packages")
    assert wanted["PYTHONPATH"].startswith(f"{install}/robot_msgs")
    assert wanted["PATH"] == f"{prefix}/bin:/usr/bin"


def test_before_the_workspace_is_built_the_wheels_alone_are_there(prefix, tmp_path):
    wanted = wheels_environment({}, prefix, tmp_path / "nothing")
    assert wanted["AMENT_PREFIX_PATH"] == str(prefix)
    assert wanted["PYTHONPATH"] is None


@pytest.mark.parametrize("name", ["ROS_DISTRO", "AMENT_TRACE", "RMW_IMPLEMENTATION", "CYCLONEDDS_URI"])
def test_variables_of_another_ros_go(prefix, install, name):
    assert wheels_environment({name: "x"}, prefix, install)[name] is None


@pytest.mark.parametrize("name", ["ROS_DOMAIN_ID", "ROSE", "HOME", "MY_ROS_NOTES"])
def test_other_variables_are_not_touched(prefix, install, name):
    assert name not in wheels_environment({name: "x"}, prefix, install)


def test_applying_it_twice_is_applying_it_once(prefix, install):
    environ = {"PATH": "/usr/bin", "LD_LIBRARY_PATH": "/opt/ros/humble/lib:/opt/cuda", "ROS_DISTRO": "humble"}
    once = environ | wheels_environment(environ, prefix, install)
    once = {name: value for name, value in once.items() if value is not None}
    twice = once | wheels_environment(once, prefix, install)
    assert {name: value for name, value in twice.items() if value is not None} == once


def test_a_library_that_puts_its_folder_first_needs_no_restart(monkeypatch):
    monkeypatch.setattr(environment, "has_wheels", lambda prefix: True)
    for name, value in environment.environment().items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("LD_LIBRARY_PATH", f"/cv2/lib64:{os.environ['LD_LIBRARY_PATH']}")
    monkeypatch.setattr(os, "execve", lambda *_: pytest.fail("started anew"))
    environment.enter()
    monkeypatch.setenv("LD_LIBRARY_PATH", "/cv2/lib64")
    monkeypatch.setattr(os, "execve", lambda path, *_: restarted.append(path))
    restarted: list[str] = []
    environment.enter()
    assert restarted == [sys.executable]


def test_export_lines_are_quoted_for_the_shell():
    (line,) = [line for line in export_lines({"NAME": "a b; rm"}) if "NAME" in line]
    assert shlex.split(line) == ["export", "NAME=a b; rm;"]


@pytest.mark.ros
def test_a_process_starts_itself_anew_once_and_keeps_its_arguments(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import json, os, sys\n"
        "from agent_planner.cli.environment import enter\n"
        "print('start', flush=True)\n"
        "enter()\n"
        "import rclpy\n"
        "from agent_planner_interfaces.msg import SceneGraph\n"
        "print(json.dumps({'argv': sys.argv[1:], 'environ': dict(os.environ)}))\n"
    )
    environ = {k: os.environ[k] for k in ("HOME", "PATH") if k in os.environ}
    polluted = environ | {"ROS_DISTRO": "humble", "LD_LIBRARY_PATH": "/opt/ros/humble/lib"}
    command = [sys.executable, str(program), "put the cube", "--json"]
    done = subprocess.run(command, env=polluted, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    *starts, last = done.stdout.splitlines()
    assert starts == ["start", "start"]
    result = json.loads(last)
    assert result["argv"] == ["put the cube", "--json"]
    assert "ROS_DISTRO" not in result["environ"]
    assert "humble" not in result["environ"]["LD_LIBRARY_PATH"]
    assert result["environ"][HOOK_DONE] == "1"
    assert "AGENT_PLANNER_ENTERED" not in result["environ"]
