# SPDX-License-Identifier: Apache-2.0
"""Teacher-forced choice accuracy: of the tokens that hold a choice, how many a model would have said by itself.

The model reads held-out records of the robot as they are, so one wrong token spoils none of those behind it. What holds
a choice is what training does not count as forced (`Encoder`). It takes seconds where episodes take minutes, and is for
choices between settings; episodes are what counts in the end.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

from agent_planner.errors import ConfigError
from agent_planner.llm.weights import Loaded
from agent_planner.tuning.data.records import Record
from agent_planner.tuning.panel.general import read_conversations
from agent_planner.tuning.panel.results import ChoiceLine, Results, Subject, choice_key
from agent_planner.tuning.training.encode import Encoder, of_record
from agent_planner.tuning.training.loss import pass_scores
from agent_planner.tuning.training.packing import padded_passes, tree_passes
from agent_planner.tuning.training.tree_attention import register, works_for

# Tokens in one forward pass; more would only take more memory.
_PASS_TOKENS = 2600


class Choices(NamedTuple):
    """Of some records: the tokens that hold a choice, and how many of them the model puts first."""

    tokens: int
    right: int


class ChoiceReader:
    """Reads records with one model, whose attention it replaces by one that computes shared beginnings once."""

    def __init__(self, loaded: Loaded):
        self._model: Any = loaded.model
        config = self._model.config.get_text_config()
        self._context = int(config.max_position_embeddings)
        self._pack = tree_passes if works_for(config) else padded_passes
        self._model.set_attn_implementation(register() if self._pack is tree_passes else "sdpa")
        # What holds no choice weighs nothing, and is then not computed.
        self._encoder = Encoder(loaded.tokenizer, forced_weight=0.0)

    @torch.inference_mode()
    def read(self, records: Sequence[Record]) -> Choices:
        """Count over records, best of one situation: they begin alike.

        Raises:
            ConfigError: a record is longer than the model's context.
        """
        samples = [sample for record in records for sample in self._encoder.samples(of_record(record))]
        for sample in samples:
            if len(sample) > self._context:
                raise ConfigError(sample.id, f"has {len(sample)} tokens; the model reads {self._context}")
        tokens = right = 0.0
        for packed in self._pack(samples, _PASS_TOKENS):
            best = pass_scores(self._model, self._model.get_output_embeddings(), packed).argmax(dim=-1).cpu()
            # A token that several records share weighs as often as they learn it.
            tokens += float(packed.weights.sum())
            right += float(packed.weights[best == packed.targets].sum())
        return Choices(round(tokens), round(right))


def read_groups(path: Path) -> dict[str, list[Record]]:
    """Read held-out records, by the situations that they are about.

    Raises:
        ConfigError: as for `read_conversations`.
    """
    groups: dict[str, list[Record]] = {}
    for record in read_conversations(path):
        groups.setdefault(str((record.model_extra or {}).get("group", record.id)), []).append(record)
    return groups


def groups_left(results: Results, who: Subject, data: str, groups: Mapping[str, list[Record]]) -> list[str]:
    """The groups that are not in the results yet. ``data`` names the file."""
    return [name for name in groups if choice_key(who, data, name) not in results.done]


def measure_choices(
    results: Results, who: Subject, loaded: Loaded, data: str, groups: Mapping[str, list[Record]], left: Sequence[str]
) -> Iterator[Choices]:
    """Read the groups of these names and write a line of each; yields what was counted."""
    reader = ChoiceReader(loaded)
    for name in left:
        found = reader.read(groups[name])
        results.add(ChoiceLine(**who.model_dump(), data=data, group=name, **found._asdict()))
        yield found
