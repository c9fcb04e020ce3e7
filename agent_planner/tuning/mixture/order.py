# SPDX-License-Identifier: Apache-2.0
"""The order in which training samples come."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from random import Random

from agent_planner.tuning.data.records import Record
from agent_planner.tuning.scenarios.scenario import stable_seed


class Source:
    """Samples that are gone through without replacement, shuffled anew whenever they are used up.

    Those of one group stay together, in the order of their file: they share their first turns, which training
    computes once for all that stand near one another.
    """

    def __init__(self, name: str, records: Sequence[Record], seed: int):
        self.name = name
        self.records = records
        self.drawn = 0
        self._seed = seed
        self._stream = self._samples()

    @property
    def epochs(self) -> float:
        """How often everything was drawn."""
        return self.drawn / len(self.records)

    def draw(self) -> Record:
        """The next sample."""
        self.drawn += 1
        return next(self._stream)

    def _samples(self) -> Iterator[Record]:
        by_group = sorted(self.records, key=_group)  # stable: within a group the order stays
        groups = [list(members) for _, members in groupby(by_group, _group)]
        epoch = 0
        while True:
            Random(stable_seed("mixture", self.name, self._seed, epoch)).shuffle(groups)
            for members in groups:
                yield from members
            epoch += 1


# Sources, and how often each is drawn from in comparison to the others.
Weighted = Sequence[tuple[Source, float]]


def _group(item: Record) -> str:
    return str((item.model_extra or {})["group"])


def draw(agent: Weighted, general: Weighted, eta: float, samples: int, seed: int) -> Iterator[Record]:
    """Draw each sample from agent data with probability eta, else from general data; of these from one by its weight.

    This is AgentTuning's J = eta E_agent[log π(y|x)] + (1 - eta) E_general[log π(y|x)], an expectation over samples.

    Args:
        agent: agent data with their weights; none needed at eta = 0.
        general: general data; none needed at eta = 1.
        eta: probability.
        samples: how many.
        seed: of the draws.
    """
    rng = Random(stable_seed("mixture", "draws", seed))
    for _ in range(samples):
        # random() < 1, so that eta = 1 never draws general data, and eta = 0 no agent data.
        if not agent or rng.random() >= eta:
            yield _chosen(rng, general).draw()
        else:
            yield agent[0][0].draw() if len(agent) == 1 else _chosen(rng, agent).draw()


def _chosen(rng: Random, sources: Weighted) -> Source:
    return rng.choices([source for source, _ in sources], [weight for _, weight in sources])[0]
