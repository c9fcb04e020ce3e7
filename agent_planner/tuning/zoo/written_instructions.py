# SPDX-License-Identifier: Apache-2.0
"""Instructions that people would say in a room, written one by one, each with the goal that it states.

The files in ``written/SPLIT/`` hold a whole scene each, hidden things included, the roles of the skills that the
robot has beside the shipped ones, and what is said; goals are in the goal language and about what can be seen. Those of
training also say which words may be exchanged for others (`scenarios.sheets`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from pydantic import BaseModel, ConfigDict, Field

from agent_planner.config import parse_yaml, read_text
from agent_planner.errors import CallRefused, UserError, did_you_mean
from agent_planner.goals import parse_goal
from agent_planner.goals.goal import Stated
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.zoo.families import FAMILIES
from agent_planner.tuning.zoo.held_out_families import DEV_FAMILIES, TEST_FAMILIES
from agent_planner.tuning.zoo.train_families import TRAIN_FAMILIES
from agent_planner.tuning.zoo.train_vocabulary import TRAIN

_FOLDER = Path(__file__).parent / "written"
# What a library of the split may hold: all of `families`, and the abilities of the split itself.
_FAMILIES = {
    "train": {f.role: f for f in TRAIN_FAMILIES},
    "dev": {f.role: f for f in (*FAMILIES, *DEV_FAMILIES)},
    "test": {f.role: f for f in (*FAMILIES, *TEST_FAMILIES)},
}
_LISTS: dict[str, tuple[str, ...]] = asdict(TRAIN)


@dataclass(frozen=True)
class Written:
    """One instruction.

    Attributes:
        id: split, file and number, separated by slashes.
        scene: hidden things included.
        roles: the families of which the robot has a skill beside the shipped library.
        say: the instruction.
        goal: what it asks for.
        swap: words of scene, instruction and goal, each with what may stand for it.
    """

    id: str
    scene: SceneGraph
    roles: tuple[str, ...]
    say: str
    goal: Stated
    swap: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    say: str = Field(min_length=1, max_length=200)
    goal: str = Field(min_length=1)


class _Sheet(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    scene: SceneGraph
    skills: tuple[str, ...] = ()
    # The words themselves, or the name of the list in the vocabulary of training.
    swap: dict[str, tuple[str, ...] | str] = {}
    said: tuple[_Said, ...] = Field(min_length=1)


@cache
def read_written(split: str) -> tuple[Written, ...]:
    """Return every instruction of a split, files and lines in order.

    Raises:
        UserError: there is no such split.
        ConfigError: a file is wrong; names file, line and field.
    """
    if split not in _FAMILIES:
        raise UserError(f"there is no split '{split}'; {did_you_mean(split, _FAMILIES)}")
    return tuple(one for path in sorted((_FOLDER / split).glob("*.yaml")) for one in read_sheet(path, split))


def read_sheet(path: Path, split: str) -> Iterator[Written]:
    """Yield the instructions of one file; errors as in `read_written`."""
    sheet, lines = parse_yaml(_Sheet, read_text(path), str(path), needs="said")
    known = _FAMILIES[split]
    lines.refuse(
        (("skills", at), f"there is no family '{role}'; {did_you_mean(role, known)}")
        for at, role in enumerate(sheet.skills)
        if role not in known
    )
    lines.refuse(
        (("swap", word), f"'{words}' is no list of the vocabulary; {did_you_mean(words, _LISTS)}")
        for word, words in sheet.swap.items()
        if isinstance(words, str) and words not in _LISTS
    )
    swap = {word: _LISTS[words] if isinstance(words, str) else words for word, words in sheet.swap.items()}
    for at, said in enumerate(sheet.said):
        try:
            goal = parse_goal(f"goal: {said.goal}")
        except CallRefused as refusal:
            raise lines.error([(("said", at, "goal"), f"said.{at}.goal: {refusal.message}")]) from refusal
        yield Written(f"{split}/{path.stem}/{at}", sheet.scene, sheet.skills, said.say, goal, swap)


@cache
def written_library(roles: tuple[str, ...]) -> SkillLibrary:
    """Return the shipped library with a skill of each of these roles, by its family's first name and description."""
    families = {f.role: f for f in (*TRAIN_FAMILIES, *DEV_FAMILIES, *TEST_FAMILIES)}
    return SkillLibrary(skills=(*SkillLibrary.load(), *(families[role].draw(_First()) for role in roles)))


class _First(Random):
    """Chooses the first of everything."""

    def choice(self, seq: Iterable) -> object:
        """Return the first."""
        return next(iter(seq))
