# SPDX-License-Identifier: Apache-2.0
"""Fields of ROS messages, written from plain data and read by dotted names."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent_planner.errors import UserError, did_you_mean
from agent_planner.ros.interface_types import load_interface
from agent_planner.ros.messages import MAP, to_pose_message
from agent_planner.scene import Pose
from agent_planner.types import number_text

_ARRAY = re.compile(r"sequence<(?P<of>.+?)(?:, (?P<most>\d+))?>|(?P<of_fixed>.+)\[(?P<exactly>\d+)\]")
_INTEGER = re.compile(r"(u?)int(8|16|32|64)")
_FLOATS = frozenset({"float", "double", "long double"})
_BYTES = frozenset({"octet", "char"})
_POSE = "geometry_msgs/Pose"


class FieldError(UserError):
    """A field does not exist or does not take the value that a binding gives it."""


def fill(message: Any, data: Mapping[str, Any], where: str = "") -> None:
    """Write ``data`` into the message's fields, nested ones too; values are converted only where nothing is lost.

    A `Pose` fits fields of the types Pose, PoseStamped (frame map), Point, Vector3 and Pose2D.

    Raises:
        FieldError: names the field, its type and what was given.
    """
    types = message.get_fields_and_field_types()
    for name, value in data.items():
        path = f"{where}{name}"
        if name not in types:
            raise FieldError(f"{_type_name(message)} has no field '{path}'; {did_you_mean(name, types)}")
        setattr(message, name, _converted(value, types[name], getattr(message, name), path))


def read(message: Any, path: str) -> Any:
    """Return the field that a dotted name leads to.

    Raises:
        FieldError: there is no such field.
    """
    owner, name = owner_of(message, path)
    return getattr(owner, name)


def owner_of(message: Any, path: str) -> tuple[Any, str]:
    """Return the (nested) message that holds the field at a dotted name, and the field's own name."""
    *outer, last = path.split(".")
    for name in outer:
        message = getattr(message, _known(message, name, path))
    return message, _known(message, last, path)


def _known(message: Any, name: str, path: str) -> str:
    if not hasattr(message, "get_fields_and_field_types"):
        raise FieldError(f"'{path}': there is nothing below a plain value")
    types = message.get_fields_and_field_types()
    if name not in types:
        raise FieldError(f"{_type_name(message)} has no field '{name}' (of '{path}'); {did_you_mean(name, types)}")
    return name


def _type_name(message: Any) -> str:
    return type(message).__name__


def _converted(value: Any, kind: str, current: Any, path: str) -> Any:
    array = _ARRAY.fullmatch(kind)
    if array:
        return _elements(value, array, kind, path)
    if kind == "boolean":
        if isinstance(value, bool):
            return value
    elif kind in _FLOATS:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif match := _INTEGER.fullmatch(kind):
        return _integer(value, bool(match[1]), int(match[2]), kind, path)
    elif kind in _BYTES:
        return _integer(value, True, 8, kind, path) if kind == "char" else bytes([_integer(value, True, 8, kind, path)])
    elif kind.startswith(("string", "wstring")):
        return _text(value, kind, path)
    elif isinstance(value, Pose):
        return _pose(value, kind, current, path)
    elif isinstance(value, Mapping):
        fill(current, value, f"{path}.")
        return current
    raise FieldError(f"'{path}' is of type {kind} and cannot take {value!r}")


def _elements(value: Any, array: re.Match[str], kind: str, path: str) -> list[Any]:
    if isinstance(value, str) or not isinstance(value, Sequence) or isinstance(value, Pose):
        raise FieldError(f"'{path}' is of type {kind} and takes a list, not {value!r}")
    exactly, most = array["exactly"], array["most"]
    if (exactly and len(value) != int(exactly)) or (most and len(value) > int(most)):
        raise FieldError(f"'{path}' is of type {kind} and cannot take {len(value)} elements")
    of = array["of"] or array["of_fixed"]
    made = (lambda: load_interface(of.replace("/", "/msg/"))()) if "/" in of else (lambda: None)
    return [_converted(v, of, made(), f"{path}[{i}]") for i, v in enumerate(value)]


def _integer(value: Any, unsigned: bool, bits: int, kind: str, path: str) -> int:
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        low, high = (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        if low <= value <= high:
            return int(value)
        raise FieldError(f"'{path}' is of type {kind} ({low} to {high}) and cannot take {number_text(value)}")
    raise FieldError(f"'{path}' is of type {kind} and cannot take {value!r}")


def _text(value: Any, kind: str, path: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FieldError(f"'{path}' is of type {kind} and cannot take {value!r}")
    text = value if isinstance(value, str) else number_text(value)
    bound = re.search(r"<(\d+)>", kind)
    if bound and len(text) > int(bound[1]):
        raise FieldError(f"'{path}' is of type {kind} and cannot take {len(text)} characters")
    return text


def _pose(value: Pose, kind: str, current: Any, path: str) -> Any:
    match kind:
        case "geometry_msgs/Pose":
            return to_pose_message(value)
        case "geometry_msgs/PoseStamped":
            current.header.frame_id = MAP
            current.pose = to_pose_message(value)
        case "geometry_msgs/Point" | "geometry_msgs/Vector3":
            current.x, current.y, current.z = map(float, value[:3])
        case "geometry_msgs/Pose2D":
            current.x, current.y, current.theta = float(value.x), float(value.y), float(value.yaw)
        case _:
            raise FieldError(f"'{path}' is of type {kind} and cannot take a pose; {did_you_mean(kind, [_POSE])}")
    return current
