# SPDX-License-Identifier: Apache-2.0
"""Scenarios on file: a line a situation (library and world), with all that is asked of it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from agent_planner.errors import CallRefused, ConfigError, faults_text
from agent_planner.goals import Goal, format_goal, parse_goal
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.tuning.data.records import read_plain
from agent_planner.tuning.scenarios.clauses import Clause
from agent_planner.tuning.scenarios.hidden import hide, look_tasks, missing_at_first
from agent_planner.tuning.scenarios.scenario import Answered, Scenario, stable_seed, twins
from agent_planner.tuning.scenarios.sheets import draw_sheet
from agent_planner.tuning.scenarios.training import draw_training_setting, told_apart, training_scenarios
from agent_planner.types import Atom

# Worlds in which things are hidden, and how many of the objects that instructions name are hidden in each of them.
_WORLDS, _HIDDEN = 4, 0.5
# How often a written scene is drawn instead, so many times with other words.
_WRITTEN, _TIMES = 0.2, 4


class Part(BaseModel):
    """One clause of an instruction; see `Clause`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    role: str
    text: str
    atoms: tuple[Atom, ...]
    cores: dict[str, str]


class Task(BaseModel):
    """An instruction and its goal, as the assistant's turn states it. ``parts`` is empty where nobody knows them.

    ``answer`` is what a person answers where the goal is to ask, and ``then`` the goal that follows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    instruction: str
    goal: str
    kind: str
    parts: tuple[Part, ...] = ()
    source: str = "drawn"
    answer: str = ""
    then: str = ""


class Situation(BaseModel):
    """A library and a world (the truth, hidden things included), and the tasks about them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    split: str
    library: SkillLibrary
    world: SceneGraph
    tasks: tuple[Task, ...]

    def scenarios(self) -> list[Scenario]:
        """Each task as a scenario."""
        return [self._scenario(task) for task in self.tasks]

    def _scenario(self, task: Task) -> Scenario:
        clauses = tuple(Clause(p.kind, p.role, p.text, p.atoms, p.cores) for p in task.parts)
        goal = parse_goal(task.goal)
        then = parse_goal(task.then) if task.then else None
        answered = Answered(task.answer, then) if isinstance(then, Goal) else None
        return Scenario(task.id, self.library, self.world, task.instruction, goal, task.kind, clauses, answered)

    def plain(self) -> dict[str, Any]:
        """As JSON has it; what is as by default is left out."""
        told = self.model_dump(mode="json", exclude_defaults=True)
        # A set comes in another order in each process.
        for entity in (*told["world"].get("objects", ()), *told["world"].get("places", ())):
            if "affordances" in entity:
                entity["affordances"].sort()
        return told


def task_of(scenario: Scenario, source: str = "drawn") -> Task:
    """A scenario without its library and world."""
    parts = tuple(
        Part(kind=c.kind, role=c.role, text=c.text, atoms=c.atoms, cores=dict(c.cores)) for c in scenario.clauses
    )
    answered = scenario.answered
    return Task(
        id=scenario.id,
        instruction=scenario.instruction,
        goal=format_goal(scenario.goal),
        kind=scenario.kind,
        parts=parts,
        source=source,
        answer=answered.answer if answered else "",
        then=format_goal(answered.goal) if answered else "",
    )


def draw_situations(
    split: str, seed: int, index: int, tasks: int, own: SkillLibrary | None = None
) -> Iterator[Situation]:
    """Yield a situation with that many tasks, each proved, and what becomes of them in other worlds.

    ``…/twin`` lacks a thing or an ability; in ``…/only0`` and on there is one thing alone that the words of something
    ambiguous fit; in ``…/hidden0`` and on some of what is named lies in closed places, and in ``…/found0`` and on these
    were looked into. They are asked the very same, so that library and world alone tell what can be done from what
    cannot, when somebody has to look first, and when to ask. Or else, in ``…/written0`` and on, what was written by
    hand about a scene.

    Args:
        split: a name that is a part of the draw.
        seed: of the file.
        index: the scene's number in the file.
        tasks: how many instructions about it.
        own: the library of somebody's own robot, in place of drawn ones; nothing was written for that.
    """
    name = f"{split}/{seed}/{index}" if own is None else f"{split}/own/{seed}/{index}"
    rng = Random(stable_seed("situations", split, seed, index))
    if own is None and rng.random() < _WRITTEN:
        for number in range(_TIMES):
            yield _situation(f"{name}/written{number}", split, draw_sheet(rng, name)[:tasks])
        return
    setting = draw_training_setting(rng, own)
    drawn = list(training_scenarios(rng, setting, tasks, name))
    if not drawn:
        return
    yield _situation(name, split, drawn)
    if again := twins(rng, setting, drawn):
        yield _situation(f"{name}/twin", split, again)
    only = sorted(filter(None, map(told_apart, drawn)), key=_things)
    for number, (_, alike) in enumerate(groupby(only, key=_things)):
        yield _situation(f"{name}/only{number}", split, list(alike))
    named = sorted({entity for scenario in drawn for clause in scenario.clauses for entity in clause.cores})
    for number in range(_WORLDS):
        hidden = hide(rng, setting.world, setting.library, named, _HIDDEN)
        if hidden is not None and (pairs := missing_at_first(drawn, hidden)):
            before = [first for first, _ in pairs]
            yield _situation(f"{name}/hidden{number}", split, [*before, *look_tasks(before[0], hidden)])
            yield _situation(f"{name}/found{number}", split, [second for _, second in pairs])


def _things(scenario: Scenario) -> list[str]:
    return [thing.name for thing in scenario.world.objects]


def read_situations(path: Path) -> Iterator[Situation]:
    """Read a file of situations.

    Raises:
        ConfigError: it cannot be read, or is something else; with the line of what is wrong.
    """
    for where, data in read_plain(path):
        try:
            situation = Situation.model_validate(data)
            situation.scenarios()
        except ValidationError as error:
            raise ConfigError(where, faults_text(error)) from error
        except CallRefused as error:
            raise ConfigError(where, f"goal: {error.message}") from error
        yield situation


def _situation(name: str, split: str, drawn: list[Scenario]) -> Situation:
    tasks = tuple(task_of(replace(s, id=f"{name}/{number}")) for number, s in enumerate(drawn))
    return Situation(id=name, split=split, library=drawn[0].library, world=drawn[0].world, tasks=tasks)
