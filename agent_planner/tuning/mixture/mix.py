# SPDX-License-Identifier: Apache-2.0
"""Hybrid instruction tuning's data (Zeng et al. 2023): one order of agent and general samples, and what is in it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent_planner.errors import UserError, did_you_mean
from agent_planner.tuning.data.manifest import write_manifest
from agent_planner.tuning.data.records import Record, write_records
from agent_planner.tuning.mixture.contamination import Label, label_of, matched_shares, tokens_of
from agent_planner.tuning.mixture.inputs import AGENT, asked_text, evaluation_texts, files_of, read_samples
from agent_planner.tuning.mixture.mix_config import MixConfig
from agent_planner.tuning.mixture.order import Source, draw
from agent_planner.tuning.mixture.template_words import template_words

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Labels = dict[str, Counter[str]]


def mix(config: MixConfig, out: Path, tokenizer: "PreTrainedTokenizerBase | None" = None) -> dict[str, Any]:
    """Write a training order, and its manifest beside it; the same inputs and seed give the same bytes.

    Args:
        config: what is mixed.
        out: the file, JSON lines.
        tokenizer: counts loss tokens: those of the turns that are learned, and the end token of each.

    Returns:
        The manifest's counts: `sources` (each with its records, how many of them are `clean`, `grey` and `dirty`, the
        last of which are left out, how many were drawn, in how many epochs, and its loss tokens), and the share of
        agent data in `samples` and in loss tokens. Training's loss is a mean over loss tokens, so it is the latter
        that the agent data weigh.

    Raises:
        ConfigError: a file is wrong; with file and line.
        UserError: eta asks for data of which there are none, or a weight is of no source.
    """
    records = [item for path in config.agent for item in read_samples(path, is_agent=True)]
    records += [item for path in config.general for item in read_samples(path, is_agent=False)]
    texts = [text for path in config.against for text in evaluation_texts(path)]
    kept, labels = _without_dirty(records, texts, config.mismatches)
    sources = _sources(kept, config.seed)
    agent, general = sources.get(AGENT), _weighted(sources, config.weights)
    _check_there_are(config.eta, agent, general)
    tokens: Counter[str] = Counter()
    drawn = draw(agent, general, config.eta, config.samples, config.seed)
    write_records(out, _counted(drawn, tokenizer, tokens))
    figures = {name: _figures(labels[name], sources.get(name)) for name in sorted(labels)}
    counts: dict[str, Any] = {
        "samples": config.samples,
        "agent_share": figures[AGENT]["drawn"] / config.samples if AGENT in figures else 0.0,
        "sources": figures,
    }
    if tokenizer is not None:
        for name in figures:
            figures[name]["loss_tokens"] = tokens[name]
        counts["agent_token_share"] = tokens[AGENT] / tokens.total()
    inputs = [file for path in (*config.agent, *config.general, *config.against) for file in files_of(path)]
    write_manifest(out, "tune mix", config.model_dump(mode="json"), inputs, counts)
    return counts


def _without_dirty(records: Sequence[Record], texts: Sequence[str], mismatches: int) -> tuple[list[Record], Labels]:
    """The samples that say nothing of what is evaluated, and how many there are of each label by source."""
    words = template_words()
    ours = [tokens_of(asked_text(item), words) for item in records]
    shares = matched_shares(ours, [tokens_of(text, words) for text in texts], mismatches)
    kept: list[Record] = []
    labels: Labels = {}
    for item, share in zip(records, shares, strict=True):
        label = label_of(share)
        labels.setdefault(_source(item), Counter())[label] += 1
        if label is not Label.DIRTY:
            kept.append(item)
    return kept, labels


def _sources(records: Sequence[Record], seed: int) -> dict[str, Source]:
    by_source: dict[str, list[Record]] = {}
    for item in records:
        by_source.setdefault(_source(item), []).append(item)
    return {name: Source(name, members, seed) for name, members in by_source.items()}


def _weighted(sources: Mapping[str, Source], weights: Mapping[str, float]) -> list[tuple[Source, float]]:
    general = [sources[name] for name in sorted(sources) if name != AGENT]
    names = [source.name for source in general]
    for name, weight in weights.items():
        if name not in names:
            raise UserError(f"weight of '{name}': there is no such general source; {did_you_mean(name, names)}")
        if weight < 0:
            raise UserError(f"weight of '{name}': {weight:g} is less than 0")
    weighted = [(source, weights.get(source.name, 0.0) if weights else len(source.records)) for source in general]
    return [(source, weight) for source, weight in weighted if weight > 0]


def _check_there_are(eta: float, agent: Source | None, general: Sequence[object]) -> None:
    if eta > 0 and agent is None:
        raise UserError(f"eta is {eta:g} and there are no agent data left; give --agent FILE, or eta 0")
    if eta < 1 and not general:
        raise UserError(f"eta is {eta:g} and there are no general data left; give --general FILE, or eta 1")


def _counted(
    records: Iterator[Record], tokenizer: "PreTrainedTokenizerBase | None", tokens: Counter[str]
) -> Iterator[dict[str, Any]]:
    """Pass samples on as JSON has them, and count the loss tokens of each source."""
    known: dict[int, int] = {}
    for item in records:
        if tokenizer is not None:
            key = id(item)
            known[key] = known[key] if key in known else loss_tokens(item, tokenizer)
            tokens[_source(item)] += known[key]
        yield item.plain()


def loss_tokens(item: Record, tokenizer: "PreTrainedTokenizerBase") -> int:
    """Tokens of the turns that are learned, and the end token of each."""
    learned = [turn.value for turn in item.conversations if turn.loss]
    return sum(len(tokenizer(text, add_special_tokens=False)["input_ids"]) + 1 for text in learned)


def _figures(labels: Counter[str], source: Source | None) -> dict[str, Any]:
    seen = {label.value: labels[label] for label in Label}
    drawn, epochs = (source.drawn, round(source.epochs, 4)) if source else (0, 0.0)
    return {"records": labels.total(), **seen, "drawn": drawn, "epochs": epochs}


def _source(item: Record) -> str:
    return str((item.model_extra or {})["source"])
