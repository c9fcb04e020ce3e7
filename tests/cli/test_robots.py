# SPDX-License-Identifier: Apache-2.0
"""Profiles of robots."""

import pytest

from agent_planner.cli.options import Simulator
from agent_planner.cli.robots import in_simulator, known_robots, load_robot, variant
from agent_planner.errors import ConfigError, UserError

PROFILE = """
name: mine
description: A robot of my own.
skills: my_skills.yaml
nodes:
- {name: planner, package: agent_planner, executable: planner}
"""


def test_every_shipped_profile_is_valid_and_has_skills():
    for name in known_robots():
        robot = load_robot(name)
        assert robot.name == name
        assert robot.library().skills
        assert robot.nodes[0].name == "planner"


def test_an_unknown_name_is_told_with_the_known_ones():
    with pytest.raises(UserError, match="mobile: there is no such robot; did you mean 'mobile_manipulator'"):
        load_robot("mobile")


def test_a_file_of_ones_own_finds_its_skills_beside_it(tmp_path):
    (tmp_path / "mine.yaml").write_text(PROFILE)
    robot = load_robot(str(tmp_path / "mine.yaml"))
    assert robot.skills_file == tmp_path / "my_skills.yaml"
    assert not robot.simulated
    assert robot.discovery == "SUBNET"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("skills: my_skills.yaml", "skils: my_skills.yaml", "skils: is no field that is known here"),
        ("name: planner,", "name: planner, nice: -5,", "nodes.0.nice"),
        ("name: planner,", "name: My Planner,", "nodes.0.name"),
        ("description: A robot of my own.", "", "description: is missing"),
        (PROFILE, "- a list", "must be a mapping with the key `nodes`"),
        (PROFILE, "a: [", "mine.yaml:1: is not YAML"),
    ],
)
def test_a_wrong_field_is_named(tmp_path, old, new, said):
    path = tmp_path / "mine.yaml"
    path.write_text(PROFILE.replace(old, new))
    with pytest.raises(ConfigError) as error:
        load_robot(str(path))
    assert said in str(error.value)
    assert str(path) in str(error.value)


def test_a_robot_of_ones_own_has_its_variants_beside_it(tmp_path):
    path, other = tmp_path / "mine.yaml", tmp_path / "mine_gazebo.yaml"
    path.write_text(PROFILE)
    with pytest.raises(UserError, match=r"no profile for gazebo: there is no mine_gazebo.yaml beside mine.yaml.*none"):
        in_simulator(str(path), Simulator.GAZEBO)
    other.write_text(PROFILE)
    assert in_simulator(str(path), Simulator.GAZEBO) == str(other)


def test_what_simulates_a_robot_is_told_by_its_programs(tmp_path):
    (tmp_path / "mine.yaml").write_text(PROFILE)
    assert load_robot(str(tmp_path / "mine.yaml")).simulator is None
    assert load_robot("mobile_manipulator").simulator is Simulator.MUJOCO
    assert load_robot("mobile_manipulator_gazebo").simulator is Simulator.GAZEBO


def test_a_shipped_robot_in_a_simulator():
    name, in_gazebo = "mobile_manipulator", "mobile_manipulator_gazebo"
    assert in_simulator(name, Simulator.MUJOCO) == name
    assert in_simulator(name, Simulator.GAZEBO) == in_simulator(in_gazebo, Simulator.GAZEBO) == in_gazebo
    with pytest.raises(UserError, match=f"'{in_gazebo}' has no profile for mujoco"):
        in_simulator(in_gazebo, Simulator.MUJOCO)
    with pytest.raises(UserError, match="mobile: there is no such robot; did you mean"):
        in_simulator("mobile", Simulator.GAZEBO)


@pytest.mark.parametrize("name", ["mobile_manipulator", "fixed_arm", "delivery_base"])
def test_the_programs_of_a_shipped_robot_are_told_what_its_description_says(name):
    pytest.importorskip("mujoco")
    from agent_planner_sim.robots import ROBOTS
    from agent_planner_sim.scenes import BUILDERS

    profile, robot = load_robot(name), ROBOTS[name]()
    given = {node.executable: node.parameters for node in profile.nodes}
    assert profile.simulator is Simulator.MUJOCO
    assert given["simulator"].get("robot", "mobile_manipulator") == name
    assert profile.default_scene in BUILDERS
    supervised = given["supervisor"]
    assert supervised.get("base", "mobile") == ("mobile" if robot.base else "fixed")
    assert tuple(supervised.get("arm_joints", ())) == robot.arm
    skills = set(profile.library().by_name)
    assert ("navigate_to" in skills) == (robot.base is not None)
    assert ("pick" in skills) == bool(robot.fingers)
    assert ("simulated_person" in given) == ("load" in skills) == all(robot.deck)


def test_a_camera_in_gazebo_has_no_profile_and_that_is_told():
    with pytest.raises(UserError, match="'mobile_manipulator_gazebo' has no profile for camera"):
        variant("mobile_manipulator_gazebo", "camera")


@pytest.mark.parametrize("name", ["mobile_manipulator", "fixed_arm", "delivery_base"])
def test_in_gazebo_the_robot_is_the_same(name):
    here, there = load_robot(name), load_robot(f"{name}_gazebo")
    assert here.nodes[-1].name == "simulator"
    assert there.nodes[: len(here.nodes) - 1] == here.nodes[:-1]
    assert [node.name for node in there.nodes[len(here.nodes) - 1 :]] == ["simulator", "bridge", "gazebo"]
    robots = {node.parameters.get("robot", "mobile_manipulator") for node in there.nodes[-3:]}
    assert robots == {name}
    unlike = {"name", "description", "nodes"}
    assert there.model_dump(exclude=unlike) == here.model_dump(exclude=unlike)


def test_a_variant_of_ones_own_robot_replaces_programs_and_adds_some(tmp_path):
    (tmp_path / "mine.yaml").write_text(PROFILE)
    text = """
variant_of: mine
name: mine_loud
description: My robot, louder.
nodes:
- {name: planner, package: agent_planner, executable: planner, nice: 3}
- {name: horn, package: my_horn, executable: horn}
"""
    path = tmp_path / "mine_loud.yaml"
    path.write_text(text)
    loud = load_robot(variant(str(tmp_path / "mine.yaml"), "loud"))
    assert (loud.name, [(node.name, node.nice) for node in loud.nodes]) == ("mine_loud", [("planner", 3), ("horn", 0)])
    assert loud.skills_file == tmp_path / "my_skills.yaml"
    path.write_text(text.replace("variant_of: mine", "variant_of: yours"))
    with pytest.raises(ConfigError, match=r"mine_loud.yaml:2.*variant_of: there is no yours.yaml beside it"):
        load_robot(str(path))
