# SPDX-License-Identifier: Apache-2.0
"""What the packages import is declared: in setup.cfg what pip brings, in package.xml what ROS brings."""

import ast
import configparser
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from catkin_pkg.package import parse_package

ROOT = Path(__file__).parents[2]
SOURCES = {
    "agent_planner": (ROOT, "agent_planner"),
    "agent_planner_motion": (ROOT / "ros_ws" / "src" / "agent_planner_motion", "agent_planner_motion"),
    "agent_planner_sim": (ROOT / "sim", "agent_planner_sim"),
}
OURS = {*SOURCES, "agent_planner_interfaces"}


def imported(folder: Path) -> set[str]:
    """Names of the top-level modules that a folder's sources import, our own and Python's left out."""
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - OURS


def is_ros(name: str) -> bool:
    named = {"rclpy", "ament_index_python", "launch", "launch_ros"}
    return name in named or name.endswith(("_msgs", "_srvs", "_interfaces"))


def declared_for_pip() -> set[str]:
    """Distributions that the root package requires, its extras included; the other two packages have none."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    lines = config["options"]["install_requires"].splitlines()
    for extra in config["options.extras_require"].values():
        lines += extra.splitlines()
    return {normal(re.split(r"[^A-Za-z0-9._-]", line.strip())[0]) for line in lines if line.strip()}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_what_comes_from_pip_is_declared(name):
    folder, module = SOURCES[name]
    distributions = packages_distributions()
    declared = declared_for_pip()
    missing = {
        import_name
        for import_name in imported(folder / module)
        if not is_ros(import_name)
        and declared.isdisjoint(normal(found) for found in distributions.get(import_name, [import_name]))
    }
    assert missing == set(), f"not in setup.cfg: {sorted(missing)}"


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_what_comes_from_ros_is_declared(name):
    folder, module = SOURCES[name]
    manifest = {dependency.name for dependency in parse_package(str(folder)).exec_depends}
    missing = {import_name for import_name in imported(folder / module) if is_ros(import_name)} - manifest
    assert missing == set(), f"not in package.xml: {sorted(missing)}"
