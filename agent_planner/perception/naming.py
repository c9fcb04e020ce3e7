# SPDX-License-Identifier: Apache-2.0
"""Which name each thing goes by."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from agent_planner.perception.detection import Scores, best
from agent_planner.perception.places import KnownObject
from agent_planner.perception.track import Track

_ENOUGH = 0.15  # a known thing must be at least that likely
_CLEAR = 0.75  # share of the votes for a word from which it is beyond doubt
_STICKY = 2.0  # how much more another name must fit before a thing is called something else


class Names:
    """Gives names to tracks and keeps them.

    A thing goes by the name of the known object that it most likely is, each name once. What is none of these is
    called by its colour and kind, with a number where there are several.

    Args:
        known: names that people give to things.
        taken: names of places.
    """

    def __init__(self, known: Sequence[KnownObject] = (), taken: Iterable[str] = ()):
        self._known = tuple(known)
        self._taken = frozenset(taken)
        self._given: dict[int, str] = {}

    def of(self, tracks: Sequence[Track]) -> dict[int, str]:
        """Return a name for each track, by its number."""
        self._given = {t.number: self._given[t.number] for t in tracks if t.number in self._given}
        names = {track.number: track.tag for track in tracks if track.tag}
        names |= self._known_ones([t for t in tracks if not t.tag], set(names.values()))
        for track in tracks:
            if track.number not in names:
                names[track.number] = self._plain(track, {*names.values(), *self._reserved(names)})
        self._given = names
        return dict(names)

    def _reserved(self, names: dict[int, str]) -> set[str]:
        """Names that nobody new may get: those of places, of known objects, and what others are called."""
        others = {name for number, name in self._given.items() if number not in names}
        return {*self._taken, *(k.name for k in self._known), *others}

    def _known_ones(self, tracks: Sequence[Track], used: set[str]) -> dict[int, str]:
        free = [known for known in self._known if known.name not in used]
        if not tracks or not free:
            return {}
        fit = np.array([[self._fit(track, known) for known in free] for track in tracks])
        found = {}
        for row, column in zip(*linear_sum_assignment(-fit), strict=True):
            if fit[row, column] >= _ENOUGH:
                found[tracks[row].number] = free[column].name
        return found

    def _fit(self, track: Track, known: KnownObject) -> float:
        fit = 1.0
        for said, votes in ((known.category, track.kinds), (known.color, track.colors)):
            if said:
                fit *= _share(votes, said)
        if known.size is not None:
            fit *= float(np.exp(-np.abs(np.sort(known.size) - np.sort(track.size)).max() / 0.01))
        return fit * (_STICKY if self._given.get(track.number) == known.name else 1.0)

    def _plain(self, track: Track, taken: set[str]) -> str:
        before = self._given.get(track.number, "")
        words = f"{track.color} {track.kind or 'thing'}".strip()
        if before and before not in {k.name for k in self._known} and not self._is_clear(track):
            return before
        if before and before.rstrip("0123456789 ") == words and before not in taken - {before}:
            return before
        name, number = words, 1
        while name in taken:
            number += 1
            name = f"{words} {number}"
        return name

    @staticmethod
    def _is_clear(track: Track) -> bool:
        """Whether what it is now taken for is so much likelier than anything else that a new name is worth it."""
        said = (votes for votes in (track.kinds, track.colors) if votes)
        return all(_share(votes, best(votes)) > _CLEAR for votes in said)


def _share(votes: Scores, word: str) -> float:
    total = sum(votes.values())
    return votes.get(word, 0.0) / total if total > 0 else 0.0
