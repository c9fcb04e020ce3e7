# SPDX-License-Identifier: Apache-2.0
"""A library of skills, read from YAML."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from agent_planner.errors import CallRefused, ConfigError, did_you_mean, fault_text
from agent_planner.skills.skill import Skill
from agent_planner.types import Call

BUILT_IN = ("ask", "give_up")
DEFAULT_LIBRARY = Path(__file__).parent / "mobile_manipulator.yaml"


class SkillLibrary(BaseModel):
    """Skills in the order of the file, which is also their order in the prompt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    skills: tuple[Skill, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> "SkillLibrary":
        seen: set[str] = set()
        for skill in self.skills:
            if skill.name in BUILT_IN:
                raise ValueError(f"'{skill.name}' is built in; choose another name")
            if skill.name in seen:
                raise ValueError(f"the skill '{skill.name}' is there twice")
            seen.add(skill.name)
        return self

    @classmethod
    def load(cls, path: Path | str = DEFAULT_LIBRARY) -> "SkillLibrary":
        """Read and validate a library file.

        Raises:
            ConfigError: the file is missing, is no YAML, or a field is wrong; names file, line and field.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError(str(path), f"cannot be read ({error.strerror})") from error
        except UnicodeDecodeError as error:
            raise ConfigError(str(path), "is not UTF-8 text") from error
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, where: str = "<text>") -> "SkillLibrary":
        """Read a library from YAML text; errors as in `load`."""
        try:
            tree = yaml.compose(text, Loader=yaml.SafeLoader)
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f":{mark.line + 1}" if mark else ""
            raise ConfigError(f"{where}{line}", f"is not YAML: {getattr(error, 'problem', error)}") from error
        if not isinstance(data, dict):
            raise ConfigError(where, "must be a mapping with the key `skills`")
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise ConfigError(*_located(error, tree, where)) from error

    @cached_property
    def by_name(self) -> dict[str, Skill]:
        """Every skill by its name."""
        return {s.name: s for s in self.skills}

    def __getitem__(self, name: str) -> Skill:
        return self.by_name[name]

    def __iter__(self) -> Iterator[Skill]:  # type: ignore[override]
        return iter(self.skills)

    def skill_of(self, call: Call) -> Skill:
        """Return the skill that a call names.

        Raises:
            CallRefused: UNKNOWN_SKILL.
        """
        if call.skill not in self.by_name:
            known = [*self.by_name, *BUILT_IN]
            raise CallRefused(
                "UNKNOWN_SKILL", f"'{call.skill}' is not in the library; {did_you_mean(call.skill, known)}"
            )
        return self.by_name[call.skill]

    @cached_property
    def predicates(self) -> dict[str, int]:
        """Predicates that some skill makes, with their number of arguments."""
        return {p.name: len(p.args) for s in self.skills for p in s.makes}

    def text(self) -> str:
        """The prompt's lines, one a skill."""
        return "\n".join(s.line() for s in self.skills)


def _located(error: ValidationError, tree: Any, where: str) -> tuple[str, str]:
    """Return file, line and field of the first fault, and what all of them are."""
    lines = [(_line_of(tree, fault["loc"]), fault_text(fault)) for fault in error.errors()]
    first, rest = lines[0], lines[1:]
    more = "".join(f"; line {line}: {text}" for line, text in rest[:5])
    return f"{where}:{first[0]}", first[1] + more


def _line_of(node: Any, loc: tuple[int | str, ...]) -> int:
    line = node.start_mark.line + 1
    for part in loc:
        found = None
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = (node.value[part], node.value[part])
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line
