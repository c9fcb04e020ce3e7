# SPDX-License-Identifier: Apache-2.0
"""Launch files and the packages' code, read as text: nothing is imported, so that this works without ROS."""

import ast
import configparser
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAUNCH = ROOT / "launch"
PACKAGES = {
    "agent_planner": ROOT,
    "agent_planner_motion": ROOT / "ros_ws" / "src" / "agent_planner_motion",
    "agent_planner_sim": ROOT / "sim",
}


class LaunchFile:
    """One of launch/*.launch.py."""

    def __init__(self, path):
        self.name = path.name
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.functions = {n.name: n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)}
        self.constants = {
            n.targets[0].id: n.value
            for n in self.tree.body
            if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name)
        }

    def calls(self, *names):
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield node

    @property
    def declared(self):
        """Names of the arguments, with the keywords that each declaration has."""
        return {call.args[0].value: keywords(call) for call in self.calls("DeclareLaunchArgument")}

    @property
    def asked_for(self):
        """Names of arguments that the file looks up."""
        found = {text(call.args[0]) for call in self.calls("LaunchConfiguration", "_is")}
        found |= {text(call.args[1]) for call in self.calls("is_true")}
        for call in self.calls("given"):
            table = call.args[1]
            table = self.constants[table.id] if isinstance(table, ast.Name) else table
            found |= {text(key) for key in table.keys}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "chosen":
                found.add(text(node.slice))
        return found - {None}

    def parameters_of(self, call):
        """Names of the parameters that a node is given, through the file's own tables and functions."""
        value = keywords(call).get("parameters")
        if value is None:
            return set()
        names = set()
        around = next(f for f in self.functions.values() if call in ast.walk(f))
        self._collect(value, around, names)
        return names

    def _collect(self, node, around, names):
        for part in ast.walk(node):
            if isinstance(part, ast.Dict):
                names |= {text(key) for key in part.keys if key is not None}
            elif isinstance(part, ast.Name) and part.id in self.constants:
                self._collect(self.constants[part.id], around, names)
            elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in self.functions:
                self._collect(self.functions[part.func.id], around, names)
            elif isinstance(part, ast.Name) and part.id != "chosen":
                self._collect_local(part.id, around, names)

    def _collect_local(self, name, around, names):
        for node in ast.walk(around):
            if not isinstance(node, ast.Assign):
                continue
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id == name:
                self._collect(node.value, around, names)
            elif isinstance(target, ast.Subscript) and getattr(target.value, "id", None) == name:
                names.add(text(target.slice))


def keywords(call):
    return {k.arg: k.value for k in call.keywords if k.arg}


def text(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def executables(package):
    """Names of a package's programs, with the module of each."""
    config = configparser.ConfigParser()
    config.read(PACKAGES[package] / "setup.cfg")
    lines = config["options.entry_points"]["console_scripts"].strip().splitlines()
    pairs = (line.split("=", 1) for line in lines)
    return {name.strip(): target.split(":")[0].strip() for name, target in pairs}


def path_of(module):
    """Where a module of ours is, or None if it is somebody else's."""
    folder = PACKAGES.get(module.split(".")[0])
    if folder is None:
        return None
    base = folder.joinpath(*module.split("."))
    return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)


@cache
def declared_parameters(module):
    """Names of the parameters that are declared in a module and in all of ours that it imports.

    A name that is put together ends with a star.
    """
    names, seen, waiting = set(), set(), [module]
    while waiting:
        current = waiting.pop()
        path = path_of(current)
        if path is None or current in seen:
            continue
        seen.add(current)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Declared":
                names.add(name_of(node.args[0]))
    return frozenset(names)


def name_of(node):
    if isinstance(node, ast.JoinedStr):
        return "".join(text(part) or "*" for part in node.values)
    return text(node)


@cache
def words():
    """Every text constant of the packages' code."""
    found = set()
    for package, folder in PACKAGES.items():
        for path in (folder / package).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {text(node) for node in ast.walk(tree) if isinstance(node, ast.Constant)} - {None}
    return found
