# SPDX-License-Identifier: Apache-2.0
"""What is known of the world: entities, their relations, their text for the prompt, and what changed."""

from agent_planner.scene.differ import changes
from agent_planner.scene.focus import focus
from agent_planner.scene.graph import Pose, Relation, RobotState, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.text import entity_line, robot_line, scene_text

__all__ = [
    "Pose",
    "Relation",
    "RobotState",
    "SceneGraph",
    "SceneObject",
    "ScenePlace",
    "changes",
    "entity_line",
    "focus",
    "robot_line",
    "scene_text",
]
