# SPDX-License-Identifier: Apache-2.0
"""A tour of the places, so that a robot that knows only what it has seen knows what there is."""

from collections.abc import Callable, Iterable

from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import NavigateTo

from agent_planner.errors import InfrastructureError
from agent_planner.ros.action_client import SafeActionClient
from agent_planner.ros.client_node import ClientNode
from agent_planner.scene import SceneGraph
from agent_planner.scene.graph import CONTAINER, SURFACE

_SERVER_SECONDS, _DRIVE_SECONDS = 60.0, 600.0


def worth_a_look(scene: SceneGraph) -> list[str]:
    """Names of the places on or in which something could be seen, what stands on another one left out."""
    return [
        place.name
        for place in scene.places
        if place.affordances & {SURFACE, CONTAINER} and place.is_open and scene.location(place.name) is None
    ]


def look_around(client: ClientNode, places: Iterable[str], told: Callable[[str], None] = lambda _: None) -> list[str]:
    """Drive to each place in turn; returns those that could not be reached.

    Args:
        client: an open one.
        places: their names, in the order of the tour.
        told: hears the name of the place that is next.

    Raises:
        InfrastructureError: there is no navigation server, or it does not answer.
    """
    driver = SafeActionClient(client.node, NavigateTo, "navigate_to")
    try:
        client.wait_until(driver.server_is_ready, _SERVER_SECONDS, "the action navigate_to")
        missed = []
        for place in places:
            told(place)
            if not _driven(client, driver, place):
                missed.append(place)
        return missed
    finally:
        driver.destroy()


def _driven(client: ClientNode, driver: SafeActionClient, place: str) -> bool:
    handle = client.wait_for(driver.send_goal_async(NavigateTo.Goal(target=place)), _SERVER_SECONDS, "navigate_to")
    if not handle.accepted:
        return False
    try:
        answer = client.wait_for(handle.get_result_async(), _DRIVE_SECONDS, f"navigate_to {place}")
    except InfrastructureError:
        handle.cancel_goal_async()
        raise
    return answer.status == GoalStatus.STATUS_SUCCEEDED and answer.result.error_code == 0
