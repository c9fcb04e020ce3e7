# SPDX-License-Identifier: Apache-2.0
"""General conversations from the base model itself.

Given nothing but the opening of its template's user turn, an instruction-tuned model writes an instruction; then it
answers it. The method is that of Magpie (Xu et al. 2024, arXiv 2406.08464). It needs no data set, and what comes out
is what the base says anyhow, so that training on it holds the base where it is.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count as numbers
from pathlib import Path
from typing import Any

from agent_planner.errors import ModelError
from agent_planner.tuning.data.records import Record
from agent_planner.tuning.mixture.general import general_record, is_latin, opening_key, repeats, split_of
from agent_planner.tuning.mixture.journal import Journal
from agent_planner.tuning.mixture.names import GeneralSource
from agent_planner.tuning.mixture.sampler import Said, Sampler
from agent_planner.tuning.mixture.synthesis_config import SynthesisConfig
from agent_planner.tuning.scenarios.scenario import stable_seed

KEPT, OTHER_SPLIT = "kept", "other_split"
_FEWEST_WORDS = 3
_REFUSAL = re.compile(
    r"\bas an? (?:\w+-based )?(?:ai|artificial|language|chatbot)\b|\ba text-based ai\b"
    r"|\bi(?:'m| am) (?:currently )?(?:sorry|unable|not able)\b|\bi (?:don't|do not) have the ability\b"
    r"|\bi (?:cannot|can't|can not) (?:help|assist|provide|do|answer|fulfil)",
    re.IGNORECASE,
)
# After so many samples at least one in a hundred must be of use.
_PATIENCE = 500


def synthesize(
    sampler: Sampler,
    config: SynthesisConfig,
    model_sha256: str,
    journal: Path,
    count: int,
    counts: Counter[str],
    told: Callable[[int], None] = lambda kept: None,
) -> list[Record]:
    """Draw until ``count`` conversations are kept.

    Every batch is written to the journal as soon as it is drawn, the dropped ones too, so that a killed process
    draws none twice and ends with the same set; a larger ``count`` later goes on from there.

    Args:
        sampler: draws.
        config: what decides which samples these are.
        model_sha256: of the files of the base; empty where none is known.
        journal: the file for what was drawn.
        count: conversations wanted.
        counts: is given how many were ``kept`` and how many left out, by reason: ``not_ended`` (cut by the limit),
            ``short`` (an instruction of less than three words, or no answer), ``repeats`` (4-grams), ``script`` (fewer
            than nine in ten letters are Latin), ``refusal`` (an answer that reads like one), ``duplicate``,
            ``other_split`` (an instruction that is of another split, whoever draws it).
        told: how many are kept so far.

    Raises:
        ModelError: hardly any sample can be used.
        UserError: the journal was begun with another configuration, or another model.
    """
    begun_with = config.model_dump(mode="json") | {"model_sha256": model_sha256}
    kept: list[Record] = []
    seen: set[str] = set()
    for batch, samples in enumerate(_batches(sampler, config, Journal(journal, begun_with))):
        for row, sample in enumerate(samples):
            reason = sample["reason"]
            if reason is None and (key := opening_key(sample["instruction"])) in seen:
                reason = "duplicate"
            counts[reason or KEPT] += 1
            if reason is None:
                seen.add(key)
                name = f"synthesis/{config.split}/{config.seed}/{batch}/{row}"
                turns = (sample["instruction"], sample["answer"])
                source = GeneralSource.SYNTHESIS
                kept.append(general_record(name, turns, source, "instruction", config.split, system=sampler.system))
            if len(kept) == count:
                told(count)
                return kept
        told(len(kept))
        _check_use(config.base, counts)
    raise AssertionError("batches never end")


def _batches(sampler: Sampler, config: SynthesisConfig, journal: Journal) -> Iterator[list[dict[str, Any]]]:
    """Yield the batches that the journal has, then new ones, without end."""
    done = journal.pieces()
    yield from done
    for number in numbers(len(done)):
        batch = _drawn(sampler, config, number)
        journal.append(batch)
        yield batch


def _drawn(sampler: Sampler, config: SynthesisConfig, number: int) -> list[dict[str, Any]]:
    def seed(part: str) -> int:
        return stable_seed("synthesis", config.split, config.seed, number, part) >> 1  # torch's are signed

    said = sampler.instructions(config.batch, config.instruction_tokens, config.temperature, seed("instructions"))
    faults = [instruction_fault(s) or (None if _of_split(s.text, config) else OTHER_SPLIT) for s in said]
    samples = [{"instruction": s.text, "answer": None, "reason": f} for s, f in zip(said, faults, strict=True)]
    open_ones = [sample for sample in samples if sample["reason"] is None]
    asked = [sample["instruction"] for sample in open_ones]
    answers = sampler.answers(asked, config.answer_tokens, config.answer_temperature, seed("answers"))
    for sample, answer in zip(open_ones, answers, strict=True):
        sample.update(answer=answer.text, reason=answer_fault(answer))
    return samples


def _of_split(instruction: str, config: SynthesisConfig) -> bool:
    return split_of(GeneralSource.SYNTHESIS, opening_key(instruction)) is config.split


def instruction_fault(said: Said) -> str | None:
    """Why an instruction cannot be used; None if it can."""
    if len(said.text.split()) < _FEWEST_WORDS:
        return "short"
    return _text_fault(said)


def answer_fault(said: Said) -> str | None:
    """Why an answer cannot be used; None if it can."""
    if not said.text:
        return "short"
    return "refusal" if _REFUSAL.search(said.text) else _text_fault(said)


def _text_fault(said: Said) -> str | None:
    if not said.ended:
        return "not_ended"
    if repeats(said.text):
        return "repeats"
    # "42." is an answer.
    return None if is_latin(said.text) or said.text.isascii() else "script"


def _check_use(base: str, counts: Counter[str]) -> None:
    # What is of another split says nothing against the base.
    drawn = counts.total() - counts[OTHER_SPLIT]
    if drawn >= _PATIENCE and counts[KEPT] < drawn / 100:
        reasons = ", ".join(f"{reason}: {n}" for reason, n in counts.most_common() if reason not in (KEPT, OTHER_SPLIT))
        raise ModelError(
            f"of {drawn} samples of {base} only {counts[KEPT]} are of use ({reasons}); choose a base that was tuned on "
            "instructions"
        )
