# SPDX-License-Identifier: Apache-2.0
"""Which name each thing goes by."""

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from agent_planner.perception.detection import Scores, best
from agent_planner.perception.places import KnownObject
from agent_planner.perception.track import Track
from agent_planner.scene.graph import name_of
from agent_planner.scene.plain import LABEL

_ENOUGH = 0.15  # a known thing must be at least that likely
_CLEAR = 0.75  # share of the votes for a word from which it is beyond doubt
_STICKY = 2.0  # how much more another name must fit before a thing is called something else


class Names:
    """Gives names to tracks and keeps them.

    A thing goes by the name that a tag or the user's node gives it, else by that of the known object that it most
    likely is. What is none of these is called by its colour and kind. Each name is given once: where there are several,
    with a number.

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
        names = self._tagged_ones([t for t in tracks if t.tag])
        names |= self._known_ones([t for t in tracks if not t.tag], set(names.values()))
        for track in tracks:
            if track.number not in names:
                names[track.number] = self._plain(track, {*names.values(), *self._reserved(track, names)})
        self._given = names
        return dict(names)

    def _reserved(self, track: Track, names: dict[int, str]) -> set[str]:
        """Names that this one may not get: those of places, of known objects, and what others are called."""
        others = {name for number, name in self._given.items() if number not in names and number != track.number}
        return {*self._taken, *(k.name for k in self._known), *others}

    def _tagged_ones(self, tracks: Sequence[Track]) -> dict[int, str]:
        found: dict[int, str] = {}
        for track in tracks:
            words = name_of(track.tag)
            others = {self._given.get(other.number, "") for other in tracks if other is not track}
            known = {k.name for k in self._known} - {words}
            found[track.number] = self._numbered(track, words, {*self._taken, *known, *others, *found.values()})
        return found

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
        if before and before not in taken and not self._is_clear(track):
            return before
        return self._numbered(track, name_of(f"{track.color} {track.kind or 'thing'}"), taken)

    def _numbered(self, track: Track, words: str, taken: set[str]) -> str:
        """The words, with a number where they are taken; the same one as before, if it had one."""
        before = self._given.get(track.number, "")
        number = before.rpartition(" ")[2]
        same = before == words or (number.isdigit() and before == _with_number(words, int(number)))
        if same and before not in taken:
            return before
        return next(name for n in itertools.count(1) if (name := _with_number(words, n)) not in taken)

    @staticmethod
    def _is_clear(track: Track) -> bool:
        """Whether what it is now taken for is so much likelier than anything else that a new name is worth it."""
        said = (votes for votes in (track.kinds, track.colors) if votes)
        return all(_share(votes, best(votes)) > _CLEAR for votes in said)


def _with_number(words: str, number: int) -> str:
    end = f" {number}" if number > 1 else ""
    return words[: LABEL - len(end)].rstrip() + end


def _share(votes: Scores, word: str) -> float:
    total = sum(votes.values())
    return votes.get(word, 0.0) / total if total > 0 else 0.0
