# SPDX-License-Identifier: Apache-2.0
"""The packages as ROS tools see them: manifests, versions, links, and who finds what from where."""

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from catkin_pkg.package import parse_package
from catkin_pkg.packages import find_packages

import agent_planner

ROOT = Path(__file__).parents[2]
WORKSPACE = ROOT / "ros_ws"
OURS = {"agent_planner", "agent_planner_interfaces", "agent_planner_motion", "agent_planner_sim"}
PYTHON_FOLDERS = {
    "agent_planner": ROOT,
    "agent_planner_motion": WORKSPACE / "src" / "agent_planner_motion",
    "agent_planner_sim": ROOT / "sim",
}
# Keys that rosdep resolves on Debian and Ubuntu (rosdistro's rosdep/python.yaml), and released ROS packages.
ROSDEP_PYTHON = ("httpx", "jinja2", "numpy", "opencv", "pil", "pytest", "rich", "scipy", "skimage", "yaml")
ROSDEP = {f"python3-{name}" for name in ROSDEP_PYTHON}
ROS = {
    "action_msgs",
    "ament_cmake",
    "ament_index_python",
    "builtin_interfaces",
    "control_msgs",
    "diagnostic_msgs",
    "geometry_msgs",
    "launch",
    "launch_ros",
    "lifecycle_msgs",
    "nav_msgs",
    "rcl_interfaces",
    "rclpy",
    "rosgraph_msgs",
    "rosidl_default_generators",
    "rosidl_default_runtime",
    "sensor_msgs",
    "std_msgs",
    "std_srvs",
    "tf2_msgs",
    "trajectory_msgs",
    "unique_identifier_msgs",
    "visualization_msgs",
}


def depends(package) -> set[str]:
    groups = (package.build_depends, package.buildtool_depends, package.exec_depends, package.test_depends)
    return {dependency.name for group in groups for dependency in group}


@pytest.fixture(scope="module")
def packages():
    """The packages that rosdep's own search finds from ros_ws/src, by name."""
    return {package.name: package for package in find_packages(str(WORKSPACE / "src")).values()}


def test_rosdep_finds_our_packages_through_the_links(packages):
    assert packages.keys() == OURS


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_manifest_is_valid_and_names_only_keys_that_rosdep_knows(packages, name):
    package = packages[name]
    package.validate()
    assert package.licenses == ["Apache-2.0"]
    assert depends(package) - OURS - ROS - ROSDEP == set()


def test_all_versions_are_one(packages):
    versions = {package.version for package in packages.values()} | {agent_planner.__version__}
    for folder in PYTHON_FOLDERS.values():
        config = configparser.ConfigParser()
        config.read(folder / "setup.cfg")
        versions.add(config["metadata"]["version"])
    assert len(versions) == 1, versions


@pytest.mark.parametrize("name", sorted(PYTHON_FOLDERS))
def test_scripts_land_where_ros2_run_looks(name):
    config = configparser.ConfigParser()
    config.read(PYTHON_FOLDERS[name] / "setup.cfg")
    assert config["develop"]["script_dir"] == config["install"]["install_scripts"] == f"$base/lib/{name}"


@pytest.mark.parametrize(("link", "target"), [("agent_planner", ROOT), ("agent_planner_sim", ROOT / "sim")])
def test_the_links_are_relative_and_lead_to_the_packages(link, target):
    path = WORKSPACE / "src" / link
    assert path.is_symlink()
    assert not os.path.isabs(os.readlink(path))
    assert path.resolve() == target.resolve()
    assert parse_package(str(path)).name == link


def found_by_colcon(folder: Path, *arguments: str) -> set[str]:
    command = [sys.executable, "-m", "colcon", "--log-base", os.devnull, "list", "--names-only", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_from_the_workspace_colcon_finds_ours_and_leaves_the_substitutes(packages):
    assert found_by_colcon(WORKSPACE) == OURS


def test_from_the_root_colcon_finds_the_root_package_alone():
    assert found_by_colcon(ROOT) == {"agent_planner"}


def test_the_substitutes_can_be_asked_for_by_name():
    assert found_by_colcon(WORKSPACE, "--base-paths", "wheels_only/tf2_msgs") == {"tf2_msgs"}


@pytest.mark.parametrize("name", ["environment", "torch-cpu", "torch-cuda", "model", "stock"])
def test_every_locked_package_is_pinned_with_a_hash(name):
    text = (ROOT / "lock" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.findall(r"^[A-Za-z0-9].*", text.replace("\\\n", " "), flags=re.MULTILINE)
    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def locked_names(lock: str) -> set[str]:
    text = (ROOT / "lock" / f"{lock}.txt").read_text(encoding="utf-8")
    return {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, flags=re.MULTILINE)}


def direct(*extras: str) -> set[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    lists = [config["options"]["install_requires"], *(config["options.extras_require"][name] for name in extras)]
    lines = "\n".join(lists).split("\n")
    return {re.split(r"[^A-Za-z0-9._-]", line.strip())[0].lower() for line in lines if line.strip()}


def test_the_lock_holds_every_direct_dependency():
    assert direct("sim", "console", "dev") - locked_names("environment") - locked_names("torch-cpu") == set()


def test_beside_a_stock_ros_every_direct_dependency_is_locked_and_numpy_is_that_of_apt():
    assert direct("perception", "tune", "console") - locked_names("stock") - locked_names("torch-cpu") == set()
    assert re.search(r"^numpy==1\.", (ROOT / "lock" / "stock.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
