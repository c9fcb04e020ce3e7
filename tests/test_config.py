# SPDX-License-Identifier: Apache-2.0
"""Faults in files that people write."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from agent_planner.config import parse_yaml, read_text
from agent_planner.errors import ConfigError


class Wheel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    radius: float


class Cart(BaseModel):
    model_config = ConfigDict(extra="forbid")
    wheels: tuple[Wheel, ...]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wheels:\n- radius: 1\n- radius: a\n", "f:3: wheels.1.radius: "),
        ("wheels:\n- radius: 1\n  radius: 2\n", "f:3: wheels.0.radius: stands twice"),
        ("wheels: []\nwheels: []\n", "f:2: wheels: stands twice"),
        ("wheels:\n- {radius: 1}\n- {size: 1}\n", "line 3: wheels.1.size: is no field that is known here"),
        ("3", "f: must be a mapping with the key `wheels`"),
        ("wheels: [", "f:1: is not YAML"),
        ("name: a\0b", "f: is not YAML: unacceptable character #x0000"),
        ("name: a\n? [x, y]\n: 2", "f:2: is not YAML: found unhashable key"),
    ],
)
def test_a_fault_is_told_with_line_and_field(text: str, said: str):
    with pytest.raises(ConfigError) as caught:
        parse_yaml(Cart, text, "f", needs="wheels")
    assert said in str(caught.value)


def test_what_is_right_is_read_with_its_lines():
    cart, lines = parse_yaml(Cart, "wheels:\n- radius: 1\n- radius: 2\n", "f", needs="wheels")
    assert [w.radius for w in cart.wheels] == [1.0, 2.0]
    assert [lines.line(("wheels", 1, "radius")), lines.line(("wheels", 7))] == [3, 1]
    with pytest.raises(ConfigError, match="f:3: wheels.1: too large; line 2: wheels.0: too small"):
        lines.refuse(iter([(("wheels", 1), "too large"), (("wheels", 0), "too small")]))


def test_a_file_that_is_no_text_is_told(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        read_text(tmp_path / "a")
