# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.scene import Pose, Relation, RobotState, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary

MORE = """skills:
- name: drive_beside
  description: Drive beside a thing.
  parameters: {target: {type: entity}}
  makes: [at(target)]
  action: {name: to_pose, type: nav2_msgs/action/NavigateToPose, goal: {pose: "{target.approach_pose}"}}
- name: dock_at
  description: Drive to where a thing is docked at.
  parameters: {target: {type: entity}}
  makes: [at(target)]
  action: {name: to_pose, type: nav2_msgs/action/NavigateToPose, goal: {pose: "{target.poses.dock}"}}
- name: blast
  description: Blast a thing.
  parameters: {object: {type: entity, kinds: [object]}, power: {type: number, minimum: 0, maximum: 9}}
  risk: high
"""


@pytest.fixture(scope="session")
def library() -> SkillLibrary:
    """The shipped skills, two that tell the server where to drive, and one of high risk."""
    return SkillLibrary(skills=(*SkillLibrary.load(), *SkillLibrary.parse(MORE)))


@pytest.fixture
def scene() -> SceneGraph:
    """The robot at the desk, the cup on it; a bin 4 m away; nobody knows where the key is."""
    size = (0.6, 0.4, 0.6)
    return SceneGraph(
        objects=(
            SceneObject(name="cup", pose=Pose(1.0, 0.0, 0.65), size=(0.08, 0.08, 0.1)),
            SceneObject(name="key"),
        ),
        places=(
            ScenePlace(name="desk", pose=Pose(1.0, 0.0, 0.3), size=size),
            ScenePlace(name="bin", pose=Pose(4.0, 2.0, 0.2), size=size, affordances=frozenset({"container"})),
        ),
        relations=(Relation("at", "desk"), Relation("at", "cup"), Relation("on", "cup", "desk")),
        robot=RobotState(base=Pose(0.3, 0.0)),
    )
