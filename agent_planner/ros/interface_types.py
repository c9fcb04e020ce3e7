# SPDX-License-Identifier: Apache-2.0
"""ROS interface types by name.

A name is looked up in the index of installed interfaces first; a module is imported only for what is listed there.
"""

import importlib
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from agent_planner.ament import ament_prefixes
from agent_planner.errors import UserError, did_you_mean

_FORM = re.compile(r"([a-z][a-z0-9_]*)/(action|srv|msg)/([A-Z][A-Za-z0-9]*)")
_INDEX = Path("share/ament_index/resource_index/rosidl_interfaces")


class InterfaceMissing(UserError):
    """A type that a binding names is not installed here."""


def load_interface(name: str) -> Any:
    """Return the class of e.g. ``nav2_msgs/action/NavigateToPose``.

    Raises:
        InterfaceMissing: the name has another form, or no such type is installed.
    """
    match = _FORM.fullmatch(name)
    if not match:
        raise InterfaceMissing(f"'{name}' is not the name of a type; write package/action/Type or package/srv/Type")
    package, kind, type_name = match.groups()
    listed = _listed(package)
    if listed is None:
        raise InterfaceMissing(f"the type {name} is not installed: there is no package '{package}' with interfaces")
    if f"{kind}/{type_name}" not in listed:
        of_kind = [entry.partition("/")[2] for entry in listed if entry.startswith(f"{kind}/")]
        raise InterfaceMissing(f"'{package}' has no {kind} '{type_name}'; {did_you_mean(type_name, of_kind)}")
    try:
        return getattr(_module(package, kind), type_name)
    except AttributeError as error:  # the index and Python's path lead to two installations
        raise InterfaceMissing(f"{name} is in the index, but Python finds another '{package}' without it") from error


def is_installed(name: str) -> bool:
    """Whether `load_interface` would find that type."""
    match = _FORM.fullmatch(name)
    return match is not None and f"{match[2]}/{match[3]}" in (_listed(match[1]) or ())


def _listed(package: str) -> frozenset[str] | None:
    for prefix in ament_prefixes():
        entry = prefix / _INDEX / package
        if entry.is_file():
            return _entries(entry)
    return None


@cache
def _entries(entry: Path) -> frozenset[str]:
    # Lines such as action/Pick.action and action/Pick.idl.
    return frozenset(line.rpartition(".")[0] for line in entry.read_text(encoding="utf-8").split())


def _module(package: str, kind: str) -> ModuleType:
    try:
        return importlib.import_module(f"{package}.{kind}")
    except ImportError as error:
        raise InterfaceMissing(f"the package '{package}' is installed, but not for Python: {error}") from error
