# SPDX-License-Identifier: Apache-2.0
"""A policy: bounds that nothing may exceed, and rules in order, of which the first that matches decides.

`docs/policy.md` tells how to write one.
"""

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent_planner.config import chosen_file, parse_yaml, read_text
from agent_planner.errors import did_you_mean
from agent_planner.safety.polygons import Polygon
from agent_planner.scene.graph import NAME_PATTERN, name_of
from agent_planner.skills import SkillLibrary

SHIPPED = Path(__file__).parents[1] / "policies"
_NAME = r"^[a-z][a-z0-9_ ]{0,39}$"

Fault = tuple[tuple[int | str, ...], str]
ZoneName = Annotated[str, Field(pattern=_NAME)]


class Effect(Enum):
    """What a rule decides."""

    ALLOW = "allow"
    ASK = "ask"
    HAND_OVER = "hand_over"
    DENY = "deny"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Range(_Strict):
    """Of a number, both ends included; one of them may be left out."""

    minimum: float | None = None
    maximum: float | None = None

    @model_validator(mode="after")
    def _bounds_something(self) -> "Range":
        if self.minimum is None and self.maximum is None:
            raise ValueError("give a `minimum`, a `maximum` or both")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum:g} is above maximum {self.maximum:g}")
        return self

    def holds(self, value: float) -> bool:
        """Whether a number lies within; what is not a number does not."""
        return not (self.minimum is not None and not value >= self.minimum) and not (
            self.maximum is not None and not value <= self.maximum
        )

    def __str__(self) -> str:
        if self.minimum is None:
            return f"at most {self.maximum:g}"
        return f"at least {self.minimum:g}" if self.maximum is None else f"{self.minimum:g} to {self.maximum:g}"


class Bounds(_Strict):
    """What no rule can allow.

    Attributes:
        workspace: the area that no call may lead out of.
        keep_out: areas that no call may lead into, by name.
        margin_m: how far the base's centre must stay from the edges of both, metres.
        reach_m: from the base's centre to the nearest point of what the arm works on, metres on the floor.
        arguments: by skill and parameter, narrower than the library has them.
    """

    workspace: Polygon | None = None
    keep_out: dict[ZoneName, Polygon] = {}
    margin_m: float = Field(default=0.0, ge=0)
    reach_m: float | None = Field(default=None, gt=0)
    arguments: dict[str, dict[str, Range]] = {}


class Rule(_Strict):
    """Matches where all that it names fits; of several values in one field any may. Names nothing: matches always.

    Attributes:
        name: for messages and the record.
        then: what it decides.
        because: the reason that the model and the person read.
        skills: names of skills.
        risks: risks of skills.
        kinds: kinds of an entity that the call names.
        entities: names of entities that the call names.
        zones: areas that the call leads into.
        arguments: numbers of the call, by parameter.
    """

    name: str = Field(min_length=1, max_length=60)
    then: Effect
    because: str = Field("", max_length=160)
    skills: tuple[str, ...] = ()
    risks: tuple[Literal["low", "medium", "high"], ...] = ()
    kinds: tuple[Literal["object", "place"], ...] = ()
    entities: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    arguments: dict[str, Range] = {}

    @model_validator(mode="after")
    def _lists_are_not_empty(self) -> "Rule":
        for name in self.model_fields_set - {"name", "then", "because"}:
            if not getattr(self, name):
                raise ValueError(f"`{name}` is empty; leave it out where the rule is to match whatever it is")
        return self


class Policy(_Strict):
    """Zones are areas that rules name; frame map, metres."""

    zones: dict[ZoneName, Polygon] = {}
    bounds: Bounds = Bounds()
    rules: tuple[Rule, ...] = Field(min_length=1)

    @classmethod
    def load(cls, path: Path, library: SkillLibrary | None = None) -> "Policy":
        """Read a policy file.

        Raises:
            ConfigError: it cannot be read or is wrong, by itself or for the library; names file, line and field.
        """
        return cls.parse(read_text(path), str(path), library)

    @classmethod
    def parse(cls, text: str, where: str = "<text>", library: SkillLibrary | None = None) -> "Policy":
        """Read a policy from YAML text; errors as in `load`."""
        policy, lines = parse_yaml(cls, text, where, needs="rules")
        lines.refuse(policy.faults(library))
        return policy

    def faults(self, library: SkillLibrary | None = None) -> Iterator[Fault]:
        """What would never come to anything: names that nothing has, a margin of nothing, rules after one for all."""
        if self.bounds.margin_m and self.bounds.workspace is None and not self.bounds.keep_out:
            yield ("bounds", "margin_m"), "is kept from the edges of `workspace` and `keep_out`, and neither is there"
        seen: set[str] = set()
        for index, rule in enumerate(self.rules):
            at = ("rules", index)
            if rule.name in seen:
                yield (*at, "name"), f"another rule is called '{rule.name}', too"
            seen.add(rule.name)
            for entity in rule.entities:
                if not re.fullmatch(NAME_PATTERN, entity):
                    text = f"nothing can be called '{entity}'; a name is lower case: write '{name_of(entity)}'"
                    yield (*at, "entities"), text
            for zone in rule.zones:
                if zone not in self.zones:
                    yield (*at, "zones"), f"there is no zone '{zone}'; {did_you_mean(zone, self.zones)}"
            if index < len(self.rules) - 1 and rule.model_fields_set <= {"name", "then", "because"}:
                yield at, f"'{rule.name}' matches every call, so that no rule after it is ever reached"
        if library is not None:
            yield from self._foreign(library)

    def _foreign(self, library: SkillLibrary) -> Iterator[Fault]:
        numbers = {s.name: {n for n, p in s.parameters.items() if p.type == "number"} for s in library}
        for skill, arguments in self.bounds.arguments.items():
            at = ("bounds", "arguments", skill)
            if skill not in numbers:
                yield at, f"the library has no skill '{skill}'; {did_you_mean(skill, numbers)}"
                continue
            for name in set(arguments) - numbers[skill]:
                yield (*at, name), f"{skill} has no number '{name}'; {did_you_mean(name, numbers[skill])}"
        for index, rule in enumerate(self.rules):
            for skill in rule.skills:
                if skill not in numbers:
                    text = f"the library has no skill '{skill}'; {did_you_mean(skill, numbers)}"
                    yield ("rules", index, "skills"), text
            known = set().union(*(numbers.get(s, set()) for s in rule.skills or numbers))
            for name in rule.arguments:
                if name not in known:
                    text = f"no skill that it names has a number '{name}'; {did_you_mean(name, known)}"
                    yield ("rules", index, "arguments", name), text


def policy_path(choice: str) -> Path:
    """Where the policy is that somebody chose: by the name of one that is shipped, or by the path of a file.

    Raises:
        ConfigError: there is none.
    """
    return chosen_file(choice, SHIPPED, "policy").resolve()
