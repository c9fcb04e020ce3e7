# SPDX-License-Identifier: Apache-2.0
"""The panel in parts, and what a worker does with one: whoever runs it, a part gives the same lines.

The episodes of a part are computed side by side, and what stands beside a row can change its numbers in the last
place. So a part is the same whether one process runs all of them or several share them, and one that a killed run has
left half done is run again as a whole.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent_planner.agent.limits import LoopConfig
from agent_planner.llm.base import ChatModel
from agent_planner.llm.choose import choose_model
from agent_planner.llm.local import share_processors
from agent_planner.tuning.panel.half_models import HALVES
from agent_planner.tuning.panel.measure import MakeModel, pieces, run_episodes
from agent_planner.tuning.panel.reference_models import ExpertModel
from agent_planner.tuning.panel.results import EpisodeLine, Subject

# Episodes of a part, in batches: enough that a batch is seldom half empty, few enough to be shared out.
_BATCHES = 4


@dataclass(frozen=True)
class Part:
    """Episodes of a cell, one for each seed."""

    cell: str
    seeds: tuple[int, ...]
    config: LoopConfig


def parts_of(cell: str, seeds: Sequence[int], left: Collection[int], config: LoopConfig, width: int) -> Iterator[Part]:
    """Split the episodes of a cell, of which ``width`` are computed side by side; only parts in which some are left."""
    for piece in pieces(seeds, left, _BATCHES * width):
        yield Part(cell, piece, config)


@dataclass(frozen=True)
class Worker:
    """Runs parts in a process of its own, with a model that it opens on its first call and keeps.

    Attributes:
        half: which reference row it is; empty for a model itself.
        weights: the model, as for ``--model``; empty for the expert.
        subject: what the lines call it.
        split: of the panel.
        width: episodes side by side.
    """

    half: str
    weights: str
    subject: Subject
    split: str
    width: int

    def __call__(self, part: Part) -> list[EpisodeLine]:
        """Run a part; its lines are in the order in which the episodes end."""
        make = maker(self.half, _opened(self.weights) if self.weights else None)
        lines: list[EpisodeLine] = []
        run_episodes(self.subject, self.split, self.width, make, part.cell, part.seeds, part.config, lines.append)
        return lines


def maker(half: str, model: ChatModel | None) -> MakeModel:
    """What makes the model that answers given cases: the expert, half a model, or ``model`` itself."""
    if model is None:
        return ExpertModel
    if half:
        return lambda cases: HALVES[half](model, cases)
    return lambda cases: model


def in_order(
    parts: Sequence[Part], runner: Callable[[Mapping[str, Part]], Iterator[tuple[str, list[EpisodeLine]]]]
) -> Iterator[list[EpisodeLine]]:
    """The lines of each part, in the order of the parts; those that come early are held back.

    What was held back is lost where the command is killed, and done again by the next one.
    """
    early: dict[str, list[EpisodeLine]] = {}
    coming = 0
    for name, lines in runner({str(number): part for number, part in enumerate(parts)}):
        early[name] = lines
        while str(coming) in early:
            yield early.pop(str(coming))
            coming += 1


@lru_cache(maxsize=1)  # a worker has one model
def _opened(name: str) -> ChatModel:
    share_processors()
    model = choose_model(name)
    model.load()
    return model
