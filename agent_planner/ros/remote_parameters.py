# SPDX-License-Identifier: Apache-2.0
"""Parameters of another node."""

from collections.abc import Sequence
from typing import Any

from rcl_interfaces.srv import GetParameters
from rclpy.parameter import parameter_value_to_python

from agent_planner.ros.client_node import ClientNode


def read_parameters(client: ClientNode, node: str, names: Sequence[str], seconds: float) -> dict[str, Any]:
    """Their values by name; None for one that is not set.

    Raises:
        InfrastructureError: the node does not answer in time.
    """
    what = f"the {node}'s parameters"
    service = client.node.create_client(GetParameters, f"{node}/get_parameters")
    try:
        client.wait_until(service.service_is_ready, seconds, what)
        # One by one: asked for several of which one is not set, a node gives none at all.
        futures = {name: service.call_async(GetParameters.Request(names=[name])) for name in names}
        answers = {name: client.wait_for(future, seconds, what).values for name, future in futures.items()}
    finally:
        client.node.destroy_client(service)
    return {name: parameter_value_to_python(values[0]) if values else None for name, values in answers.items()}
