# SPDX-License-Identifier: Apache-2.0
"""Where samples come from: files of records, or seeds. An index gives items; a step takes a number of items."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from agent_planner.errors import ConfigError, UserError
from agent_planner.llm.base import Progress
from agent_planner.llm.prompts import TemplateRefuses
from agent_planner.tuning.data.conversations import conversations_in
from agent_planner.tuning.data.formats import to_record
from agent_planner.tuning.data.records import only_train
from agent_planner.tuning.training.config import Seeds
from agent_planner.tuning.training.encode import Encoder, Sample, of_record, of_tree
from agent_planner.tuning.training.packing import shared_tokens
from agent_planner.tuning.training.trees import trees

# What belongs together: the samples of a record or of a tree.
Item = list[Sample]


class Source(Protocol):
    """Gives items by an index, the same ones each time."""

    def __getitem__(self, index: int) -> list[Item]:
        """The items of an index."""
        ...


class RecordSource:
    """Records of files, encoded once and kept; an index is a record, the ones left out not counted.

    Args:
        files: of records.
        encoder: for the tokenizer.
        max_tokens: of a record.
        drop: a longer one is left out, not an error, and so is one that the base's chat template refuses.
        progress: told how far it is.
        held_out: they are not learned from, so that their split may be any.

    Attributes:
        items: the samples of each record, in the order of the files.
        counts: records read, left out because ``too_long`` or since the ``template_refuses`` them (by their ``source``;
            a record that does not say it counts by its file's name) or with ``nothing_to_learn``, tokens, learned
            tokens, and how much these weigh in the loss, by source.

    Raises:
        ConfigError: a file cannot be read; a record is wrong, of a split that is not for training, or longer than
            ``max_tokens``, or refused by the chat template, where that is an error.
    """

    def __init__(
        self,
        files: Sequence[Path],
        encoder: Encoder,
        max_tokens: int,
        drop: bool,
        progress: Progress,
        held_out: bool = False,
    ):
        self.items: list[Item] = []
        self.counts: dict[str, Any] = {"records": 0, "too_long": {}, "template_refuses": {}, "nothing_to_learn": 0}
        self._weights: dict[str, float] = defaultdict(float)
        self._encoder, self._max, self._drop, self._held_out = encoder, max_tokens, drop, held_out
        for file in files:
            for where, data in conversations_in(file):
                self._add(where, data, file.stem)
                if self.counts["records"] % 1000 == 0:
                    progress(f"{self.counts['records']} records read ({file})", 0.0)
        samples = [sample for item in self.items for sample in item]
        self.counts["tokens"] = sum(map(len, samples))
        self.counts["learned_tokens"] = sum(int((sample.weights > 0).sum()) for sample in samples)
        self.counts["loss_weight"] = {source: round(weight) for source, weight in self._weights.items()}
        if not self.items:
            raise ConfigError(", ".join(map(str, files)), f"holds nothing to learn from: {self.counts}")

    def __getitem__(self, index: int) -> list[Item]:
        """One record; after the last one comes the first again."""
        return [self.items[index % len(self.items)]]

    def _add(self, where: str, data: dict[str, object], name: str) -> None:
        self.counts["records"] += 1
        record = to_record(where, data)
        more = record.model_extra or {}
        source = str(more.get("source") or name)
        if not self._held_out:
            only_train(where, more.get("split"))
        try:
            item = self._encoder.samples(of_record(record))
        except UserError as error:
            if self._drop and isinstance(error, TemplateRefuses):
                self._count("template_refuses", source)
                return
            hint = "; leave such records out with too_long: drop" if isinstance(error, TemplateRefuses) else ""
            raise ConfigError(where, f"{error}{hint}") from error
        longest = max(map(len, item), default=0)
        if not item:
            self.counts["nothing_to_learn"] += 1
        elif longest <= self._max:
            self.items.append(item)
            self._weights[source] += sum(float(sample.weights.sum()) for sample in item)
        elif self._drop:
            self._count("too_long", source)
        else:
            raise ConfigError(
                where,
                f"record {record.id} has {longest} tokens, more than max_tokens ({self._max}); "
                "raise that, or leave such records out with too_long: drop",
            )

    def _count(self, reason: str, source: str) -> None:
        self.counts[reason][source] = self.counts[reason].get(source, 0) + 1


class SeedSource:
    """Trees drawn from a seed, without an end; an index is a setting and its twin."""

    def __init__(self, seed: int, seeds: Seeds, encoder: Encoder):
        self._seed, self._seeds, self._encoder = seed, seeds, encoder

    def __getitem__(self, index: int) -> list[Item]:
        """The trees of that index, without what is not to be learned."""
        drawn = trees(self._seed, index, self._seeds.branches, self._seeds.episodes)
        items = ([s for c in of_tree(tree) for s in self._encoder.samples(c)] for tree in drawn)
        return [within(item, self._seeds.tokens) for item in items if item]


def within(item: Item, limit: int) -> Item:
    """The samples of a tree that fit into ``limit`` tokens, what all share counted once."""
    prefix = min(shared_tokens(item[0], sample) for sample in item)
    used, kept = prefix, []
    for sample in item:
        own = len(sample) - prefix
        if used + own <= limit:
            used += own
            kept.append(sample)
    return kept
