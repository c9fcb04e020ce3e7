# SPDX-License-Identifier: Apache-2.0
"""Which words of an instruction may mean which entities: what a model would else have to find in the whole scene."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agent_planner.scene.focus import singulars, told_by
from agent_planner.scene.graph import SceneGraph
from agent_planner.scene.located import ARTICLES, Span, located

_MAX_WORDS = 4
_MAX_MENTIONS = 24
_MAX_NAMES = 12
# Words that tell like things apart, but are no thing themselves.
_ADJECTIVES = """
red blue green yellow white black orange purple grey gray pink brown cyan beige violet golden gold silver turquoise
magenta dark light left right small big large tiny little old new upper lower top bottom far near front back tall
short long wide wooden metal plastic other
"""
# Words at which an unknown noun phrase ends.
_ENDS = """
on in into onto to from at of off over under up down out with for by near next beside alongside inside behind between
and or then after before is are be it them goes go belongs belong needs please now again open closed shut clean some
once all every one which when until as
"""
ADJECTIVES = frozenset(_ADJECTIVES.split())
_COUNTS = frozenset(["two", "three", "four", "five", "six"])
_IS_END = ARTICLES | frozenset(_ENDS.split())


@dataclass(frozen=True)
class Mention:
    """``phrase`` as it was said (without article) and the ``names`` of all entities that it may mean, if any."""

    phrase: str
    names: tuple[str, ...]


class _Stems(NamedTuple):
    """The words of an entity's name in their order, and all words that tell of it, in the singular."""

    name: list[str]
    told: set[str]


def mentions(scene: SceneGraph, text: str) -> list[Mention]:
    """Return what the text may speak of, in its order, the same once."""
    words = re.findall(r"[\w'-]+|[^\w\s]", text.lower().replace("can you", "do you"))  # no can is meant
    stems = {name: _Stems(singulars(name.split()), set(singulars(told_by(scene, name)))) for name in scene.entities}
    spans = located(scene, words, list(_read(words, stems)))
    found = (Mention(" ".join(words[span.start : span.end]), span.names) for span in spans)
    return list(dict.fromkeys(found))[:_MAX_MENTIONS]


def mentions_text(scene: SceneGraph, text: str) -> str:
    """One line for the prompt, e.g. ``cup = red cup (on desk), blue cup (in sink); desk; yellow key = nothing``."""
    return "; ".join(_shown(scene, mention) for mention in mentions(scene, text)) or "nothing"


def _read(words: Sequence[str], stems: dict[str, _Stems]) -> Iterator[Span]:
    at = 0
    while at < len(words):
        length, names = _known(words[at:], stems)
        if length:
            yield Span(at, at + length, names)
        elif words[at] in ARTICLES and (unknown := _unknown(words[at + 1 :], stems)):
            length = 1 + len(unknown)
            yield Span(at + 1, at + length, ())
        at += max(1, length)


def _known(words: Sequence[str], stems: dict[str, _Stems]) -> tuple[int, tuple[str, ...]]:
    """How many of the first words speak of something of the scene, and what they mean.

    Nothing, although the noun is known, where its adjective fits none: the yellow plate, if there is a black one.
    """
    length, names = _longest(words, stems)
    if not length and words and (words[0] in ADJECTIVES or any(words[0] in own.name[:-1] for own in stems.values())):
        rest, _ = _longest(words[1:], stems)
        return (1 + rest, ()) if rest else (0, ())
    return length, names


def _longest(words: Sequence[str], stems: dict[str, _Stems]) -> tuple[int, tuple[str, ...]]:
    """How many of the first words together fit some entity, and which; (0, ()) where none do."""
    for length in range(min(_MAX_WORDS, len(words)), 0, -1):
        said = singulars(words[:length])
        if all(w in ADJECTIVES for w in words[:length]) and not any(own.name == said for own in stems.values()):
            continue
        if fitting := [name for name, own in stems.items() if set(said) <= own.told]:
            exact = [name for name in fitting if stems[name].name == said]
            return length, tuple(exact or fitting)
    return 0, ()


def _unknown(words: Sequence[str], stems: dict[str, _Stems]) -> list[str]:
    """The noun phrase of something that is not in the scene."""
    phrase: list[str] = []
    for at, word in enumerate(words[:_MAX_WORDS]):
        if word in _IS_END or not word[0].isalnum() or _known(words[at:], stems)[0]:
            break
        phrase.append(word)
    return [] if _COUNTS.issuperset(phrase) else phrase


def _shown(scene: SceneGraph, mention: Mention) -> str:
    if not mention.names:
        return f"{mention.phrase} = nothing"
    if len(mention.names) == 1:
        (name,) = mention.names
        return name if name == mention.phrase else f"{mention.phrase} = {name}"
    return f"{mention.phrase} = {', '.join(_placed(scene, name) for name in mention.names[:_MAX_NAMES])}"


def _placed(scene: SceneGraph, name: str) -> str:
    location = scene.location(name)
    if location is not None:
        return f"{name} ({location.name} {location.b})"
    return f"{name} (held)" if name == scene.holding else name
