# SPDX-License-Identifier: Apache-2.0
"""From a study to its steps, in order."""

from pathlib import Path
from typing import Any

from agent_planner.tuning.collect.work import WorkFile
from agent_planner.tuning.data.manifest import manifest_path
from agent_planner.tuning.mixture.names import GeneralSource, Split
from agent_planner.tuning.study.config import (
    BASE,
    DAGGER,
    EXPERT,
    SELF_EXPLORATION,
    START,
    UNFILTERED,
    General,
    Recipe,
)
from agent_planner.tuning.study.places import BEST, ETA, Places
from agent_planner.tuning.study.rates import Work, seconds_of
from agent_planner.tuning.study.steps import Step

# Tasks for each one that is drawn: its twin's, and those of worlds in which things are hidden; 3.5 and 3.6 were
# measured for 40 x 16 and 18 x 16.
_WORLDS = 3.5


def plan(places: Places) -> list[Step]:
    """Return all steps; those that wait for a choice are planned with what `Places` says until it is made."""
    return _Planner(places).steps()


class _Planner:
    def __init__(self, places: Places):
        self.at = places
        self.study = places.study
        self._steps: list[Step] = []

    def steps(self) -> list[Step]:
        """All of them."""
        study = self.study
        self._data()
        if len(study.etas) > 1:
            self._etas()
        first = study.seeds[0]
        self._measure(BASE, first, self.at.base, ())
        for seed in study.seeds:
            for arm, recipe in study.main.items():
                self._arm(arm, seed)
                made = self.at.model(arm, seed)
                rests = (made, *self._rests(recipe))  # which of its trainings is the arm's own, the eta says
                self._measure(arm, seed, str(made), rests, self._waits(recipe))
        for arm in study.main:
            self._compared(arm)
        for arm, ablation in study.ablations.items():
            self._arm(arm, first)
            self._extra(arm, ablation.cells, study.extra_episodes, self._waits(study.recipe(arm)))
        if study.top:
            self._top()
        return self._steps

    def _add(self, step: Step) -> None:
        """What is made already is not made again."""
        if all(step.outputs[0] != other.outputs[0] for other in self._steps):
            self._steps.append(step)

    def _data_step(
        self, work: Work, words: tuple[str, ...], inputs: tuple[Path, ...], out: Path, seconds: float, **more: Any
    ) -> None:
        name = f"{work.value} {out.relative_to(self.at.folder).with_suffix('')}"
        command = (work.value if work is not Work.ACT else "collect", *words)
        unfinished = WorkFile(out, {}).path
        self._add(Step(name, work, command, inputs, (out, manifest_path(out)), seconds, unfinished=unfinished, **more))

    def _data(self) -> None:
        data, held = self.study.data, self.study.held_out
        self._situations("", data.situations, data.tasks, data.whole, data.seed)
        self._filter(self.at.data("agent"), Recipe())
        for general in data.general:
            self._conversations(self._general_file(general.source), general, Split.TRAIN)
        self._situations("held_out_", held.situations, held.tasks, held.whole, data.seed + 1)
        self._conversations(self.at.data("held_out_general"), held.general, Split.DEV)
        self._expert()

    def _situations(self, prefix: str, count: int, tasks: int, whole: int | None, seed: int) -> None:
        drawn, out = self.at.data(f"{prefix}scenarios"), self.at.data(f"{prefix}collected")
        self._draw(drawn, count, tasks, seed)
        words = [str(drawn), str(out), "--seed", str(seed)]
        words += ["--whole", str(whole)] if whole is not None else []
        processes = self.study.data.processes
        words += ["--processes", str(processes)] if processes > 1 else []
        seconds = seconds_of(command=1, expert_episode=_WORLDS * count * tasks)
        self._data_step(Work.COLLECT, tuple(words), (drawn,), out, seconds)

    def _draw(self, out: Path, count: int, tasks: int, seed: int, **more: Any) -> None:
        words = (str(out), "--count", str(count), "--tasks", str(tasks), "--seed", str(seed))
        self._data_step(Work.SCENARIOS, words, (), out, seconds_of(command=1, situation=count), **more)

    def _general_file(self, source: str) -> Path:
        return self.at.data(f"general_{source}")

    def _conversations(self, out: Path, told: General, split: Split) -> None:
        words = [str(out), "--source", told.source, "--count", str(told.count), "--seed", str(self.study.data.seed)]
        words += ["--limit", str(told.limit)] if told.limit is not None else []
        words += ["--base", self.at.training.base] if told.source is GeneralSource.SYNTHESIS else []
        words += ["--split", split.value] if split is not Split.TRAIN else []
        seconds = seconds_of(command=1, general_conversation=told.count)
        self._data_step(Work.GENERAL, tuple(words), (), out, seconds)

    def _expert(self) -> None:
        """All that the panel will ask, answered by the expert: what nearly repeats it is not learned from."""
        told = self.study.evaluation
        episodes = self.study.all_episodes.stop
        words = (*self._cells(self.study.cells), "--seeds", f"0:{episodes}", "--level", told.level.value)
        seconds = seconds_of(command=1, asked_episode=len(self.study.cells) * episodes)
        self._evaluate("ask", Work.ASK, self.at.asked, (EXPERT,), words, (), seconds, EXPERT)

    def _filter(self, out: Path, recipe: Recipe, source: Path | None = None, **more: Any) -> None:
        """What of the collected records a recipe learns from."""
        data = self.study.data
        collected = source or self.at.data("collected")
        words = [str(collected), "--out", str(out)]
        words += ["--reward", f"{recipe.reward:g}"] if recipe.reward < 1 else []
        words += ["--cap", str(data.cap)] if data.cap and source is None else []
        words += [word for part in recipe.leave_out for word in ("--leave-out", part.value)]
        words += ["--share", f"{recipe.share:g}"] if recipe.share < 1 else []
        seconds = seconds_of(command=1, record=_WORLDS * data.situations * data.tasks)
        self._data_step(Work.FILTER, tuple(words), (collected,), out, seconds, **more)

    def _etas(self) -> None:
        study = self.study
        for eta in study.etas:
            recipe = study.main[study.hybrid].model_copy(update={"eta": eta})
            self._learn(study.hybrid, study.seeds[0], recipe, self.at.arm(study.hybrid, study.seeds[0], eta))
        made = tuple(self.at.model(study.hybrid, study.seeds[0], eta) for eta in study.etas)
        models = (self.at.base, *map(str, made))
        words, files, seconds = self._reading()
        expected = len(models) * (seconds + seconds_of(model_command=1))
        self._evaluate("read", Work.READ, self.at.eta_results, models, words, (*files, *made), expected)

    def _waits(self, recipe: Recipe) -> tuple[str, ...]:
        return (ETA,) if _needs_eta(recipe) and ETA in self.at.open else ()

    def _rests(self, recipe: Recipe) -> tuple[Path, ...]:
        """The results that a recipe's eta rests on."""
        return (self.at.eta_results,) if _needs_eta(recipe) and len(self.study.etas) > 1 else ()

    def _arm(self, arm: str, seed: int) -> None:
        recipe = self.study.recipe(arm)
        self._learn(arm, seed, recipe, self.at.arm(arm, seed))

    def _learn(self, arm: str, seed: int, recipe: Recipe, place: Path) -> None:
        """Filter, mix and train."""
        told = {"arm": arm, "seed": seed, "waits": self._waits(recipe)}
        eta = self.at.eta if recipe.eta == "chosen" else recipe.eta
        data = self.at.data("agent")
        if (recipe.reward, recipe.leave_out, recipe.share) != (1.0, (), 1.0):
            data = place.parent / "agent.jsonl"
            self._filter(data, recipe, arm=arm)
        mixture, samples = place / "mixture.jsonl", self._samples(recipe, eta)
        self._mix(mixture, data, eta, samples, seed, self._rests(recipe), told)
        self._train(place, mixture, recipe.forced_weight, eta, samples, (), (), told)

    def _samples(self, recipe: Recipe, eta: float) -> int:
        if recipe.budget == "total":
            return self.study.samples
        return round(self.study.samples * (1 / eta if eta else (1 - self.at.eta) / self.at.eta))

    def _mix(
        self,
        out: Path,
        data: Path,
        eta: float,
        samples: int,
        seed: int,
        rests: tuple[Path, ...],
        told: dict[str, Any],
    ) -> None:
        general = tuple(self._general_file(part.source) for part in self.study.data.general) if eta < 1 else ()
        agent = (data,) if eta > 0 else ()
        words = [str(out)]
        words += [word for path in agent for word in ("--agent", str(path))]
        words += [word for path in general for word in ("--general", str(path))]
        against = (self.at.asked, self.at.data("held_out_collected"))
        words += [word for path in against for word in ("--against", str(path))]
        words += ["--eta", f"{eta:g}", "--samples", str(samples), "--seed", str(seed)]
        words += ["--base", self.at.training.base, "--max-tokens", str(self.at.training.max_tokens)]
        seconds = seconds_of(command=2, record=samples)
        inputs = (*agent, *general, *against, *rests)
        self._data_step(Work.MIX, tuple(words), inputs, out, seconds, **told)

    def _train(
        self,
        place: Path,
        mixture: Path,
        forced_weight: float | None,
        eta: float,
        samples: int,
        more: tuple[str, ...],
        inputs: tuple[Path, ...],
        told: dict[str, Any],
    ) -> None:
        out, seed = place / "model", told["seed"]
        words = ["train", "--out", str(out), "--config", str(self.at.config(forced_weight))]
        words += ["--data", str(mixture), "--seed", str(seed), *more]
        name = f"train {place.relative_to(self.at.folder)}"
        outputs = (self.at.made(place), out / "run.json")
        own = eta * samples
        seconds = seconds_of(model_command=1, learned_record=own, learned_conversation=samples - own)
        unfinished = out / "checkpoint.pt"
        self._add(
            Step(name, Work.TRAIN, tuple(words), (mixture, *inputs), outputs, seconds, unfinished=unfinished, **told)
        )

    def _measure(self, arm: str, seed: int, model: str, inputs: tuple[Path, ...], waits: tuple[str, ...] = ()) -> None:
        """All that is asked of main arms and base."""
        words, files, seconds = self._reading()
        cells = self.study.evaluation.cells
        out, seeds = self.at.results(arm, seed), self.study.own_episodes(seed)
        self._panel("evaluate", arm, seed, out, model, cells, seeds, (*inputs, *files), waits, words, seconds)
        if tasks := self.study.evaluation.tasks:
            out = self.at.arm(arm, seed) / "tasks.jsonl"
            given = ("--cell", "general_tasks", "--seeds", f"0:{tasks}")
            expected = seconds_of(model_command=1, general_task=tasks)
            self._evaluate("tasks", Work.TASKS, out, (model,), given, inputs, expected, arm, seed, waits)

    def _reading(self) -> tuple[tuple[str, ...], tuple[Path, ...], float]:
        """What is read of the held-out data: words of the command, files, seconds."""
        conversations, records = self.at.held_out
        words = ("--cell", "general_likelihood", "--data", str(conversations))
        words += ("--cell", "choice_accuracy", "--records", str(records))
        held = self.study.held_out
        seconds = seconds_of(read_conversation=held.general.count, read_record=_WORLDS * held.situations * held.tasks)
        return words, (conversations, records), seconds

    def _panel(
        self,
        verb: str,
        arm: str,
        seed: int,
        out: Path,
        model: str,
        cells: tuple[str, ...],
        seeds: range,
        inputs: tuple[Path, ...],
        waits: tuple[str, ...],
        more: tuple[str, ...] = (),
        seconds: float = 0.0,
    ) -> None:
        words = (*self._cells(cells), "--seeds", f"{seeds.start}:{seeds.stop}")
        words += ("--level", self.study.evaluation.level.value, *more)
        seconds += seconds_of(model_command=1, episode=len(cells) * len(seeds))
        self._evaluate(verb, Work.PANEL, out, (model,), words, inputs, seconds, arm, seed, waits)

    @staticmethod
    def _cells(cells: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word for cell in cells for word in ("--cell", cell))

    def _evaluate(
        self,
        verb: str,
        work: Work,
        out: Path,
        models: tuple[str, ...],
        given: tuple[str, ...],
        inputs: tuple[Path, ...],
        seconds: float,
        arm: str = "",
        seed: int | None = None,
        waits: tuple[str, ...] = (),
    ) -> None:
        told = self.study.evaluation
        words = ("evaluate", str(out), *(word for model in models for word in ("--model", model)), *given)
        words += ("--split", Split.DEV.value, "--max-turns", str(told.max_turns), "--batch", str(told.batch))
        name = f"{verb} {out.parent.relative_to(self.at.folder) if arm else out.stem}"
        self._add(Step(name, work, words, inputs, (out,), seconds, arm, seed, waits))

    def _extra(self, arm: str, cells: tuple[str, ...], seeds: range, waits: tuple[str, ...]) -> None:
        """The episodes of an ablation or of a round on top."""
        seed = self.study.seeds[0]
        made, out = self.at.model(arm, seed), self.at.results(arm, seed)
        self._panel("evaluate", arm, seed, out, str(made), cells, seeds, (made,), waits)

    def _compared(self, arm: str) -> None:
        """What a main arm lacks of the episodes that its ablations have."""
        first, asked = self.study.seeds[0], self.study.evaluation.cells
        made, recipe = self.at.model(arm, first), self.study.main[arm]
        inputs, waits = (made, *self._rests(recipe)), self._waits(recipe)
        compared, begun = self.study.compared(arm), self.study.own_episodes(first).stop
        known, new = (tuple(c for c in compared if (c in asked) == is_asked) for is_asked in (True, False))
        for verb, cells, start in (("extra", known, begun), ("other", new, 0)):
            seeds = range(start, self.study.extra_episodes.stop)
            if cells and seeds:
                out = self.at.arm(arm, first) / f"{verb}.jsonl"
                self._panel(verb, arm, first, out, str(made), cells, seeds, inputs, waits)

    def _top(self) -> None:
        study, top, first = self.study, self.study.top, self.study.seeds[0]
        assert top is not None
        drawn = self.at.folder / "top" / "scenarios.jsonl"
        self._draw(drawn, top.situations, top.tasks, study.data.seed + 2)
        recipe = study.main[self.at.best]
        eta = self.at.eta if recipe.eta == "chosen" else recipe.eta
        waits = tuple(name for name in (ETA, BEST) if name in self.at.open)
        made = self.at.model(self.at.best, first)
        rests = (made, *(self.at.results(arm, seed) for seed in study.seeds for arm in study.main))
        told = {"seed": first, "waits": waits}
        seeds = study.top_episodes
        out = self.at.folder / "top" / "panel.jsonl"
        self._panel("evaluate", START, first, out, str(made), top.cells, seeds, rests, waits)
        start = self.at.adapter(self.at.best, first)
        explored = self._acted(SELF_EXPLORATION, drawn, start, rests, "--teacher", waits)
        # What a student's states are answered with is the expert's, whatever comes of the episode.
        collected = {
            DAGGER: (self._acted(DAGGER, drawn, start, rests, "--student", waits), 0.0),
            SELF_EXPLORATION: (explored, 1.0),
            UNFILTERED: (explored, 0.0),
        }
        for arm, (source, kept) in collected.items():
            place = self.at.arm(arm, first)
            data, mixture = place.parent / "agent.jsonl", place / "mixture.jsonl"
            self._filter(data, Recipe(reward=kept), source, arm=arm, waits=waits)
            self._mix(mixture, data, eta, top.samples, first, (), told | {"arm": arm})
            more = ("--start", str(start), "--learning-rate", f"{top.learning_rate:g}")
            self._train(place, mixture, recipe.forced_weight, eta, top.samples, more, (made,), told | {"arm": arm})
            self._extra(arm, top.cells, seeds, waits)

    def _acted(
        self, arm: str, drawn: Path, start: Path, rests: tuple[Path, ...], way: str, waits: tuple[str, ...]
    ) -> Path:
        """What the best arm's model does in new situations."""
        top = self.study.top
        assert top is not None
        out = self.at.arm(arm, self.study.seeds[0]).parent / "collected.jsonl"
        words = (str(drawn), str(out), way, str(start), "--seed", str(self.study.data.seed + 2))
        words += ("--temperature", f"{top.temperature:g}") if arm == SELF_EXPLORATION else ()
        seconds = seconds_of(model_command=1, episode=_WORLDS * top.situations * top.tasks)
        self._data_step(Work.ACT, words, (drawn, *rests), out, seconds, arm=arm, waits=waits)
        return out


def _needs_eta(recipe: Recipe) -> bool:
    """Whether its samples depend on the choice of eta."""
    return recipe.eta == "chosen" or (recipe.eta == 0 and recipe.budget == "agent")
