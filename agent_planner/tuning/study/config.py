# SPDX-License-Identifier: Apache-2.0
"""What a study is told, and the presets."""

from collections.abc import Iterator
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agent_planner.agent.limits import LoopConfig
from agent_planner.config import parse_yaml, read_text
from agent_planner.errors import ConfigError, did_you_mean, faults_text
from agent_planner.tuning.collect.names import LeaveOut
from agent_planner.tuning.mixture.names import GeneralSource, Split
from agent_planner.tuning.panel.cells import CELLS, size_of
from agent_planner.tuning.training.config import TrainConfig, load_config
from agent_planner.types import Level

PRESETS = ("cores", "paper", "tiny")
BASE, EXPERT = "base", "expert"
# On top of the best: what they go on from, and the rounds.
START = "start"
DAGGER, SELF_EXPLORATION, UNFILTERED = ROUNDS = ("dagger", "self_exploration", "self_exploration_unfiltered")

# The panel's general tasks of a split; more are not different.
MOST_TASKS = 290

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class General(_Part):
    """General conversations of one source.

    Attributes:
        source: see `tune general`.
        count: at most so many.
        limit: characters of a conversation, for ShareGPT; None: as `tune general` has it.
    """

    source: GeneralSource
    count: Count
    limit: Count | None = None

    @model_validator(mode="after")
    def _fits(self) -> "General":
        if self.limit is not None and self.source is not GeneralSource.SHAREGPT:
            raise ValueError(f"limit: is of sharegpt, not of {self.source}; leave it out")
        return self


class Data(_Part):
    """What all arms learn from.

    Attributes:
        situations: to draw, each with its twin and other worlds.
        tasks: instructions about each of them.
        whole: whole episodes of a situation, then goals alone; None: all.
        cap: records of one task family at most; None: no bound.
        processes: that collect side by side.
        seed: of the situations; the held-out ones have the next, those of the rounds on top the one after.
        general: general conversations.
    """

    situations: Count
    tasks: Count
    whole: Annotated[int, Field(ge=0)] | None = None
    cap: Count | None = None
    processes: Count = 1
    seed: int = 0
    general: Annotated[tuple[General, ...], Field(min_length=1)]


class HeldOut(_Part):
    """What no arm learns from and eta is chosen by: situations of another seed, conversations of the split dev.

    The situations are drawn as those that are learned from; what nearly repeats them is left out of what is learned.
    The splits of `generated` conversations differ in their forms, not in their words and answers: who learns from them
    is not measured by them.
    """

    situations: Count
    tasks: Count
    whole: Annotated[int, Field(ge=0)] | None = None
    general: General


class Training(_Part):
    """A preset or a YAML file of `tune train`, and fields that stand above it."""

    config: str = "default"
    changes: dict[str, Any] = {}

    def resolved(self, forced_weight: float | None = None) -> TrainConfig:
        """The configuration of a run; ``forced_weight`` stands above everything.

        Raises:
            ConfigError: a field is wrong.
        """
        return self._read if forced_weight is None else self._read.model_copy(update={"forced_weight": forced_weight})

    @cached_property
    def _read(self) -> TrainConfig:
        return load_config(self.config, self.changes)


class Recipe(_Part):
    """What an arm learns from, and how.

    Attributes:
        eta: the probability that a sample is the robot's; ``chosen``: see `Study.etas`.
        budget: what `Study.samples` counts. ``agent``: the robot's samples, general ones come on top, which keeps the
            robot's tokens equal between arms. ``total``: samples all together (their tokens differ: a general answer
            is longer). An arm without the robot's samples (eta 0) has by ``agent`` as many as the chosen eta puts on
            top, so that hybrid is the sum of the two others.
        reward: the least that is kept.
        leave_out: parts of the robot's data; see `tune filter --leave-out`.
        share: of the robot's records.
        forced_weight: of tokens that hold no choice; None: as in the training.
    """

    eta: Share | Literal["chosen"] = "chosen"
    budget: Literal["agent", "total"] = "agent"
    reward: Share = 1.0
    leave_out: tuple[LeaveOut, ...] = ()
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    forced_weight: Share | None = None


