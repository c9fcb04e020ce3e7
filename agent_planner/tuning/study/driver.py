# SPDX-License-Identifier: Apache-2.0
"""Goes through the steps of a study: which one is next, what has to be chosen before, and how long the rest takes."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import yaml

from agent_planner.errors import UserError, did_you_mean
from agent_planner.recording.episode import whole_file
from agent_planner.tuning.panel.measure import told_apart
from agent_planner.tuning.panel.results import EpisodeLine, Line
from agent_planner.tuning.study.choice import Choice, choose_best, choose_eta
from agent_planner.tuning.study.config import Study
from agent_planner.tuning.study.gather import lines_of
from agent_planner.tuning.study.places import BEST, ETA, Places
from agent_planner.tuning.study.plan import plan
from agent_planner.tuning.study.rates import Work
from agent_planner.tuning.study.state import Chosen, State
from agent_planner.tuning.study.steps import Step, needed


class Driver:
    """One study in its folder. Whoever calls does the steps: `next`, do it between `begin` and `finish`, and again.

    Several can be done side by side.

    Args:
        study: what it is told.
        folder: where everything is made.
        only: arms to which the steps are restricted, with what they rest on; empty: all.

    Raises:
        UserError: there is no such arm.
    """

    def __init__(self, study: Study, folder: Path, only: Collection[str] = ()):
        for arm in only:
            if arm not in study.arms:
                raise UserError(f"--only {arm}: there is no such arm; {did_you_mean(arm, study.arms)}")
        self.study = study
        self.folder = folder
        self.state = State(study, folder)
        self._only = tuple(only)

    def setup(self) -> None:
        """Take up what an earlier call has left; nothing is written.

        Raises:
            ConfigError: that was of another configuration.
        """
        self.state.read()

    @property
    def places(self) -> Places:
        """Where everything is, as far as things were chosen."""
        return self._places(self.choices)

    def _places(self, choices: Mapping[str, Chosen]) -> Places:
        return Places(self.study, self.folder, {name: choice.value for name, choice in choices.items()})

    @property
    def choices(self) -> dict[str, Chosen]:
        """What was chosen, by its name, from results that still are as they were; else it is chosen anew."""
        found: dict[str, Chosen] = {}
        for name in (ETA, BEST):
            if (choice := self.state.chosen(name, self._rests(name, self._places(found)))) is not None:
                found[name] = choice
        return found

    def _rests(self, name: str, places: Places) -> Sequence[Path]:
        """The results that something is chosen by."""
        if name == ETA:
            return (places.eta_results,)
        return [places.results(arm, seed) for arm in self._candidates for seed in self.study.seeds]

    @property
    def _candidates(self) -> list[str]:
        """The main arms that have learned something of the robot."""
        return [arm for arm, recipe in self.study.main.items() if recipe.eta != 0]

    @property
    def steps(self) -> list[Step]:
        """The steps that were asked for, done or not; each after those that it rests on."""
        return needed(plan(self.places), self._only)

    @property
    def done(self) -> list[Step]:
        """All steps that are done, with all that they rest on, whether they were asked for or not."""
        done: list[Step] = []
        unmade: set[Path] = set()
        for step in plan(self.places):
            if self.state.record(step) is not None and unmade.isdisjoint(step.inputs):
                done.append(step)
            else:
                unmade.update(step.outputs)
        return done

    def next(self, running: Collection[str] = ()) -> Step | None:
        """A step to do now, beside those ``running`` (names); what it waits for is chosen first.

        None: there is none that can be done now; if nothing is running, all are done.
        """
        while True:
            left = [step for step in self.steps if self.state.record(step) is None]
            unmade = {path for step in left for path in step.outputs}
            ready = (step for step in left if step.name not in running and unmade.isdisjoint(step.inputs))
            step = next(ready, None)
            if step is None or not step.waits:
                return step
            name = step.waits[0]
            chosen = self._choose(name)
            self.state.choose(name, chosen.value, chosen.figures, self._rests(name, self.places))

    def begin(self, step: Step) -> bool:
        """Say that a step begins; returns whether it was not begun before."""
        forced = {self.study.recipe(arm).forced_weight for arm in (*self.study.main, *self.study.ablations)}
        for weight in forced | {None}:
            told = self.study.training.resolved(weight).model_dump(mode="json", exclude={"data", "seed"})
            self.folder.mkdir(parents=True, exist_ok=True)
            with whole_file(self.places.config(weight)) as file:
                file.write(yaml.safe_dump(told, sort_keys=False))
        for path in step.outputs:
            path.parent.mkdir(parents=True, exist_ok=True)
        return self.state.begin(step)

    def finish(self, step: Step, seconds: float, whole: bool) -> None:
        """Say that a step is done; arguments as for `State.finish`."""
        self.state.finish(step, seconds, whole)

    def estimates(self) -> dict[str, float]:
        """The seconds that each step is expected to take, by name; of those that are done, what they took.

        As soon as steps of a kind are done, those of its kind that are left are scaled by what these took.
        """
        steps = self.steps
        done = {step.name: self.state.record(step) for step in steps}
        scales = {work: self._scale(work, steps) for work in Work}
        return {
            step.name: record.seconds if (record := done[step.name]) else step.seconds * scales[step.work]
            for step in steps
        }

    def _scale(self, work: Work, steps: list[Step]) -> float:
        pairs = [(step, self.state.record(step)) for step in steps if step.work is work]
        whole = [(step.seconds, record.seconds) for step, record in pairs if record is not None and record.whole]
        expected = sum(seconds for seconds, _ in whole)
        return sum(took for _, took in whole) / expected if expected else 1.0

    def left(self) -> float:
        """The seconds that the steps that are not done are expected to take."""
        estimates = self.estimates()
        return sum(estimates[step.name] for step in self.steps if self.state.record(step) is None)

    def _choose(self, name: str) -> Choice:
        places = self.places
        if name == ETA:
            first = self.study.seeds[0]
            candidates = {eta: str(places.model(self.study.hybrid, first, eta)) for eta in self.study.etas}
            models = (places.base, *candidates.values())
            lines = [line for model in models for line in self._lines(places.eta_results, model, places.held_out)]
            return choose_eta(lines, places.base, candidates)
        assert name == BEST
        return choose_best(self._episodes(places))

    def _episodes(self, places: Places) -> dict[str, list[EpisodeLine]]:
        """The episodes of those of which the best is chosen."""
        return {
            arm: [
                line
                for seed in self.study.seeds
                for line in self._lines(places.results(arm, seed), str(places.model(arm, seed)))
                if isinstance(line, EpisodeLine)
            ]
            for arm in self._candidates
        }

    def _lines(self, path: Path, model: str, held_out: Sequence[Path] = ()) -> list[Line]:
        return lines_of(path, model, self.study.evaluation.level, [told_apart(file) for file in held_out])
