# SPDX-License-Identifier: Apache-2.0
"""Parameters of a node: declared with a description, and nothing else accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import FloatingPointRange, ParameterDescriptor
from rclpy.node import Node

from agent_planner.errors import UserError, did_you_mean


@dataclass(frozen=True)
class Parameter:
    """A parameter with its default.

    Attributes:
        fixed: whether it can be set at the start only.
        least: smallest value of a number.
    """

    name: str
    default: Any
    description: str
    fixed: bool = True
    least: float | None = None


def declare(node: Node, parameters: Sequence[Parameter]) -> None:
    """Declare the parameters of a node.

    Raises:
        UserError: an override names none of them, or its value has the wrong type or size.
    """
    known = {parameter.name for parameter in parameters} | {"use_sim_time"}
    for name in node._parameter_overrides:  # rclpy keeps them to itself and ignores those that nobody declares
        base = name.split(".")[0]
        if base != "qos_overrides" and name not in known:
            raise UserError(f"node '{node.get_name()}' has no parameter '{name}'; {did_you_mean(name, known)}")
    for parameter in parameters:
        descriptor = ParameterDescriptor(description=parameter.description, read_only=parameter.fixed)
        if parameter.least is not None:
            descriptor.floating_point_range = [FloatingPointRange(from_value=parameter.least, to_value=1e9)]
        try:
            node.declare_parameter(parameter.name, parameter.default, descriptor)
        except Exception as error:  # noqa: BLE001 - rclpy raises several unrelated types; all mean a wrong value
            raise UserError(f"parameter '{parameter.name}' of node '{node.get_name()}': {error}") from error
