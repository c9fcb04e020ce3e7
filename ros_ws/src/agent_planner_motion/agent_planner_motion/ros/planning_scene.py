# SPDX-License-Identifier: Apache-2.0
"""What is in the hand, as MoveIt's planning scene has it."""

from collections.abc import Sequence
from typing import Any

from geometry_msgs.msg import Pose
from rclpy.node import Node

from agent_planner.ros.interface_types import load_interface
from agent_planner_motion.ros.messages import pose_message
from agent_planner_motion.skills.ways import Held


class HeldObject:
    """Publishes on `planning_scene` that a box is attached to the end effector, and that it no longer is.

    The object has the name that it has in our scene: MoveIt takes one of that name in its world for the same.

    Args:
        node: the node.
        link: the end effector's.
        touching: links beside it that may touch the object.

    Raises:
        InterfaceMissing: moveit_msgs is not installed.
    """

    def __init__(self, node: Node, link: str, touching: Sequence[str]):
        self._link, self._touching = link, list(touching)
        self._scene = load_interface("moveit_msgs/msg/PlanningScene")
        self._attached = load_interface("moveit_msgs/msg/AttachedCollisionObject")
        self._object = load_interface("moveit_msgs/msg/CollisionObject")
        self._primitive = load_interface("shape_msgs/msg/SolidPrimitive")
        self._publisher = node.create_publisher(self._scene, "planning_scene", 10)
        self._held: Held | None = None

    def show(self, held: Held | None) -> None:
        """Publish what has changed."""
        before, self._held = self._held, held
        name = None if held is None else held.name
        if before is not None and before.name != name:
            self._publisher.publish(self._without(before.name))
        if held is not None and (before is None or before.name != name):
            self._publisher.publish(self.scene())

    def scene(self) -> Any:
        """Return a diff to the planning scene that has in the hand what was shown last."""
        scene = self._diff()
        if self._held is not None:
            scene.robot_state.attached_collision_objects = [self._box(self._held)]
        return scene

    def _without(self, name: str) -> Any:
        """Return a diff to the planning scene in which an object is neither in the hand nor where the hand left it.

        MoveIt puts what is detached into its world. Where it lies is for those to tell who see it.
        """
        scene = self._diff()
        gone = self._object(id=name, operation=self._object.REMOVE)
        scene.robot_state.attached_collision_objects = [self._attached(link_name=self._link, object=gone)]
        scene.world.collision_objects = [gone]
        return scene

    def _diff(self) -> Any:
        scene = self._scene(is_diff=True)
        scene.robot_state.is_diff = True
        return scene

    def _box(self, held: Held) -> Any:
        box = self._object(id=held.name, pose=pose_message(held.pose), operation=self._object.ADD)
        box.header.frame_id = self._link
        box.primitives = [self._primitive(type=self._primitive.BOX, dimensions=held.size.tolist())]
        box.primitive_poses = [Pose()]
        return self._attached(link_name=self._link, object=box, touch_links=self._touching)
