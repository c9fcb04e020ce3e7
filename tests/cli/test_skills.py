# SPDX-License-Identifier: Apache-2.0
"""`agent-planner skills`: a library is chosen by name or path, listed, copied."""

import pytest

from agent_planner.cli.skills import copy, list_skills
from agent_planner.cli.skills_from_graph import from_graph
from agent_planner.errors import ConfigError, UserError
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import shipped_libraries


@pytest.mark.parametrize("name", shipped_libraries())
def test_a_shipped_library_is_listed_and_copied_by_its_name(name, tmp_path, capsys):
    list_skills(name)
    listed = capsys.readouterr().out
    copy(name, tmp_path / "mine.yaml")
    assert all(f"{skill.name}(" in listed for skill in SkillLibrary.load(tmp_path / "mine.yaml"))


def test_what_is_there_is_not_written_over(tmp_path):
    (tmp_path / "mine.yaml").write_text("precious")
    with pytest.raises(UserError, match="is there already"):
        copy("turtlebot4", tmp_path / "mine.yaml")
    with pytest.raises(UserError, match="is there already"):
        from_graph(out=tmp_path / "mine.yaml")
    assert (tmp_path / "mine.yaml").read_text() == "precious"
    with pytest.raises(UserError, match="cannot be written: No such file or directory"):
        copy("turtlebot4", tmp_path / "no" / "mine.yaml")


def test_an_unknown_name_is_told_with_the_known_ones():
    with pytest.raises(ConfigError, match="there is no such skill library; did you mean 'nav2_moveit'"):
        list_skills("nav2_movit")
