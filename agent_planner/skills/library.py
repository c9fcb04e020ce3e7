# SPDX-License-Identifier: Apache-2.0
"""A library of skills, read from YAML."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from agent_planner.config import chosen_file, parse_yaml, read_text, shipped_names
from agent_planner.errors import CallRefused, did_you_mean
from agent_planner.skills.faults import faults
from agent_planner.skills.skill import Skill
from agent_planner.types import Atom, Call

BUILT_IN = ("ask", "give_up")
SHIPPED = Path(__file__).parent / "robots"
DEFAULT_LIBRARY = SHIPPED / "mobile_manipulator.yaml"


def shipped_libraries() -> list[str]:
    """Names of the libraries that are shipped."""
    return shipped_names(SHIPPED)


def library_file(choice: str) -> Path:
    """Where the library is that somebody chose: the name of a shipped one, the path of a file, or nothing: the default.

    Raises:
        ConfigError: there is none.
    """
    return chosen_file(choice, SHIPPED, "skill library") if choice else DEFAULT_LIBRARY


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
        return cls.parse(read_text(path), str(path))

    @classmethod
    def parse(cls, text: str, where: str = "<text>") -> "SkillLibrary":
        """Read a library from YAML text; errors as in `load`."""
        library, lines = parse_yaml(cls, text, where, needs="skills")
        lines.refuse(faults(library.skills))
        return library

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

    @cached_property
    def conditions(self) -> tuple[Atom, ...]:
        """What some skill needs of the robot itself, beside a free hand: ``arm down``, ``not docked``."""
        needs = (need for skill in self.skills for need in skill.needs)
        about_robot = (need for need in needs if not need.args and need.name != "hand_free")
        return tuple(dict.fromkeys(Atom(need.name, (), need.negated) for need in about_robot))

    def text(self) -> str:
        """The prompt's lines, one a skill."""
        return "\n".join(s.line() for s in self.skills)
