# SPDX-License-Identifier: Apache-2.0
"""Hybrid instruction tuning's data (Zeng et al. 2023): one order of agent and general samples, and what is in it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.data.manifest import write_manifest
from agent_planner.tuning.data.records import AGENT, Record, files_of, reward_of, write_records
from agent_planner.tuning.mixture.contamination import Label, label_of, matched_shares, tokens_of
from agent_planner.tuning.mixture.inputs import Sample, asked_text, evaluation_texts, read_samples
from agent_planner.tuning.mixture.mix_config import MixConfig
from agent_planner.tuning.mixture.order import Source, Weighted, draw
from agent_planner.tuning.mixture.shares import agent_sources, check_names, general_sources
from agent_planner.tuning.mixture.template_words import template_words

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# Of each source what was read, and what became of it.
Counts = dict[str, Counter[str]]
NOTHING, TOO_LONG, REFUSED = "nothing_to_learn", "too_long", "template_refuses"
NO_REWARD, LOW_REWARD = "no_reward", "low_reward"


def mix(config: MixConfig, out: Path, tokenizer: "PreTrainedTokenizerFast | None" = None) -> dict[str, Any]:
    """Write a training order, and its manifest beside it; the same inputs and seed give the same bytes.

    Args:
        config: what is mixed.
        out: the file, JSON lines.
        tokenizer: counts loss tokens: those of the turns that are learned, and the end token of each.

    Returns:
        The manifest's counts: `sources`, each with its records, how many of them were left out since they hold
        `nothing_to_learn`, are `too_long` or of a form that the `template_refuses`, how many are `clean`, `grey` and
        `dirty`, the last of which are left out as well, how many of the robot's that are left have `no_reward` or a
        `low_reward`, below 1, how many were drawn, in how many epochs, and its loss tokens; the robot's files, where
        they have weights; with how many texts of the evaluation the samples were compared (`compared_with`; labels
        stand there only if it is not 0); and the share of agent data in `samples` and in loss tokens. All tokens count
        alike in the latter; how much each weighs in the loss is told to training (`forced_weight`, `verdict_weight`),
        which counts it as `loss_weight`.

    Raises:
        ConfigError: a file is wrong; with file and line.
        UserError: eta asks for data of which there are none, a weight is of no source, or there is a bound on tokens
            and nothing that counts them.
    """
    samples = [item for path in config.agent for item in read_samples(path, is_agent=True)]
    samples += [item for path in config.general for item in read_samples(path, is_agent=False)]
    texts = [text for path in config.against for text in evaluation_texts(path)]
    seen: Counts = {name: Counter() for name in sorted({item.source for item in samples})}
    check_names(config.weights, [name for name in seen if name != AGENT], config.agent)
    kept = _fit(samples, config.max_tokens, tokenizer, seen)
    kept = _without_dirty(kept, texts, config.mismatches, seen) if texts else kept
    agent = agent_sources(kept, config.agent, config.weights, config.seed)
    general = general_sources(kept, config.weights, config.seed)
    _check_there_are(config.eta, agent, general)
    for item in kept:
        if item.source == AGENT and (low := _lacks_reward(item.record)):
            seen[AGENT][low] += 1
    tokens: Counter[str] = Counter()
    drawn = draw(agent, general, config.eta, config.samples, config.seed)
    write_records(out, _counted(drawn, tokenizer, tokens))
    bounded = [TOO_LONG, REFUSED] if config.max_tokens else []
    shown = ["records", NOTHING, *bounded, *(map(str, Label) if texts else [])]
    by_name = {name: [source for source, _ in general if source.name == name] for name in seen}
    by_name |= {AGENT: [source for source, _ in agent]} if AGENT in seen else {}
    figures = {name: _figures(name, seen[name], shown, sources) for name, sources in by_name.items()}
    counts: dict[str, Any] = {
        "samples": config.samples,
        "compared_with": len(texts),
        "agent_share": figures[AGENT]["drawn"] / config.samples if AGENT in figures else 0.0,
        "sources": figures,
    }
    if len(agent) > 1:
        counts["agent_files"] = {
            source.name: {"records": len(source.records)} | _drawn([source]) for source, _ in agent
        }
    if tokenizer is not None:
        for name in figures:
            figures[name]["loss_tokens"] = tokens[name]
        counts["agent_token_share"] = tokens[AGENT] / tokens.total()
    inputs = [file for path in (*config.agent, *config.general, *config.against) for file in files_of(path)]
    write_manifest(out, "tune mix", config.model_dump(mode="json"), inputs, counts)
    return counts


def _fit(
    samples: Sequence[Sample], most: int | None, tokenizer: "PreTrainedTokenizerFast | None", seen: Counts
) -> list[Sample]:
    """The samples of which something is to be learned, and that training can take; the others are counted."""
    misfit = None if most is None else _misfits(most, tokenizer)
    kept: list[Sample] = []
    for item in samples:
        seen[item.source]["records"] += 1
        if not any(turn.loss for turn in item.record.conversations):
            seen[item.source][NOTHING] += 1
        elif misfit is not None and (reason := misfit(item)):
            seen[item.source][reason] += 1
        else:
            kept.append(item)
    return kept


def _misfits(most: int, tokenizer: "PreTrainedTokenizerFast | None") -> Callable[[Sample], str]:
    """What tells why training cannot take a sample, its tokens counted as there; empty where it can."""
    if tokenizer is None:
        raise UserError("max_tokens: only a tokenizer can tell; give --base, the model that will be trained")
    from agent_planner.llm.prompts import TemplateRefuses
    from agent_planner.tuning.training.encode import Encoder, of_record

    encoder = Encoder(tokenizer, forced_weight=1.0)

    def misfit(item: Sample) -> str:
        try:
            longest = max(map(len, encoder.samples(of_record(item.record))), default=0)
        except TemplateRefuses:
            return REFUSED
        except UserError as error:
            raise ConfigError(item.where, str(error)) from error
        return TOO_LONG if longest > most else ""

    return misfit


def _without_dirty(samples: Sequence[Sample], texts: Sequence[str], mismatches: int, seen: Counts) -> list[Sample]:
    """The samples that say nothing of what is evaluated; how many there are of each label is counted."""
    words = template_words()
    ours = [tokens_of(asked_text(item.record), words) for item in samples]
    shares = matched_shares(ours, [tokens_of(text, words) for text in texts], mismatches)
    kept: list[Sample] = []
    for item, share in zip(samples, shares, strict=True):
        label = label_of(share)
        seen[item.source][label] += 1
        if label is not Label.DIRTY:
            kept.append(item)
    return kept


def _lacks_reward(item: Record) -> str:
    """Why a record of the robot may not be worth learning; empty if nobody says so."""
    reward = reward_of(item)
    if reward is None:
        return NO_REWARD
    return LOW_REWARD if reward < 1 else ""


def _check_there_are(eta: float, agent: Weighted, general: Weighted) -> None:
    if eta > 0 and not agent:
        raise UserError(f"eta is {eta:g} and there are no agent data left; give --agent FILE, or eta 0")
    if eta < 1 and not general:
        raise UserError(f"eta is {eta:g} and there are no general data left; give --general FILE, or eta 1")


def _counted(
    records: Iterator[Record], tokenizer: "PreTrainedTokenizerFast | None", tokens: Counter[str]
) -> Iterator[dict[str, Any]]:
    """Pass samples on as JSON has them, and count the loss tokens of each source."""
    known: dict[int, int] = {}
    for item in records:
        if tokenizer is not None:
            key = id(item)
            known[key] = known[key] if key in known else loss_tokens(item, tokenizer)
            tokens[_source(item)] += known[key]
        yield item.plain()


def loss_tokens(item: Record, tokenizer: "PreTrainedTokenizerFast") -> int:
    """Tokens of the turns that are learned, and the end token of each."""
    learned = [turn.value for turn in item.conversations if turn.loss]
    return sum(len(tokenizer(text, add_special_tokens=False)["input_ids"]) + 1 for text in learned)


def _figures(name: str, found: Counter[str], shown: Sequence[str], sources: Sequence[Source]) -> dict[str, Any]:
    keys = [*shown, NO_REWARD, LOW_REWARD] if name == AGENT else shown
    return {key: found[key] for key in keys} | _drawn(sources)


def _drawn(sources: Sequence[Source]) -> dict[str, Any]:
    """How many samples were drawn, and how often that is everything."""
    records, drawn = sum(len(source.records) for source in sources), sum(source.drawn for source in sources)
    return {"drawn": drawn, "epochs": round(drawn / records, 4) if records else 0.0}


def _source(item: Record) -> str:
    return str((item.model_extra or {})["source"])
