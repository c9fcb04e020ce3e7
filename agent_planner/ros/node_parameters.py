# SPDX-License-Identifier: Apache-2.0
"""Parameters of a node: declared with a description, and nothing else admitted."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.exceptions import InvalidParameterTypeException, InvalidParameterValueException
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter

from agent_planner.errors import UserError, did_you_mean

# rclpy takes these itself.
_OF_ROS = ("qos_overrides.", "use_sim_time", "start_type_description_service")


@dataclass(frozen=True)
class Declared:
    """One parameter. ``choices`` are the only words that it takes; ``low`` and ``high`` bound a number.

    A type as ``default`` means that there is none: the value is None where nobody sets it.
    """

    name: str
    default: Any
    description: str
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    changeable: bool = False


def declare(node: Node, parameters: Iterable[Declared]) -> dict[str, Any]:
    """Declare every parameter and return their values.

    Raises:
        UserError: an override has the wrong type or value, or names no parameter of this node.
    """
    parameters = tuple(parameters)
    values = {p.name: _declared(node, p) for p in parameters}
    refuse_undeclared(node, values)
    return values


def refuse_undeclared(node: Node, known: Iterable[str]) -> None:
    """Raise UserError where an override names no declared parameter: a typing error must not pass in silence."""
    known = set(known)
    for name in node._parameter_overrides:
        if name not in known and not name.startswith(_OF_ROS):
            raise UserError(f"the node '{node.get_name()}' has no parameter '{name}'; {did_you_mean(name, known)}")


def check(parameter: Declared, value: Any) -> None:
    """Raise UserError where a value is not admitted."""
    if parameter.choices and value not in parameter.choices:
        raise UserError(f"the parameter {parameter.name} is '{value}'; {did_you_mean(str(value), parameter.choices)}")


def _declared(node: Node, parameter: Declared) -> Any:
    try:
        value = node.declare_parameter(parameter.name, parameter.default, _descriptor(parameter)).value
    except InvalidParameterTypeException as error:
        raise UserError(f"the parameter {parameter.name} must be of type {_type_text(parameter.default)}") from error
    except InvalidParameterValueException as error:
        bounds = f"{parameter.low} to {parameter.high}"
        raise UserError(f"the parameter {parameter.name} must be within {bounds}") from error
    check(parameter, value)
    return value


def _type_text(default: Any) -> str:
    if isinstance(default, RosParameter.Type):
        return default.name.lower().replace("_", " ")
    return f"{type(default).__name__}, e.g. {default!r}"


def _descriptor(parameter: Declared) -> ParameterDescriptor:
    choices = f" One of: {', '.join(parameter.choices)}." if parameter.choices else ""
    descriptor = ParameterDescriptor(
        name=parameter.name, description=parameter.description + choices, read_only=not parameter.changeable
    )
    if parameter.low is not None and parameter.high is not None:
        if isinstance(parameter.default, int):
            bounds = IntegerRange(from_value=int(parameter.low), to_value=int(parameter.high), step=0)
            descriptor.integer_range = [bounds]
        else:
            bounds = FloatingPointRange(from_value=float(parameter.low), to_value=float(parameter.high), step=0.0)
            descriptor.floating_point_range = [bounds]
    return descriptor
