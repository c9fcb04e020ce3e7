# SPDX-License-Identifier: Apache-2.0
"""The text of a message type with all types in it, by which a recording can be read where none of them is installed."""

import re
from functools import cache
from pathlib import Path

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

from agent_planner.ros.interface_types import InterfaceMissing

# Those of messages begin with a capital or name a package; all others are numbers and texts.
_MESSAGE = re.compile(r"\s*((?:[a-z][a-z0-9_]*/)*[A-Z][A-Za-z0-9]*)")
_RULE = "=" * 80


@cache
def message_definition(name: str) -> str:
    """Return that of e.g. ``nav_msgs/msg/Odometry`` in the form that MCAP calls ``ros2msg``.

    Raises:
        InterfaceMissing: the type, or one in it, is not installed, or without its ``.msg`` file.
    """
    package, _, kind = name.partition("/msg/")
    texts = {f"{package}/{kind}": _text(package, kind)}
    waiting = list(texts)
    while waiting:
        of = waiting.pop(0)
        for inner in _types_in(texts[of], of.partition("/")[0]):
            if inner not in texts:
                texts[inner] = _text(*inner.split("/"))
                waiting.append(inner)
    (_, first), *others = texts.items()
    return "\n".join([first, *(f"{_RULE}\nMSG: {inner}\n{text}" for inner, text in others)])


def _types_in(text: str, package: str) -> list[str]:
    """The types of a definition's fields that are messages themselves, as ``package/Type``."""
    found = []
    for line in text.splitlines():
        if match := _MESSAGE.match(line):
            parts = match[1].split("/")
            found.append(f"{parts[0] if len(parts) > 1 else package}/{parts[-1]}")
    return found


def _text(package: str, kind: str) -> str:
    try:
        path = Path(get_package_share_directory(package)) / "msg" / f"{kind}.msg"
        return path.read_text(encoding="utf-8")
    except PackageNotFoundError as error:
        raise InterfaceMissing(f"there is no package '{package}' with the message '{kind}'") from error
    except OSError as error:
        raise InterfaceMissing(f"the definition of {package}/msg/{kind} cannot be read: {error}") from error
