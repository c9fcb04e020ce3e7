# SPDX-License-Identifier: Apache-2.0
"""Which trajectories are learned from: those that the world rewarded, no task family more than its share.

AgentTuning (arXiv 2310.12823) keeps r = 1. Success filtering favours what is easy, hence the cap on each family.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agent_planner.tuning.data.records import MODEL, Record, Turn

_IDENTICAL = 3


class FilterConfig(BaseModel):
    """``reward``: the least that is kept. ``cap``: how many records of one task family at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reward: float = Field(default=1.0, ge=0, le=1)
    cap: int | None = Field(default=None, ge=1)


class Filter:
    """Call `keep` with every record; ``dropped`` counts the others by reason, ``kept`` those by family."""

    def __init__(self, config: FilterConfig):
        self._config = config
        self._seen: set[bytes] = set()
        self.kept: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()

    def keep(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield what is kept, in its order; wrong turns stay, but are not learned."""
        for record in records:
            reason = self._fault(record)
            if reason:
                self.dropped[reason] += 1
                continue
            self.kept[_family(record)] += 1
            yield record

    def _fault(self, record: Record) -> str:
        """Why a record is left out; empty where it is kept."""
        known: dict[str, Any] = record.model_extra or {}
        if "reward" not in known:
            return "no_reward"
        if known["reward"] < self._config.reward:
            return "low_reward"
        if known.get("violations"):
            return "safety_violation"
        if not any(turn.loss for turn in record.conversations):
            return "nothing_to_learn"
        if _repeats(record.conversations):
            return "loop"
        if self._config.cap is not None and self.kept[_family(record)] >= self._config.cap:
            return "over_cap"
        return "duplicate" if self._is_known(record) else ""

    def _is_known(self, record: Record) -> bool:
        text = json.dumps([[t.source, t.loss, t.value] for t in record.conversations])
        digest = hashlib.sha256(text.encode()).digest()
        known = digest in self._seen
        self._seen.add(digest)
        return known


def _family(record: Record) -> str:
    return str((record.model_extra or {}).get("family", "unknown"))


def _repeats(turns: Iterable[Turn]) -> bool:
    """Whether the model said the same three times running, as AgentTuning ends an episode."""
    said = [turn.value for turn in turns if turn.source == MODEL]
    runs = zip(*(said[i:] for i in range(_IDENTICAL)), strict=False)
    return any(len(set(run)) == 1 for run in runs)
