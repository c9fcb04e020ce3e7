# SPDX-License-Identifier: Apache-2.0
"""ROS launch on this checkout's own files, wherever a ROS with launch is sourced."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.launch.sources import LAUNCH, PACKAGES, executables
from tests.processes import free_domain

SECONDS = 90.0
# Not `ros2 launch`, which looks for files in the installed packages only.
RUN = """
import sys
from launch import LaunchDescription, LaunchService
from launch.actions import GroupAction, IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch_ros.actions import SetRemap

file, *given = sys.argv[1:]
remap = [SetRemap(*a[2:].split(":=")) for a in given if a.startswith("r:")]
arguments = [tuple(a.split(":=", 1)) for a in given if not a.startswith("r:")]
source = PythonLaunchDescriptionSource(file)
service = LaunchService()
description = IncludeLaunchDescription(source, launch_arguments=arguments)
service.include_launch_description(LaunchDescription([GroupAction([*remap, description])]))
sys.exit(service.run())
"""


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""  # it has just ended


class Launched:
    """A launch file that runs, and what it says."""

    def __init__(self, log, environ, file, arguments):
        self.log = log
        command = [sys.executable, "-c", RUN, str(LAUNCH / file), *arguments]
        with log.open("w") as out:
            self._process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, env=environ, start_new_session=True
            )

    def said(self):
        return self.log.read_text()

    def until(self, text, seconds=SECONDS):
        end = time.monotonic() + seconds
        while text not in self.said():
            assert time.monotonic() < end and self._process.poll() is None, f"no '{text}' in:\n{self.said()}"
            self._process_waits(0.1)
        return self.said()

    def _process_waits(self, seconds):
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def ended(self, seconds=SECONDS):
        """The exit code, when it has ended by itself."""
        return self._process.wait(seconds)

    def interrupt(self):
        """End it as Ctrl-C does; returns the exit code."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGINT)
        return self._process.wait(SECONDS)

    def child(self, program):
        """Id of the process of that program which the launch has started; None where there is none."""
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return next((int(pid) for pid in listed if f"/{program}\0" in command_line(pid)), None)

    def kill(self):
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def new_package(prefix, name):
    """Make a package in a prefix; returns its share folder."""
    index = prefix / "share" / "ament_index" / "resource_index" / "packages"
    index.mkdir(parents=True, exist_ok=True)
    (index / name).touch()
    share = prefix / "share" / name
    share.mkdir()
    return share


def new_program(prefix, package, name, code):
    """Make a program of a package."""
    path = prefix / "lib" / package / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{code}")
    path.chmod(0o755)


@pytest.fixture(scope="session")
def launch_environment(tmp_path_factory):
    """The environment with a prefix in front in which the packages have this checkout's files and programs."""
    pytest.importorskip("launch_ros", reason="launch_ros is not installed (it comes with ROS from apt, not as a wheel)")
    prefix = tmp_path_factory.mktemp("prefix")
    for package, folder in PACKAGES.items():
        share = new_package(prefix, package)
        (share / "launch").symlink_to(LAUNCH)
        (share / "config").symlink_to(LAUNCH if package == "agent_planner" else folder / package / "config")
        for name, module in executables(package).items():
            new_program(prefix, package, name, f"import sys\nfrom {module} import main\nsys.exit(main())\n")
    path = os.pathsep.join([str(prefix), os.environ["AMENT_PREFIX_PATH"]])
    python = os.pathsep.join([*map(str, PACKAGES.values()), os.environ.get("PYTHONPATH", "")])
    return {
        **os.environ,
        "AMENT_PREFIX_PATH": path,
        "PYTHONPATH": python,
        "PYTHONUNBUFFERED": "1",
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
        "ROS_DOMAIN_ID": str(free_domain()),
        "ROS_LOG_DIR": str(tmp_path_factory.mktemp("log")),
    }


@pytest.fixture
def launch(launch_environment, tmp_path):
    started = []

    def start(file, *arguments, **more):
        environ = {**launch_environment, **more}
        started.append(Launched(tmp_path / f"{len(started)}.log", environ, file, arguments))
        return started[-1]

    yield start
    for launched in started:
        launched.interrupt()
        launched.kill()
