# SPDX-License-Identifier: Apache-2.0
"""What an evaluation writes down: JSON lines, one as each thing is done, so that a killed run goes on where it was.

A line says by ``type`` what it is: ``run`` (a command that wrote into the file), ``episode``, ``task`` (of the general
panel), ``likelihood`` (of one conversation of the general panel), ``choice`` (of the held-out records of a situation).
"""

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agent_planner.errors import ConfigError, UserError, faults_text
from agent_planner.tuning.data.alone import alone
from agent_planner.tuning.data.records import read_plain

TASKS, LIKELIHOOD, CHOICES = "general_tasks", "general_likelihood", "choice_accuracy"


class RunLine(BaseModel):
    """A command that wrote into the file. ``date`` is ISO 8601 in UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["run"] = "run"
    command: str
    date: str
    versions: dict[str, str]

    @classmethod
    def now(cls, command: str, *packages: str) -> Self:
        """A command that begins, with the installed versions of ours and of those packages."""
        versions = {name: version(name) for name in ("agent_planner", *packages)}
        return cls(command=command, date=datetime.now(UTC).isoformat(), versions=versions)

    @property
    def key(self) -> tuple:
        """No two runs are the same."""
        return (self.type, self.command, self.date)


class Subject(BaseModel):
    """Who is measured.

    Attributes:
        model: its name.
        adapter: the sha256 of the adapter's weights; of a folder without an adapter, of its files. Empty where no file
            here tells (the base, an endpoint, a name of Hugging Face).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    adapter: str = ""


def episode_key(who: Subject, level: str, look_ahead: bool, cell: str, split: str, seed: int) -> tuple:
    """What is the same in no two episodes of the results."""
    return ("episode", who.model, who.adapter, level, look_ahead, cell, split, seed)


def task_key(who: Subject, split: str, seed: int) -> tuple:
    """What is the same in no two general tasks of the results."""
    return ("task", who.model, who.adapter, split, seed)


def likelihood_key(who: Subject, data: str, conversation: str) -> tuple:
    """What is the same in no two likelihoods of the results."""
    return ("likelihood", who.model, who.adapter, data, conversation)


def choice_key(who: Subject, data: str, group: str) -> tuple:
    """What is the same in no two choice lines of the results."""
    return ("choice", who.model, who.adapter, data, group)


class Asked(NamedTuple):
    """A scenario, or a general task, by its place in the panel and by what it is."""

    cell: str
    split: str
    seed: int
    instruction: str
    truth: str

    @property
    def place(self) -> tuple[str, str, int]:
        """The same for every model."""
        return self[:3]

    def against(self, other: "Asked") -> str:
        """For a message: that another one stands in the same place."""
        return (
            f"seed {self.seed} of {self.cell} ({self.split}) is '{self.instruction}' with {self.truth} here and "
            f"'{other.instruction}' with {other.truth} there"
        )


class EpisodeLine(Subject):
    """One episode of the panel.

    Attributes:
        pair: the same in two episodes that differ by one thing only, e.g. the names (held_in and renamed).
        twin: whether it is the feasible one of such a pair: to refuse, to ask or to do nothing is then needless.
        kind: the scenario's, e.g. ``in+closed``.
        error: the code that the episode ended with; empty for a success.
        category: its place in the taxonomy of errors; empty for a success.
        calls: that went to the robot.
        refused: goals and calls that were refused.
        codes: why, each code with its number; empty in files that are older than this field.
        raw_invalid: turns whose first choice left the grammar (never at level raw, which has none).
        turns: of the model.
        max_turns: after which it would have failed; None in files that are older than this field.
        truth: the scenario's goal.
        goal: what the model stated; empty if nothing usable.
        steps: each call that went to the robot, and its result.
    """

    type: Literal["episode"] = "episode"
    level: str
    look_ahead: bool
    cell: str
    split: str
    seed: int
    pair: str = ""
    twin: bool = False
    kind: str
    success: bool
    goal_exact: bool
    outcome: str
    error: str
    category: str
    calls: int
    refused: int
    codes: dict[str, int] = {}
    raw_invalid: int
    turns: int
    max_turns: int | None = None
    instruction: str
    truth: str
    goal: str
    steps: tuple[str, ...]

    @property
    def key(self) -> tuple:
        """What is run once only."""
        return episode_key(self, self.level, self.look_ahead, self.cell, self.split, self.seed)

    @property
    def asked(self) -> Asked:
        """What was asked."""
        return Asked(self.cell, self.split, self.seed, self.instruction, self.truth)

    @property
    def column(self) -> str:
        """The cell, with the feasible twins apart: what is right there is wrong here."""
        return f"{self.cell} (twins)" if self.twin else self.cell


class TaskLine(Subject):
    """One item of the general panel, whose answer a program has checked. ``seed`` is its number."""

    type: Literal["task"] = "task"
    split: str
    seed: int
    kind: str
    success: bool
    instruction: str
    truth: str
    answer: str

    @property
    def key(self) -> tuple:
        """What is run once only."""
        return task_key(self, self.split, self.seed)

    @property
    def asked(self) -> Asked:
        """What was asked."""
        return Asked(TASKS, self.split, self.seed, self.instruction, self.truth)


class LikelihoodLine(Subject):
    """The mean log-likelihood (natural logarithm, per token) of one conversation's turns that carry loss."""

    type: Literal["likelihood"] = "likelihood"
    data: str
    conversation: str
    tokens: int
    log_likelihood: float

    @property
    def key(self) -> tuple:
        """What is run once only."""
        return likelihood_key(self, self.data, self.conversation)


