# SPDX-License-Identifier: Apache-2.0
from types import SimpleNamespace

import pytest

pytest.importorskip("ament_index_python")

from agent_planner.errors import ConfigError, UserError
from agent_planner.ros.launching import end_if_refused, given, is_true, share

KINDS = {"model": str, "seed": int, "rtf": float, "look_ahead": bool}


def test_what_is_empty_is_left_to_the_parameter_file():
    arguments = {"model": "", "seed": " ", "rtf": "2", "look_ahead": "False", "other": "x"}
    assert given(arguments, KINDS) == {"rtf": 2.0, "look_ahead": False}


def test_values_have_the_types_of_their_parameters():
    found = given({"model": "7", "seed": "7", "rtf": "7", "look_ahead": "true"}, KINDS)
    assert found == {"model": "7", "seed": 7, "rtf": 7.0, "look_ahead": True}
    assert [type(value) for value in found.values()] == [str, int, float, bool]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("seed", "3.5", "seed:=3.5 must be a number .int"),
        ("rtf", "fast", "rtf:=fast must be a number"),
        ("look_ahead", "yes", "look_ahead:=yes must be true or false"),
    ],
)
def test_a_value_of_another_type_is_told(name, value, told):
    with pytest.raises(UserError, match=told):
        given({name: value}, {name: KINDS[name]})


def test_a_switch_must_be_true_or_false():
    assert is_true({"respawn": "True"}, "respawn")
    assert not is_true({"respawn": "0"}, "respawn")
    with pytest.raises(UserError, match="respawn:= must be true or false"):
        is_true({"respawn": ""}, "respawn")


def test_files_are_found_in_share_folders_and_missing_ones_are_told(tmp_path, monkeypatch):
    folder = tmp_path / "share" / "our_robot"
    index = tmp_path / "share" / "ament_index" / "resource_index" / "packages"
    (folder / "config").mkdir(parents=True)
    index.mkdir(parents=True)
    (index / "our_robot").touch()
    (folder / "config" / "arm.yaml").touch()
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    assert share("our_robot", "config/arm.yaml") == str(folder / "config" / "arm.yaml")
    with pytest.raises(ConfigError, match="our_robot.*arm.yaml"):
        share("our_robot", "config/leg.yaml")
    with pytest.raises(UserError, match="'their_robot' is not installed"):
        share("their_robot", "config/arm.yaml")


def test_a_program_that_refuses_its_parameters_is_told_from_one_that_dies():
    assert end_if_refused(SimpleNamespace(returncode=-9), None) is None
    assert end_if_refused(SimpleNamespace(returncode=2), SimpleNamespace(is_shutdown=True)) is None
