# SPDX-License-Identifier: Apache-2.0
"""Things that are told by where they are: the key on the workbench is one of those keys that lie there.

"On the workbench" may as well be where a thing is to go. It tells which is meant only where the words leave no other
reading: a place to go to follows ("… into the sink"), or what is done to it has none ("grab …", "go to …").
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from agent_planner.scene.graph import CONTAINER, SURFACE, SceneGraph

ARTICLES = frozenset({"the", "a", "an", "my", "your"})
_AT = frozenset({"on", "in", "inside", "at"})
_FROM = frozenset({"from", "off"})
_IS = frozenset({"that", "which", "is", "are", "lying", "standing", "sitting"})
# Between a place and the one to go to.
_ADVERBS = frozenset({"over", "back", "away", "down", "up", "right", "straight", "across", "along"})
_TO_PLACE = frozenset({"in", "into", "on", "onto", "inside"})
_TO = frozenset({"to", "next", "near", "beside", "alongside", "behind", "under"})
_IT = frozenset({"it", "them"})
# Of one thing of a list to the next.
_AND = frozenset({"and", ","})
# Behind a thing that is to go elsewhere.
_GOES_WORDS = "goes go belongs belong should must needs need has have is are ought wants"
_GOES = frozenset(_GOES_WORDS.split())
# Before a thing that is not to be put anywhere.
_TAKING = "approach grab grasp fetch pick take hold lift retrieve inspect examine photograph"
_BEFORE = _AT | _FROM | _TO | _TO_PLACE | {"by", "for", "towards", "toward"} | frozenset(_TAKING.split())
_EACH = frozenset({"all", "both", "of", "one", "each", "every", "two", "three", "four"})


class Span(NamedTuple):
    """The words from ``start`` up to ``end`` may mean any of ``names``."""

    start: int
    end: int
    names: tuple[str, ...]


def located(scene: SceneGraph, words: Sequence[str], spans: Sequence[Span]) -> list[Span]:
    """Return the spans, those of things that are told by their place with what is there, and these places."""
    found = list(spans)
    for first, last in _lists(words, spans):
        things = range(first, last, 2)
        if any(_is_told(scene, words, spans, at) for at in things):
            for at in things:
                found[at], found[at + 1] = _there(scene, found[at], found[at + 1])
    return found


def _lists(words: Sequence[str], spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """From where up to where "the cup on the desk, the pen in the box and …" stands: thing, place, thing, place."""
    at = 0
    while at + 1 < len(spans):
        end = at
        while end + 1 < len(spans) and _is_at(words, spans[end], spans[end + 1]):
            end += 2
            if end >= len(spans) or not _only(_between(words, spans[end - 1], spans[end]), _AND):
                break
        if end > at:
            yield at, end
        at = max(end, at + 1)


def _is_at(words: Sequence[str], thing: Span, place: Span) -> bool:
    gap = _between(words, thing, place)
    return bool(gap) and gap[-1] in _AT | _FROM and _IS.issuperset(gap[:-1])


def _is_told(scene: SceneGraph, words: Sequence[str], spans: Sequence[Span], at: int) -> bool:
    """Whether the place of this thing cannot be one to go to."""
    thing, place = spans[at], spans[at + 1]
    gap = _between(words, thing, place)
    if len(gap) > 1 or gap[-1] in _FROM:
        return True
    before = [word for word in words[: thing.start] if word not in ARTICLES | _EACH]
    if before and (before[-1] in _BEFORE or before[-2:] in (["pick", "up"], ["lift", "up"])):
        return True
    behind = [word for word in words[place.end :] if word not in _ADVERBS][:3]
    if _only(behind[:1], _GOES) or _only(behind[:1], _TO_PLACE) and _only(behind[1:2], _IT):
        return True
    if _only(behind[:1], {"and"}) and _only(behind[2:], _IT):  # "get the cup on the desk and put it in the sink"
        return True
    gap = [word for word in _between(words, place, spans[at + 2]) if word not in _ADVERBS] if spans[at + 2 :] else []
    if len(gap) == 1 and gap[0] in _TO_PLACE:
        # In the kitchen nothing can be put: the desk in the kitchen is where to go.
        return any({SURFACE, CONTAINER} & set(scene.entities[name].affordances) for name in spans[at + 2].names)
    return gap == ["on", "top", "of"] or _only(gap[:1], _TO) and _only(gap, _TO | {"to"})


def _there(scene: SceneGraph, thing: Span, place: Span) -> tuple[Span, Span]:
    """What of both fits the other; as they are where nothing does."""
    at = {name: location.b for name in thing.names if (location := scene.location(name))}
    things = tuple(name for name in thing.names if at.get(name) in place.names)
    if not things:
        return thing, place
    return thing._replace(names=things), place._replace(
        names=tuple(name for name in place.names if name in {at[thing] for thing in things})
    )


def _between(words: Sequence[str], one: Span, other: Span) -> list[str]:
    return [word for word in words[one.end : other.start] if word not in ARTICLES]


def _only(gap: Sequence[str], words: Collection[str]) -> bool:
    return bool(gap) and all(word in words for word in gap)