class Ablation(_Part):
    """A main arm with one change, on the first training seed, in the cells that it is about; exploratory.

    Attributes:
        of: the main arm that it is compared with.
        cells: of the panel.
        changes: fields of `Recipe`.
    """

    of: str
    cells: Annotated[tuple[str, ...], Field(min_length=1)]
    changes: dict[str, Any]


class Top(_Part):
    """Rounds on top of the best main arm (`choice.best`): DAgger, and self-exploration, filtered by reward and not.

    In all the model acts in the same new situations; all learn from equally many samples, mixed as the best arm's, and
    go on from its adapter of the first training seed. They are compared on episodes that the best was not chosen by.

    AgentTuning compares filtered with unfiltered trajectories. It is done here, where many fail: of the symbolic
    expert's 3 % do.

    Attributes:
        situations: to draw; every task of theirs is one episode of the model.
        tasks: instructions about each of them.
        temperature: at which self-exploration draws; at 0 it would only learn what it does anyway.
        samples: that are learned from.
        learning_rate: the highest; less than from the start.
        cells: of the panel.
    """

    situations: Count
    tasks: Count
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.7
    samples: Count
    learning_rate: Annotated[float, Field(gt=0)]
    cells: Annotated[tuple[str, ...], Field(min_length=1)]


class Evaluation(_Part):
    """How arms are measured: on the split dev, since a study chooses; test is for what is shipped.

    Attributes:
        level: how far decoding is constrained.
        cells: of the panel, for the main arms and the base.
        episodes: a cell and training seed; every training seed has others. The base has those of the first.
        extra_episodes: a cell of ablations, of the arms that they are compared with (on the first training seed), and
            of the rounds on top.
        tasks: general tasks, the same for every main arm's run; 0: none.
        max_turns: of an episode, after which it has failed.
        batch: episodes side by side.
    """

    level: Level = Level.GRAMMAR
    cells: Annotated[tuple[str, ...], Field(min_length=1)]
    episodes: Count
    extra_episodes: Count
    tasks: Annotated[int, Field(ge=0, le=MOST_TASKS)]
    max_turns: Count = LoopConfig.max_turns
    batch: Annotated[int, Field(ge=1, le=512)] = 16


