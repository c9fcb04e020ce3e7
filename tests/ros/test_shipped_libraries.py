# SPDX-License-Identifier: Apache-2.0
"""The shipped libraries fit the interfaces that they name, wherever these are installed."""

import pytest

from agent_planner.errors import ConfigError
from agent_planner.ros.binding import check_binding, request_of
from agent_planner.ros.interface_types import is_installed
from agent_planner.scene import Pose, SceneGraph, SceneObject
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import DEFAULT_LIBRARY, library_file, shipped_libraries
from agent_planner.types import Call

LIBRARIES = {name: SkillLibrary.load(library_file(name)) for name in shipped_libraries()}
SCENE = SceneGraph(objects=(SceneObject(name="red cube", pose=Pose(2.0, 0.1, 0.6), size=(0.04, 0.04, 0.04)),))


def type_of(skill) -> str:
    return (skill.action or skill.service).type


def packages() -> list[tuple[str, str]]:
    return sorted({(name, type_of(s).partition("/")[0]) for name, library in LIBRARIES.items() for s in library})


def of(library: str, name: str):
    skill = LIBRARIES[library][name]
    if not is_installed(type_of(skill)):
        pytest.skip(f"{type_of(skill)} is not installed")
    return skill


@pytest.mark.parametrize(("name", "package"), packages())
def test_every_binding_fits_its_type(name, package):
    skills = [s for s in LIBRARIES[name] if type_of(s).startswith(f"{package}/")]
    if not any(is_installed(type_of(s)) for s in skills):
        pytest.skip(f"{package} is not installed")
    assert [fault for s in skills for fault in check_binding(s)] == []


def test_nav2_is_sent_to_a_pose_beside_the_thing():
    goal = request_of(of("nav2_moveit", "navigate_to"), Call("navigate_to", {"target": "red cube"}), SCENE)
    assert goal.pose.header.frame_id == "map"
    assert (goal.pose.pose.position.x, goal.pose.pose.position.y) == pytest.approx((1.48, 0.1))


def test_moveit_is_given_joints_or_a_region_around_the_thing():
    goal = request_of(of("nav2_moveit", "move_arm"), Call("move_arm", {"posture": "stow"}), SCENE)
    (constraints,) = goal.request.goal_constraints
    assert [joint.position for joint in constraints.joint_constraints] == [0.0, -1.2, 2.4, 0.0, 0.6, 0.0]
    goal = request_of(of("nav2_moveit", "point_at"), Call("point_at", {"object": "red cube"}), SCENE)
    (region,) = goal.request.goal_constraints[0].position_constraints
    assert region.constraint_region.primitive_poses[0].position.x == 2.0


def test_controllers_are_given_trajectories_and_positions():
    goal = request_of(of("ur5e_tabletop", "move_arm"), Call("move_arm", {"posture": "home"}), SCENE)
    assert list(goal.trajectory.points[0].positions) == [0.0, -1.571, 1.571, -1.571, -1.571, 0.0]
    goal = request_of(of("ur5e_tabletop", "set_gripper"), Call("set_gripper", {"state": "closed"}), SCENE)
    assert (goal.command.name, list(goal.command.position)) == (["finger_joint"], [0.8])


def test_a_library_is_chosen_by_name_or_by_path(tmp_path):
    (tmp_path / "mine.yaml").write_text(DEFAULT_LIBRARY.read_text())
    assert library_file("") == DEFAULT_LIBRARY
    assert library_file("turtlebot4").name == "turtlebot4.yaml"
    assert library_file(str(tmp_path / "mine.yaml")) == tmp_path / "mine.yaml"
    with pytest.raises(ConfigError, match=r"turtlebot: there is no such skill library; did you mean 'turtlebot4'\?"):
        library_file("turtlebot")
