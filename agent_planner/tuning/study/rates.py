# SPDX-License-Identifier: Apache-2.0
"""How long things take, before the study itself has measured it: the one place for the figures, with their sources."""

from enum import StrEnum
from typing import NamedTuple


class Work(StrEnum):
    """Kinds of steps; what takes how long is learned for each."""

    SCENARIOS = "scenarios"
    COLLECT = "collect"
    FILTER = "filter"
    GENERAL = "general"
    MIX = "mix"
    TRAIN = "train"
    ACT = "act"
    ASK = "ask"
    PANEL = "panel"
    TASKS = "tasks"
    READ = "read"


class Rate(NamedTuple):
    """Seconds of one thing on two slow cores (AVX2) with ``--jobs 2``, and where the figure comes from.

    With one step at a time everything takes some 1.4 times as long: two threads of torch use 1.4 of the cores.
    """

    seconds: float
    source: str


RATES = {
    "command": Rate(3, "imports of a command without a model"),
    "model command": Rate(20, "imports, and loading the default model; about"),
    "situation": Rate(0.03, "measured 2026-11-27: 20 situations with their twins and 12 tasks in 0.5 s"),
    "expert episode": Rate(60 / 28_847, "docs/tuning.md, Speed: 28,847 a minute in one process"),
    "asked episode": Rate(0.016, "measured 2026-11-28: 1,500 of the panel by the expert in 24 s"),
    "record": Rate(0.001, "measured 2026-11-27: 557 filtered, 832 mixed, well under a second"),
    "general conversation": Rate(0.001, "measured 2026-11-27: 300 generated well under a second"),
    "learned record": Rate(1.4, "measured 2026-11-29: 71 tokens a second in each of two, some 200 tokens computed"),
    "learned conversation": Rate(0.6, "as a record, with some 86 tokens"),
    "episode": Rate(8.0, "measured 2026-11-29: 282 turns in 488 s in each of two, about nine an episode"),
    "general task": Rate(2.0, "not measured"),
    "read record": Rate(1.4 / 3, "not measured; the forward pass, a third of learning it"),
    "read conversation": Rate(0.2, "not measured; as of a read record"),
}


def seconds_of(**counts: float) -> float:
    """The seconds that so many things take; names as in `RATES`, with _ for the space."""
    return sum(RATES[name.replace("_", " ")].seconds * count for name, count in counts.items())
