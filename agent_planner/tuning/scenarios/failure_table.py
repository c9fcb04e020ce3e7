# SPDX-License-Identifier: Apache-2.0
"""How calls fail on a robot: counted in recorded episodes, drawn from where training needs a failure."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from random import Random

import yaml
from pydantic import BaseModel, ConfigDict

from agent_planner.config import parse_yaml, read_text
from agent_planner.recording.episode import whole_file
from agent_planner.skills import Skill
from agent_planner.types import Call

# What a count of nothing is worth, as Jeffreys' prior for a proportion has it.
PRIOR = 0.5
# So many calls at the average rate stand beside those of each skill: few calls say little.
_AVERAGE_CALLS = 20
MEASURED = Path(__file__).parent / "measured_failures.yaml"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Code(_Frozen):
    """One way of failing.

    Attributes:
        code: of the result.
        message: an example; ``{0}``, ``{1}`` and so on stand for the arguments of the call that are text, in order.
        count: how often it came up by itself.
        provoked: how often in episodes in which something was done to the robot.
        rate: ``count`` of the calls by themselves; ``ci95`` its Wilson interval.
        ends: whether what the robot does is then not known, which ends the episode: no model hears of it.
    """

    code: str
    message: str
    count: int = 0
    provoked: int = 0
    rate: float = 0.0
    ci95: tuple[float, float] = (0.0, 1.0)
    ends: bool = False

    @property
    def weight(self) -> float:
        """How often it is drawn, beside others."""
        return 0.0 if self.ends else self.count + self.provoked + PRIOR


class Calls(_Frozen):
    """The calls of one skill.

    Attributes:
        makes: the predicate that the skill makes first; a skill of training fails as those do that make the same.
        calls: in episodes in which nothing was done to the robot; ``provoked_calls`` those in the others.
        failed: of ``calls``, with rate and Wilson interval.
        dropped: calls of either kind after which the hand had lost what it held.
        moved: after which something that the call is not about lay elsewhere.
        doors: after which something that the call is not about was open instead of closed, or the reverse.
        failures: by code, the most frequent first.
    """

    makes: str
    calls: int
    provoked_calls: int = 0
    failed: int
    rate: float
    ci95: tuple[float, float]
    dropped: int = 0
    moved: int = 0
    doors: int = 0
    failures: tuple[Code, ...] = ()


class Kept(_Frozen):
    """A way of failing that no run has shown in these words, and why it is drawn all the same."""

    code: str
    message: str
    weight: float
    reason: str


class FailureTable(_Frozen):
    """What `tune failures` writes.

    Attributes:
        note: how the episodes were made.
        episodes: how many; in ``provoked`` of them something was done to the robot.
        skills: by name.
        kept: what is drawn beside it.
    """

    note: str = ""
    episodes: int
    provoked: int
    skills: dict[str, Calls]
    kept: tuple[Kept, ...] = ()

    def relative_rate(self, skill: Skill) -> float:
        """How much more often than the average call one of such a skill fails; 1 where it was never called."""
        alike = [calls for calls in self.skills.values() if calls.makes == made_first(skill)]
        failed, calls = _sums(self.skills.values())
        average = (failed + PRIOR) / (calls + 2 * PRIOR)
        failed, calls = _sums(alike)
        return (failed + _AVERAGE_CALLS * average) / (calls + _AVERAGE_CALLS) / average

    def draw(self, rng: Random, call: Call, skill: Skill) -> tuple[str, str]:
        """Draw a code and a message for a call, by what is known of skills that make the same."""
        names = [value for value in call.args.values() if isinstance(value, str)]
        known = [
            (c.makes, code) for c in self.skills.values() for code in c.failures if _slots(code.message) <= len(names)
        ]
        alike = [code for makes, code in known if makes == made_first(skill)]
        options = [*alike, *self.kept] or [code for _, code in known]
        chosen = rng.choices(options, weights=[option.weight for option in options])[0]
        return chosen.code, chosen.message.format(*names)


def made_first(skill: Skill) -> str:
    """The predicate that a skill makes first; empty where it has no effect on the scene."""
    return skill.makes[0].name if skill.makes else ""


def load_failures(path: Path) -> FailureTable:
    """Read a table.

    Raises:
        ConfigError: it is none; says what is wrong, and on which line.
    """
    table, _ = parse_yaml(FailureTable, read_text(path), str(path), needs="skills")
    return table


def write_failures(path: Path, table: FailureTable) -> None:
    """Write a table, whole or not at all."""
    plain = table.model_dump(mode="json", exclude_defaults=True)
    with whole_file(path) as file:
        yaml.safe_dump(plain, file, sort_keys=False, allow_unicode=True, width=116)


@cache
def measured_failures() -> FailureTable:
    """The table that ships with the package, counted in runs of the simulator."""
    return load_failures(MEASURED)


def _sums(skills: Iterable[Calls]) -> tuple[int, int]:
    """Failed calls, and calls."""
    skills = list(skills)
    return sum(c.failed for c in skills), sum(c.calls for c in skills)


def _slots(message: str) -> int:
    """How many arguments of a call there must be for what a message speaks of."""
    return max((int(number) + 1 for number in re.findall(r"{(\d+)}", message)), default=0)
