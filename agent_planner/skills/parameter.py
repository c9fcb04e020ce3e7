# SPDX-License-Identifier: Apache-2.0
"""Parameters of a skill and the values they admit."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from agent_planner.errors import CallRefused, did_you_mean
from agent_planner.scene import SceneGraph
from agent_planner.types import Value, number_text

Kind = Literal["object", "place"]

# The fields that mean something for each type, beside `description`.
_FIELDS = {
    "entity": {"kinds", "affordances"},
    "number": {"minimum", "maximum", "unit"},
    "enum": {"values", "data"},
    "text": {"max_length"},
}
# What both a call, in quotes, and a goal, between commas and brackets, can say.
_LONGEST = 80
# No grammar has a number beyond 1e18.
_FARTHEST = 1e15
_WORD = re.compile(r'[^\s"\\(),;]+(?: [^\s"\\(),;]+)*')


class Parameter(BaseModel):
    """One parameter: an entity of the scene, a number with bounds and unit, one of a few words, or free text.

    The words of an enum may stand for data that only the binding sees (``values: {stow: [0.0, -1.57], …}``): the words
    are then ``values``, what they stand for is ``data``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    type: Literal["entity", "number", "enum", "text"]
    description: str = ""
    kinds: tuple[Kind, ...] = ("object", "place")
    affordances: tuple[str, ...] = ()
    minimum: float | None = Field(default=None, ge=-_FARTHEST, le=_FARTHEST)
    maximum: float | None = Field(default=None, ge=-_FARTHEST, le=_FARTHEST)
    unit: str = ""
    values: tuple[str, ...] = ()
    data: dict[str, Any] = Field(default_factory=dict)
    max_length: int = Field(default=200, ge=1, le=2000)

    @model_validator(mode="before")
    @classmethod
    def _words_and_data(cls, fields: Any) -> Any:
        if isinstance(fields, Mapping) and "data" in fields:
            raise ValueError("write `values: {word: data, …}`; `data` is not written itself")
        if isinstance(fields, Mapping) and isinstance(values := fields.get("values"), Mapping):
            return {**fields, "values": tuple(values), "data": dict(values)}
        return fields

    @model_validator(mode="after")
    def _fits_its_type(self) -> "Parameter":
        for name in sorted(self.model_fields_set - {"type", "description"} - _FIELDS[self.type]):
            raise ValueError(f"`{name}` means nothing for type {self.type}; {_of_types(name)}")
        if not self.kinds:
            raise ValueError("`kinds` is empty; leave it out where both are meant")
        if self.type == "enum" and not self.values:
            raise ValueError("an enum needs `values`")
        if len(set(self.values)) < len(self.values):
            raise ValueError(f"a word stands twice in `values`: {', '.join(self.values)}")
        if self.type == "number":
            if self.minimum is None or self.maximum is None:
                raise ValueError("a number needs `minimum` and `maximum`")
            if self.minimum > self.maximum:
                raise ValueError(f"minimum {self.minimum:g} is above maximum {self.maximum:g}")
        return self

    @field_validator("values")
    @classmethod
    def _can_be_said(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for word in values:
            if not _WORD.fullmatch(word) or not word.isprintable() or "then" in word.split() or len(word) > _LONGEST:
                raise ValueError(
                    f"{word!r} cannot be said in a call or a goal; a word has no quotes, brackets, commas, "
                    f"semicolons, `then` or spaces around it, and at most {_LONGEST} characters"
                )
        return values

    def candidates(self, scene: SceneGraph) -> tuple[str, ...]:
        """Names of the entities that may stand here, in the scene's order (entity parameters only)."""
        return tuple(
            name
            for name, entity in scene.entities.items()
            if entity.kind in self.kinds and entity.affordances >= set(self.affordances)
        )

    def check(self, name: str, value: object, scene: SceneGraph) -> Value:
        """Return the value in its own type.

        Raises:
            CallRefused: BAD_TYPE, UNKNOWN_ENTITY, WRONG_KIND, OUT_OF_BOUNDS or UNKNOWN_VALUE.
        """
        if self.type == "number":
            return self._number(name, value)
        if not isinstance(value, str):
            raise CallRefused("BAD_TYPE", f"{name} must be text, not {value!r}")
        if self.type == "entity":
            return self._entity(name, value, scene)
        if self.type == "enum" and value not in self.values:
            raise CallRefused("UNKNOWN_VALUE", f"{name}='{value}'; {did_you_mean(value, self.values)}")
        if len(value) > self.max_length:
            raise CallRefused("OUT_OF_BOUNDS", f"{name} is longer than {self.max_length} characters")
        return value

    def _number(self, name: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise CallRefused("BAD_TYPE", f"{name} must be a number, not {value!r}")
        low, high = self.minimum or 0.0, self.maximum or 0.0
        if not low <= value <= high:  # also refuses nan
            bounds = f"{low:g} to {high:g} {self.unit}".strip()
            raise CallRefused("OUT_OF_BOUNDS", f"{name}={number_text(value)} is outside {bounds}")
        return float(value)

    def _entity(self, name: str, value: str, scene: SceneGraph) -> str:
        if value not in scene.entities:
            raise CallRefused("UNKNOWN_ENTITY", f"'{value}' is not in the scene; {did_you_mean(value, scene.entities)}")
        fitting = self.candidates(scene)
        if value not in fitting:
            wanted = " ".join([*self.affordances, " or ".join(self.kinds)])
            raise CallRefused("WRONG_KIND", f"{name} must be a {wanted}; '{value}' is not one")
        return value


def _of_types(name: str) -> str:
    return f"it is for {', '.join(kind for kind, fields in _FIELDS.items() if name in fields)}"
