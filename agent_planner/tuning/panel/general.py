# SPDX-License-Identifier: Apache-2.0
"""How likely a model finds held-out conversations: whether tuning has cost it what its base could do."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch.nn.functional import log_softmax

from agent_planner.errors import ConfigError, UserError
from agent_planner.llm.attention import Span, Step, check_layers, running
from agent_planner.llm.base import Progress
from agent_planner.llm.cache import RowCache
from agent_planner.llm.default_model import default_adapter, default_base
from agent_planner.llm.weights import Loaded, load_weights, use_threads
from agent_planner.tuning.data.formats import to_record
from agent_planner.tuning.data.records import Record, read_plain
from agent_planner.tuning.training.encode import Encoder, of_record

# Tokens in one forward pass; more would only take more memory.
_PASS_TOKENS = 512


class Likelihood(NamedTuple):
    """Of one conversation: the tokens that carry loss, and their mean log-likelihood (natural logarithm)."""

    conversation: str
    tokens: int
    mean: float


def read_conversations(path: Path, held_out: Sequence[str] = ()) -> list[Record]:
    """Read held-out conversations of any schema.

    Args:
        path: the file.
        held_out: the splits that those may be of that tell one; empty: any.

    Raises:
        ConfigError: the file is wrong, two conversations have one id, one is of another split, or nothing in one of
            them carries loss.
    """
    found: dict[str, Record] = {}
    for where, data in read_plain(path):
        record = to_record(where, data)
        if record.id in found:
            raise ConfigError(where, f"id: '{record.id}' stands in the file already")
        if not any(turn.loss for turn in record.conversations):
            raise ConfigError(where, "no turn of the model carries loss; there is nothing to measure")
        split = str((record.model_extra or {}).get("split") or "")
        if held_out and split and split not in held_out:
            told = f"split: is '{split}', which is not for this; make conversations with `tune general --split"
            raise ConfigError(where, f"{told} {held_out[0]}`")
        found[record.id] = record
    return list(found.values())


def check_has_weights(choice: str) -> None:
    """Check that a model, named as for ``--model``, does not run elsewhere.

    Raises:
        UserError: it does.
    """
    if choice.startswith(("openai:", "scripted:")):
        raise UserError(f"{choice}: likelihoods need a model's weights; choose default, base or a folder")


def open_weights(choice: str, progress: Progress) -> Loaded:
    """Load the weights of a model that is named as for ``--model``.

    Raises:
        UserError: there is none of that name, or it runs elsewhere.
    """
    check_has_weights(choice)
    use_threads()
    if choice in ("default", "base"):
        adapter = default_adapter() if choice == "default" else None
        return load_weights(str(default_base(progress)), adapter, progress)
    return load_weights(choice, None, progress)


class Reader:
    """Reads conversations with one model."""

    def __init__(self, loaded: Loaded):
        self._model = loaded.model
        # Every token counts alike.
        self._encoder = Encoder(loaded.tokenizer, forced_weight=1.0)
        config = loaded.model.config.get_text_config()
        self._context, self._layers = int(config.max_position_embeddings), int(config.num_hidden_layers)

    def read(self, record: Record) -> Likelihood:
        """The likelihood of the turns that carry loss, each with its end marker, after all that was said before.

        What goes beyond the model's context is left out.

        Raises:
            ConfigError: nothing that carries loss is within it.
        """
        total, count = 0.0, 0
        for sample in self._encoder.samples(of_record(record)):
            tokens, counts = sample.tokens[: self._context].tolist(), sample.weights[: self._context] > 0
            total += self._score(tokens, counts.tolist())
            count += int(counts.sum())
        if not count:
            raise ConfigError(record.id, f"its first answer is beyond the {self._context} tokens that the model reads")
        return Likelihood(record.id, count, total / count)

    def _score(self, tokens: list[int], counts: list[bool]) -> float:
        """The log-likelihood of the tokens that count."""
        cache = RowCache()
        total = 0.0
        for start in range(0, len(tokens) - 1, _PASS_TOKENS):
            piece = tokens[start : min(start + _PASS_TOKENS, len(tokens) - 1)]
            # What comes behind each token of the piece is predicted; scores are wanted only where it counts.
            kept = [place for place in range(len(piece)) if counts[start + place + 1]]
            scores = self._forward(cache, piece, kept or [0])
            if kept:
                wanted = torch.tensor([tokens[start + place + 1] for place in kept], device=scores.device)
                total += float(log_softmax(scores, dim=-1).gather(1, wanted[:, None]).sum())
        return total

    @torch.inference_mode()
    def _forward(self, cache: RowCache, piece: list[int], kept: list[int]) -> torch.Tensor:
        """Scores (kept places, vocabulary) of what comes behind them."""
        step = Step([Span(cache, 0, len(piece))])
        device = self._model.device
        with running(step):
            out = self._model(
                input_ids=torch.tensor([piece], device=device),
                position_ids=torch.tensor([list(step.spans[0].positions)], device=device),
                use_cache=False,
                logits_to_keep=torch.tensor(kept, device=device),
            )
        check_layers(step, self._layers)
        cache.tokens += piece
        return out.logits[0].float()


def likelihoods(loaded: Loaded, records: Sequence[Record]) -> Iterator[Likelihood]:
    """Read one conversation after the other."""
    reader = Reader(loaded)
    for record in records:
        yield reader.read(record)