class Study(_Part):
    """A whole study. Every arm is trained on the first seed, the main ones on all.

    Attributes:
        data: what is learned from.
        held_out: what eta is chosen by.
        etas: from which eta is chosen, once the main arm whose eta is ``chosen`` was trained with each on the first
            seed: the one with the highest choice accuracy among those whose general negative log-likelihood is at
            most 2 % above the base's; if there is none, the one with the highest general likelihood.
        samples: of an arm, see `Recipe.budget`.
        seeds: of the training and the mixture.
        training: hyper-parameters of every run.
        main: the arms that the study is about.
        ablations: see `Ablation`.
        top: None: no rounds on top.
        evaluation: how arms are measured.
    """

    data: Data
    held_out: HeldOut
    etas: Annotated[tuple[Annotated[float, Field(gt=0, lt=1)], ...], Field(min_length=1)]
    samples: Count
    seeds: Annotated[tuple[int, ...], Field(min_length=1)]
    training: Training = Training()
    main: Annotated[dict[str, Recipe], Field(min_length=1)]
    ablations: dict[str, Ablation] = {}
    top: Top | None = None
    evaluation: Evaluation

    @model_validator(mode="after")
    def _fits(self) -> "Study":
        faults = [*self._wrong_names(), *self._wrong_cells()]
        if faults:
            raise ValueError("; ".join(faults))
        chosen = [name for name, recipe in self.main.items() if recipe.eta == "chosen"]
        if len(chosen) != 1:
            raise ValueError(f"main: the eta of exactly one arm is to be `chosen`, not of {len(chosen)}")
        for name in self.ablations:
            try:
                self.recipe(name)
            except ValidationError as error:
                told = faults_text(error)
                raise ValueError(f"ablations.{name}.changes: {told}") from error
        training = self.training.resolved()
        if training.data or training.start_adapter is not None:
            raise ValueError("training: data and start_adapter are what arms differ in; leave them out")
        if self.top and training.full:
            raise ValueError("top: its rounds go on from an adapter; with training `full` there is none")
        return self

    def _wrong_names(self) -> Iterator[str]:
        taken = {BASE, EXPERT, START, *ROUNDS}
        for name in (*self.main, *self.ablations):
            if name in taken:
                yield f"'{name}' is another arm's name; choose one that is free"
            if not name.isidentifier():
                yield f"'{name}' is no name for an arm; use letters, digits and _"
            taken.add(name)
        for name, ablation in self.ablations.items():
            if ablation.of not in self.main:
                known = did_you_mean(ablation.of, self.main)
                yield f"ablations.{name}.of: there is no main arm '{ablation.of}'; {known}"
        for what, values in (("etas", self.etas), ("seeds", self.seeds)):
            if len(set(values)) < len(values):
                yield f"{what}: the same stands there twice"

    def _wrong_cells(self) -> Iterator[str]:
        for where, cells in self._named_cells().items():
            for cell in cells:
                if cell not in CELLS:
                    yield f"{where}.cells: there is no cell '{cell}'; {did_you_mean(cell, CELLS)}"
                elif (size := size_of(cell, Split.DEV)) is not None and size < self.all_episodes.stop:
                    told = f"'{cell}' has {size} cases, and {self.all_episodes.stop} are asked in each cell"
                    yield f"{where}.cells: {told}; leave it out, and measure it by `tune evaluate`"

    def recipe(self, arm: str) -> Recipe:
        """The recipe of a main arm or an ablation."""
        if arm in self.main:
            return self.main[arm]
        ablation = self.ablations[arm]
        return Recipe.model_validate(self.main[ablation.of].model_dump() | ablation.changes)

    @property
    def hybrid(self) -> str:
        """The main arm whose eta is chosen."""
        return next(name for name, recipe in self.main.items() if recipe.eta == "chosen")

    @property
    def arms(self) -> tuple[str, ...]:
        """All arms by their names, in the order in which they are done."""
        return (EXPERT, BASE, *self.main, *self.ablations, *((START, *ROUNDS) if self.top else ()))

    def own_episodes(self, seed: int) -> range:
        """The episodes of a training seed of the main arms, the same in every cell; the base has the first's."""
        first = self.seeds.index(seed) * self.evaluation.episodes
        return range(first, first + self.evaluation.episodes)

    @property
    def extra_episodes(self) -> range:
        """Those of ablations, and of what they are compared with."""
        return range(self.evaluation.extra_episodes)

    @property
    def top_episodes(self) -> range:
        """Those of the rounds on top, by which nothing was chosen."""
        first = len(self.seeds) * self.evaluation.episodes
        return range(first, first + self.evaluation.extra_episodes)

    @property
    def all_episodes(self) -> range:
        """All that any arm is asked in a cell."""
        last = self.top_episodes if self.top else self.own_episodes(self.seeds[-1])
        return range(max(last.stop, self.extra_episodes.stop))

    @property
    def cells(self) -> tuple[str, ...]:
        """All that any arm is measured in."""
        return tuple(dict.fromkeys(cell for cells in self._named_cells().values() for cell in cells))

    def _named_cells(self) -> dict[str, tuple[str, ...]]:
        """The cells by the place where they are named."""
        named = {"evaluation": self.evaluation.cells}
        named |= {f"ablations.{name}": ablation.cells for name, ablation in self.ablations.items()}
        return named | ({"top": self.top.cells} if self.top else {})

    def compared(self, arm: str) -> tuple[str, ...]:
        """The cells in which ablations are compared with a main arm."""
        return tuple(dict.fromkeys(c for one in self.ablations.values() if one.of == arm for c in one.cells))


def load_study(source: str, base: str | None = None) -> Study:
    """Read a preset or a file.

    Args:
        source: a preset's name or a YAML file.
        base: the model to begin with, above what the training says.

    Raises:
        ConfigError: the file is wrong; names file, line and field.
    """
    preset = Path(str(files("agent_planner"))) / "tuning" / "study" / "presets" / f"{source}.yaml"
    path = preset if source in PRESETS else Path(source)
    if not path.is_file():
        raise ConfigError(source, f"is neither a file nor a preset; {did_you_mean(source, PRESETS)}")
    study = parse_yaml(Study, read_text(path), str(path), "main")[0]
    if base is None:
        return study
    training = Training(config=study.training.config, changes=study.training.changes | {"base": base})
    return study.model_copy(update={"training": training})
