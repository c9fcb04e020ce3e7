# SPDX-License-Identifier: Apache-2.0
"""What can be seen of a ground truth: what is inside things that were never open is left out."""

from agent_planner_interfaces.msg import Relation as RelationMessage
from agent_planner_interfaces.msg import SceneGraph as SceneMessage

from agent_planner.ros.messages import to_scene


def observed(truth: SceneMessage) -> SceneMessage:
    """Return the scene as a perception node would report it, with relations.

    Raises:
        SceneMessageError: a name or a number of it is wrong.
    """
    found = to_scene(truth).relations
    unexplored = {place.name for place in truth.places if not place.explored}
    inside = {r.a: r.b for r in found if r.name in ("in", "on")}
    hidden = {thing.name for thing in truth.objects if _is_hidden(thing.name, inside, unexplored)}
    message = SceneMessage(header=truth.header, places=truth.places, robot=truth.robot)
    message.objects = [thing for thing in truth.objects if thing.name not in hidden]
    seen = [r for r in found if r.a not in hidden and r.b not in hidden]
    message.relations = [RelationMessage(name=r.name, a=r.a, b=r.b) for r in seen]
    message.robot.holding = next((r.a for r in seen if r.name == "holding"), "")
    return message


def _is_hidden(name: str, inside: dict[str, str], unexplored: set[str]) -> bool:
    below: set[str] = set()
    while name in inside and name not in below:
        below.add(name)
        name = inside[name]
        if name in unexplored:
            return True
    return False