class ChoiceLine(Subject):
    """Of the held-out records of one ``group``: the tokens that hold a choice, and how many the model puts first."""

    type: Literal["choice"] = "choice"
    data: str
    group: str
    tokens: int
    right: int

    @property
    def key(self) -> tuple:
        """What is run once only."""
        return choice_key(self, self.data, self.group)


# What stands in a place of the panel now.
AskedOf = Callable[[str, str, int], Asked]
Line = RunLine | EpisodeLine | TaskLine | LikelihoodLine | ChoiceLine
_ANY: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="type")])
_BEGINNING = b'{"type": "'


def read_results(paths: Iterable[Path]) -> list[Line]:
    """Read result files.

    Raises:
        ConfigError: a file cannot be read, a line is wrong, the same thing was measured twice, or a seed is another
            scenario in one line than in another, or had more turns there (they do not compare); says where.
    """
    return _lines(item for path in paths for item in read_plain(path))


def _lines(items: Iterable[tuple[str, dict[str, Any]]]) -> list[Line]:
    lines: list[Line] = []
    first: dict[tuple, str] = {}
    asked: dict[tuple, tuple[Asked, str]] = {}
    limits: dict[tuple, tuple[int, str]] = {}
    for where, data in items:
        try:
            line = _ANY.validate_python(data)
        except ValidationError as error:
            raise ConfigError(where, faults_text(error)) from error
        if line.key in first:
            raise ConfigError(where, f"was measured in {first[line.key]} already; give each result once")
        first[line.key] = where
        if isinstance(line, EpisodeLine | TaskLine):
            other, there = asked.setdefault(line.asked.place, (line.asked, where))
            if other != line.asked:
                told = f"{line.asked.against(other)} ({there})"
                raise ConfigError(where, f"{told}; give only files of one version of the panel")
        if isinstance(line, EpisodeLine) and line.max_turns is not None:
            limit, there = limits.setdefault(line.asked.place, (line.max_turns, where))
            if limit != line.max_turns:
                told = f"seed {line.seed} of {line.cell} ({line.split}) may take {line.max_turns} turns here"
                raise ConfigError(where, f"{told} and {limit} there ({there}); give only files of one --max-turns")
        lines.append(line)
    return lines


@contextmanager
def open_results(path: Path, run: RunLine) -> "Iterator[Results]":
    """A file of results that nobody else opens so meanwhile; for the rest see `Results`.

    Raises:
        UserError: another process has it.
    """
    _make(path)
    with alone(path):
        yield Results(path, run)


def _make(path: Path) -> None:
    if path.suffix != ".jsonl":
        raise UserError(f"{path}: results are JSON lines; choose a name that ends in .jsonl")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); choose another file") from error


class Results:
    """The file that an evaluation appends to; what it holds already is in ``done``. `open_results` keeps others out.

    Args:
        path: of the file; it is made if there is none.
        run: the command that writes; its line stands before the first that it adds.

    Raises:
        ConfigError: the file holds something else.
        UserError: it cannot be written, or its name does not end in ``.jsonl``.
    """

    def __init__(self, path: Path, run: RunLine):
        _make(path)
        self._path = path
        self._run = run
        _cut_torn_line(path)
        lines = read_results([path])
        self.done = {line.key for line in lines}
        self._asked = {line.asked for line in lines if isinstance(line, EpisodeLine | TaskLine)}
        self._limits = {(line.cell, line.split, line.max_turns) for line in lines if isinstance(line, EpisodeLine)}

    def check_same(self, cells: Collection[str], split: str, seeds: Collection[int], asked: AskedOf) -> None:
        """Check that what stands in the file already is what would be asked now.

        Args:
            cells: that are to be measured.
            split: of the panel.
            seeds: that are to be measured.
            asked: gives what a cell, a split and a seed are now.

        Raises:
            ConfigError: it is something else: the file was made with another version of the panel.
        """
        for old in sorted(self._asked):
            if old.cell in cells and old.split == split and old.seed in seeds:
                new = asked(*old.place)
                if new != old:
                    told = f"{old.against(new)}, with this version of the panel"
                    raise ConfigError(str(self._path), f"{told}; choose another file, and measure all of it anew")

    def check_limit(self, cells: Collection[str], split: str, max_turns: int) -> None:
        """Check that the episodes in the file already may take as many turns as those that are to be measured.

        Args:
            cells: that are to be measured.
            split: of the panel.
            max_turns: of an episode.

        Raises:
            ConfigError: they may take more, or fewer.
        """
        for cell, of, limit in self._limits:
            if cell in cells and of == split and limit not in (None, max_turns):
                told = f"its episodes of {cell} ({split}) may take {limit} turns, those of this command {max_turns}"
                go_on = f"go on with as many (tune evaluate: --max-turns {limit})"
                raise ConfigError(str(self._path), f"{told}; {go_on}, or choose another file")

    def add(self, line: Line) -> None:
        """Write a line at once."""
        with self._path.open("a", encoding="utf-8") as file:
            for new in (line,) if self._run.key in self.done else (self._run, line):
                data = {"type": new.type} | new.model_dump(mode="json")
                file.write(json.dumps(data, ensure_ascii=False) + "\n")
                self.done.add(new.key)


def _cut_torn_line(path: Path) -> None:
    """Take away what a killed process has left of its last line."""
    try:
        content = path.read_bytes()  # a line may have been cut inside a character
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read ({error.strerror})") from error
    torn = content[content.rfind(b"\n") + 1 :]
    if torn and not (torn.startswith(_BEGINNING) or _BEGINNING.startswith(torn)):
        raise ConfigError(str(path), "holds something else than results; choose another file")
    if torn:
        os.truncate(path, len(content) - len(torn))
