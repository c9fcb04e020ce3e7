# SPDX-License-Identifier: Apache-2.0
"""Which trajectories are learned from: those that the world rewarded, no task family more than its share.

AgentTuning (arXiv 2310.12823) keeps r = 1. Success filtering favours what is easy, hence the cap on each family.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from operator import itemgetter
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agent_planner.tuning.collect.leave_out import without
from agent_planner.tuning.collect.names import LeaveOut
from agent_planner.tuning.data.records import MODEL, Record, Turn, is_held_out, reward_of
from agent_planner.tuning.scenarios.scenario import stable_seed

_IDENTICAL = 3


class FilterConfig(BaseModel):
    """What is kept; the last two are for ablations.

    Attributes:
        reward: the least.
        cap: records of one task family at most, chosen by a hash of their ids.
        leave_out: parts of the data that are left out; see `leave_out.without`.
        share: of the records, chosen by a hash of their ids, so that a smaller share is a part of a larger one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reward: float = Field(default=1.0, ge=0, le=1)
    cap: int | None = Field(default=None, ge=1)
    leave_out: tuple[LeaveOut, ...] = ()
    share: float = Field(default=1.0, gt=0, le=1)


class Filter:
    """Call `keep` with every record; ``dropped`` counts the others by reason, ``kept`` those by family."""

    def __init__(self, config: FilterConfig):
        self._config = config
        self._seen: set[bytes] = set()
        self.kept: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()

    def keep(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield what is kept, in its order; wrong turns stay, but are not learned."""
        found = self._good(records)
        for record in found if self._config.cap is None else self._capped(found, self._config.cap):
            self.kept[_family(record)] += 1
            yield record

    def _good(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            left, reason = self._reduced(record)
            if reason := reason or self._fault(left):
                self.dropped[reason] += 1
                continue
            yield left

    def _capped(self, records: Iterable[Record], cap: int) -> list[Record]:
        """Of each family those whose hash is least: what comes first in a file is of few situations."""
        chosen: dict[str, list[tuple[int, int, Record]]] = defaultdict(list)
        for place, record in enumerate(records):
            # A heap: its first is the one that goes.
            family = chosen[_family(record)]
            heappush(family, (-stable_seed("cap", record.id), place, record))
            if len(family) > cap:
                heappop(family)
                self.dropped["over_cap"] += 1
        return [record for _, _, record in sorted((item for f in chosen.values() for item in f), key=itemgetter(1))]

    def _reduced(self, record: Record) -> tuple[Record, str]:
        """A record without what is to be left out, and why nothing is left of it, else empty."""
        if stable_seed("share", record.id) >= self._config.share * 2**64:
            return record, "not_in_share"
        for part in self._config.leave_out:
            left = without(record, part)
            if left is None:
                return record, f"without_{part.value}"
            record = left
        return record, ""

    def _fault(self, record: Record) -> str:
        """Why a record is left out; empty where it is kept."""
        known: dict[str, Any] = record.model_extra or {}
        if is_held_out(known.get("split")):
            return "held_out"
        reward = reward_of(record)
        if reward is None:
            return "no_reward"
        if reward < self._config.reward:
            return "low_reward"
        if known.get("violations"):
            return "safety_violation"
        if not any(turn.loss for turn in record.conversations):
            return "nothing_to_learn"
        if _repeats(record.conversations):
            return "loop"
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
    """Whether the same is learned three times running, as AgentTuning ends an episode: a loop may be led out of."""
    said = [(turn.value, turn.loss) for turn in turns if turn.source == MODEL]
    runs = zip(*(said[i:] for i in range(_IDENTICAL)), strict=False)
    return any(run[0][1] and len(set(run)) == 1 for run in runs)
