# SPDX-License-Identifier: Apache-2.0
"""docs/teleop.md names every key and every parameter there is, with its default."""

import re
from pathlib import Path

import pytest

from agent_planner.teleop import keyboard, keys

PAGE = (Path(__file__).parents[2] / "docs" / "teleop.md").read_text(encoding="utf-8")


def table(head, after="# "):
    """The rows of a table, as lists of cells."""
    lines = PAGE.partition(after)[2].partition(f"| {head}")[2].partition("\n\n")[0].split("\n")[2:]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if line]


def named(cell):
    return re.findall(r"`([^`]+)`", cell)


def test_every_key_is_told():
    told = {key for head in ("key | base", "key | on both") for row in table(head) for key in named(row[0])}
    arrows = {keys.UP, keys.DOWN, keys.LEFT, keys.RIGHT}
    bound = {
        *keyboard.BASE_KEYS,
        *keyboard.SPEED_KEYS,
        *keyboard.ARM_KEYS,
        *keyboard.ARM_SPEED_KEYS,
        *keyboard.WORDS,
        keyboard.FRAME_KEY,
        keys.TAB,
    }
    assert told == bound - arrows | {"k"}
    for key in bound - arrows:
        assert re.search(rf"(^|[\s/]){re.escape(key)}([\s,]|$)", keyboard.HELP, re.MULTILINE) or key in "I<JLUOM>", key


def check_parameters(rows, declared):
    defaults = {parameter.name: parameter.default for parameter in declared}
    told = [name for row in rows for name in named(row[0])]
    assert sorted(told) == sorted(defaults)
    for names, cell, *_ in rows:
        shown = [{"true": "True", "false": "False", "empty": ""}.get(value, value) for value in cell.split(", ")]
        values = [str(defaults[name]) for name in named(names)]
        assert shown == values or shown * len(values) == values, names


def test_the_joysticks_parameters_are_told():
    pytest.importorskip("rclpy")
    from agent_planner.ros.teleop_joy_node import DECLARED

    check_parameters(table("parameter | default", "## The joystick"), DECLARED)


def test_the_arms_parameters_are_told():
    pytest.importorskip("rclpy")
    from agent_planner_motion.ros.parameters import PARAMETERS

    wanted = [p for p in PARAMETERS if p.name.startswith("scale.") or p.name == "incoming_command_timeout"]
    check_parameters(table("parameter | default", "## The arm"), wanted)
