# SPDX-License-Identifier: Apache-2.0
"""Measuring a model: what is not in the results yet is run, and each thing is written down as it is done."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent_planner.agent.limits import LoopConfig
from agent_planner.llm.base import ChatModel, Message
from agent_planner.llm.default_model import default_adapter
from agent_planner.tuning.collect.identity import model_hash
from agent_planner.tuning.collect.listening import Listening
from agent_planner.tuning.data.manifest import sha256_of
from agent_planner.tuning.data.records import Record
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.cells import case_of
from agent_planner.tuning.panel.evaluate import Score, run_symbolic
from agent_planner.tuning.panel.general_tasks import answers, item
from agent_planner.tuning.panel.results import (
    TASKS,
    Asked,
    EpisodeLine,
    LikelihoodLine,
    Results,
    Subject,
    TaskLine,
    episode_key,
    likelihood_key,
    task_key,
)
from agent_planner.tuning.panel.taxonomy import category

if TYPE_CHECKING:
    from agent_planner.llm.weights import Loaded

_WEIGHTS = "adapter_model.safetensors"
# Makes the model that answers these cases.
MakeModel = Callable[[Sequence[Case]], ChatModel]


def subject(name: str, weights: str) -> Subject:
    """The subject of that name whose weights are those of the model ``weights`` (as for ``--model``; or empty)."""
    if weights in ("", "base"):
        return Subject(model=name)
    folder = default_adapter() if weights == "default" else Path(weights).expanduser()
    file = folder / _WEIGHTS if folder is not None else None
    return Subject(model=name, adapter=sha256_of(file) if file is not None and file.is_file() else model_hash(weights))


def told_apart(path: Path) -> str:
    """What lines call a file of held-out data: two of one name are told apart by their contents."""
    return f"{path.name} {sha256_of(path)[:8]}"


def asked(cell: str, split: str, seed: int) -> Asked:
    """What stands in that place of the panel.

    Raises:
        UserError: there is no such general task or case.
    """
    if cell == TASKS:
        drawn = item(split, seed).drawn
        return Asked(cell, split, seed, drawn.instruction, drawn.truth)
    scenario = case_of(cell, split, seed).scenario
    return Asked(cell, split, seed, scenario.instruction, str(scenario.goal))


def pieces(numbers: Sequence[int], left: Collection[int], size: int) -> Iterator[tuple[int, ...]]:
    """Cut numbers into pieces of that size, and leave out those of which nothing is left to be done.

    The others come whole: what is computed side by side is then the same as without a break.
    """
    wanted = set(left)
    for start in range(0, len(numbers), size):
        piece = tuple(numbers[start : start + size])
        if not wanted.isdisjoint(piece):
            yield piece


@dataclass
class Measurement:
    """One subject on one split; ``told`` hears of each thing that is done whether it succeeded."""

    results: Results
    subject: Subject
    split: str
    width: int
    told: Callable[[bool], None] = lambda success: None

    def episodes_left(self, cell: str, seeds: Sequence[int], config: LoopConfig) -> list[int]:
        """The seeds of a cell that are not in the results yet."""
        who, level, ahead, done = self.subject, config.level.value, config.look_ahead, self.results.done
        return [seed for seed in seeds if episode_key(who, level, ahead, cell, self.split, seed) not in done]

    def episodes(self, make: MakeModel, cell: str, seeds: Sequence[int], config: LoopConfig) -> None:
        """Run a cell's episodes of these seeds."""
        run_episodes(self.subject, self.split, self.width, make, cell, seeds, config, self.add)

    def add(self, line: EpisodeLine | TaskLine) -> None:
        """Write down an episode, or an answer, that is not there yet."""
        if line.key not in self.results.done:
            self.results.add(line)
            self.told(line.success)

    def tasks_left(self, numbers: Sequence[int]) -> list[int]:
        """The numbers of general tasks that are not in the results yet."""
        return [n for n in numbers if task_key(self.subject, self.split, n) not in self.results.done]

    def tasks(self, model: ChatModel, numbers: Sequence[int]) -> None:
        """Ask for the general tasks of these numbers that are not in the results yet, in batches of all of them."""
        batches = pieces(numbers, self.tasks_left(numbers), self.width)
        items = [item(self.split, number) for batch in batches for number in batch]
        for one, said in answers(model, items, self.width):
            line = TaskLine(
                **self.subject.model_dump(),
                split=self.split,
                seed=one.number,
                kind=one.kind,
                success=one.drawn.passes(said),
                instruction=one.drawn.instruction,
                truth=one.drawn.truth,
                answer=said,
            )
            self.add(line)

    def conversations_left(self, records: Sequence[Record], data: str) -> list[Record]:
        """The conversations whose likelihood is not in the results yet. ``data`` names the file."""
        return [r for r in records if likelihood_key(self.subject, data, r.id) not in self.results.done]

    def conversations(self, loaded: "Loaded", records: Sequence[Record], data: str) -> None:
        """Read these conversations."""
        from agent_planner.tuning.panel.general import likelihoods

        for found in likelihoods(loaded, records):
            line = LikelihoodLine(
                **self.subject.model_dump(),
                data=data,
                conversation=found.conversation,
                tokens=found.tokens,
                log_likelihood=found.mean,
            )
            self.results.add(line)
            self.told(True)

    def line(self, score: Score, messages: Sequence[Message], seed: int, config: LoopConfig) -> EpisodeLine:
        """What is written down of an episode; ``messages`` are its conversation."""
        return episode_line(self.subject, self.split, score, messages, seed, config)


def run_episodes(
    who: Subject,
    split: str,
    width: int,
    make: MakeModel,
    cell: str,
    seeds: Sequence[int],
    config: LoopConfig,
    done: Callable[[EpisodeLine], None],
) -> None:
    """Run a cell's episodes of these seeds, ``width`` side by side; ``done`` gets each as it ends."""
    cases = [case_of(cell, split, seed) for seed in seeds]
    numbers = {id(case.scenario): number for number, case in enumerate(cases)}
    model = Listening(make(cases))

    def finished(score: Score) -> None:
        number = numbers[id(score.scenario)]
        messages = model.conversations.pop(str(number))
        done(episode_line(who, split, score, messages, seeds[number], config))

    run_symbolic(model, cases, config, width, finished)


def episode_line(
    who: Subject, split: str, score: Score, messages: Sequence[Message], seed: int, config: LoopConfig
) -> EpisodeLine:
    """What is written down of an episode; ``messages`` are its conversation."""
    result, counts = score.result, score.result.counts
    return EpisodeLine(
        **who.model_dump(),
        level=config.level.value,
        look_ahead=config.look_ahead,
        cell=score.cell,
        split=split,
        seed=seed,
        pair=score.pair,
        twin=score.twin,
        kind=score.scenario.kind,
        success=score.success,
        goal_exact=score.goal_exact,
        outcome=result.outcome.value,
        error=score.error,
        category=category(score, messages) or "",
        calls=counts.calls,
        refused=counts.refused,
        codes=counts.codes,
        raw_invalid=counts.raw_invalid,
        turns=counts.turns,
        max_turns=config.max_turns,
        instruction=score.scenario.instruction,
        truth=str(score.scenario.goal),
        goal=str(result.goal or ""),
        steps=tuple(f"{call}: {text}" for call, text in result.steps),
    )
