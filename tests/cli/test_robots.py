# SPDX-License-Identifier: Apache-2.0
"""Profiles of robots."""

import pytest

from agent_planner.cli.robots import known_robots, load_robot
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
    with pytest.raises(UserError, match="there is no robot 'mobile'; did you mean 'mobile_manipulator'"):
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
