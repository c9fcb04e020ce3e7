# SPDX-License-Identifier: Apache-2.0
"""The colours and shapes that segmentation knows, from YAML."""

from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent_planner.config import parse_yaml, read_text
from agent_planner.errors import did_you_mean
from agent_planner.perception.rigid import Vec3

DEFAULT_VOCABULARY = Path(__file__).parent / "vocabulary.yaml"
Rgb = tuple[float, float, float]


class Kind(BaseModel):
    """A kind of thing: one shape in one or more sizes, metres; of a cylinder or ball the first two are its diameter.

    Attributes:
        color: of things of this kind, where all have the same.
        top: colour of the middle of a cylinder's upper face, where it is another (the opening of a cup).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shape: Literal["box", "cylinder", "ball"]
    sizes: tuple[Vec3, ...] = Field(min_length=1)
    color: str = ""
    top: str = ""

    @model_validator(mode="after")
    def _sizes_fit_the_shape(self) -> "Kind":
        for size in self.sizes:
            if min(size) <= 0:
                raise ValueError(f"{list(size)} is no size")
            if self.shape != "box" and size[0] != size[1]:
                raise ValueError(f"a {self.shape} is as deep as it is wide, {list(size)} is not")
        return self


class Form(NamedTuple):
    """A kind in one size and lying on one side: extents with the last one upward, the first not below the second.

    Attributes:
        shape: ``box``, ``cylinder`` (upright), ``lying`` (a cylinder along its first extent) or ``ball``.
    """

    kind: str
    shape: str
    size: Vec3


class Vocabulary(BaseModel):
    """Colours by name, as red, green and blue from 0 to 1, and kinds by noun."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    colors: dict[str, Rgb] = Field(min_length=1)
    kinds: dict[str, Kind]

    @model_validator(mode="after")
    def _colors_are_known(self) -> "Vocabulary":
        for noun, kind in self.kinds.items():
            for color in (kind.color, kind.top):
                if color and color not in self.colors:
                    raise ValueError(f"kinds.{noun}: colour '{color}'; {did_you_mean(color, self.colors)}")
        return self

    @classmethod
    def load(cls, path: Path | str = DEFAULT_VOCABULARY) -> "Vocabulary":
        """Read a vocabulary file.

        Raises:
            ConfigError: it is missing, is no YAML, or a field is wrong; names file, line and field.
        """
        return parse_yaml(cls, read_text(path), str(path), needs="colors")[0]

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """Every kind in every size, on every side that it can lie on."""
        found: dict[Form, None] = {}
        for noun, kind in self.kinds.items():
            for size in kind.sizes:
                found |= dict.fromkeys(_forms(noun, kind.shape, size))
        return tuple(found)

    @cached_property
    def largest(self) -> float:
        """The largest extent of any kind, metres."""
        return max((max(form.size) for form in self.forms), default=0.0)


def _forms(noun: str, shape: str, size: Vec3) -> list[Form]:
    if shape == "ball":
        return [Form(noun, "ball", size)]
    if shape == "cylinder":
        width, _, length = size
        return [Form(noun, "cylinder", size), Form(noun, "lying", (max(length, width), min(length, width), width))]
    sides = [(size[i], size[j], size[k]) for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 2, 0))]
    return [Form(noun, "box", (max(a, b), min(a, b), up)) for a, b, up in sides]
