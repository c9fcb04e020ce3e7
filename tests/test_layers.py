# SPDX-License-Identifier: Apache-2.0
"""One arrow: a module of agent_planner imports only from the layers above it, inside functions too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "agent_planner"
LAYERS = (
    {"errors", "types", "config", "ament"},
    {"scene"},
    {"skills"},
    {"perception"},
    {"goals"},
    {"llm"},
    {"safety"},
    {"teleop"},
    {"agent"},
    {"recording"},
    {"tuning"},
    {"ros"},
    {"access"},
    {"mcp", "console"},
    {"cli"},
    {"testing"},  # last: no product code imports what is made for tests
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
ROS = {"rclpy", "ament_index_python", "tf2_ros", "launch_ros", "rosidl_runtime_py"}
AT_THE_EDGE = {"ros", "testing"}
SIMULATORS = {"mujoco", "mink", "gz"}
SIBLINGS = {"agent_planner_sim", "agent_planner_motion"}


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(text: str, package: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Line and absolute name of everything imported, names after `from` included.

    Args:
        text: the source.
        package: the parts of the package that relative imports start from.
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}"


def is_ros(name: str) -> bool:
    first = name.split(".")[0]
    return first in ROS or first.endswith(("_msgs", "_interfaces", "_srvs"))


def faults(path: Path, text: str) -> list[str]:
    """What a module of agent_planner imports and may not."""
    layer = layer_of(path)
    package = ("agent_planner", *path.relative_to(PACKAGE).parts[:-1])
    found = []
    for line, name in imports(text, package):
        parts = name.split(".")
        where = f"{path.relative_to(PACKAGE.parent)}:{line} imports {name}"
        part = parts[1] if parts[0] == "agent_planner" and len(parts) > 1 else ""
        if RANK.get(part, -1) > RANK[layer]:
            found.append(f"{where}: '{part}' lies below '{layer}'")
        elif is_ros(name) and layer not in AT_THE_EDGE:
            found.append(f"{where}: only {sorted(AT_THE_EDGE)} know ROS")
        elif parts[0] in SIMULATORS:
            found.append(f"{where}: agent_planner knows no simulator")
        elif parts[0] in SIBLINGS and layer not in {"cli", "testing"}:
            found.append(f"{where}: only the composition root joins the packages")
    return found


def modules() -> list[Path]:
    return [p for p in sorted(PACKAGE.rglob("*.py")) if p != PACKAGE / "__init__.py"]


def test_every_module_belongs_to_a_layer():
    unknown = {layer_of(path) for path in modules()} - RANK.keys()
    assert not unknown, f"not in the list of layers: {sorted(unknown)}"


def test_imports_go_only_upward_in_the_list():
    found = [fault for path in modules() for fault in faults(path, path.read_text(encoding="utf-8"))]
    assert not found, "\n".join(found)


def test_the_package_itself_imports_nothing_heavy():
    text = (PACKAGE / "__init__.py").read_text(encoding="utf-8")
    assert list(imports(text, ("agent_planner",))) == []


@pytest.mark.parametrize(
    ("where", "text", "fault"),
    [
        (
            "scene/text.py",
            "def f():\n    from agent_planner.agent import loop\n",
            "'agent' lies below 'scene'",
        ),
        ("scene/graph.py", "from ..skills import library\n", "'skills' lies below 'scene'"),
        ("scene/graph.py", "from agent_planner import goals\n", "'goals' lies below 'scene'"),
        ("types.py", "import agent_planner.scene.graph as g\n", "'scene' lies below 'types'"),
        ("tuning/collect.py", "from std_msgs.msg import String\n", "know ROS"),
        ("tuning/collect.py", "import mujoco.viewer\n", "no simulator"),
        ("ros/node.py", "import agent_planner_sim\n", "composition root"),
    ],
)
def test_a_fault_is_found(where, text, fault):
    (found,) = faults(PACKAGE / where, text)
    assert fault in found


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("scene/graph.py", "from agent_planner.scene import geometry\nfrom . import text\nimport numpy\n"),
        ("agent/loop.py", "from agent_planner.scene.graph import SceneGraph\n"),
        ("ros/node.py", "import rclpy\nfrom agent_planner.agent.loop import Loop\n"),
        ("cli/demo.py", "def f():\n    import agent_planner_sim\n"),
    ],
)
def test_what_is_right_passes(where, text):
    assert faults(PACKAGE / where, text) == []
