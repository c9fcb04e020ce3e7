# SPDX-License-Identifier: Apache-2.0
"""How things to do are put into words: the wordings of training, or those that were kept apart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from agent_planner.tuning.zoo.held_out_wordings import FRAMES_OF, JOINS_OF, PLACE_ALL_OF, WORDINGS_OF
from agent_planner.tuning.zoo.kinds import sentence, stands_alone
from agent_planner.tuning.zoo.train_asides import contracted
from agent_planner.tuning.zoo.train_wordings import (
    TRAIN_EVERYTHING,
    TRAIN_EXCEPT,
    TRAIN_FRAMES,
    TRAIN_FROM,
    TRAIN_JOINS,
    TRAIN_PLACE_ALL,
    TRAIN_PLACE_BOTH,
    TRAIN_RING,
    TRAIN_SEVERAL,
    TRAIN_SHUT_AGAIN,
    TRAIN_WORDINGS,
)
from agent_planner.tuning.zoo.wordings import FRAMES, JOINS, PLACE_ALL, WORDINGS, seen


@dataclass(frozen=True)
class Phrasing:
    """``{o}``, ``{t}`` and ``{x}`` as in `zoo.wordings`.

    Attributes:
        of: the wordings of each kind of clause.
        several: those of ``on`` and ``in`` in which ``{o}`` may be a list of things.
        place_all: for every thing of one sort.
        ring: for each description of the family ``ring``, whose skills do five different deeds; may be empty.
        shut_again: a second clause that closes what the first one named.
        joins: ``{a}`` first, then ``{b}``.
        frames: around the whole.
        place_both: the same of two.
        moved: wordings of ``on`` and ``in`` that say where the thing is now.
        everything: for all that is on one surface.
        exceptions: what is said behind that where one thing stays.
        sentences: whether a wording says by its first letter that it stands alone (`stands_alone`).
    """

    of: Mapping[str, tuple[str, ...]]
    several: Mapping[str, tuple[str, ...]]
    place_all: tuple[str, ...]
    ring: Mapping[str, tuple[str, ...]]
    shut_again: tuple[str, ...]
    joins: tuple[str, ...]
    frames: tuple[str, ...]
    place_both: tuple[str, ...] = ()
    moved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    everything: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    sentences: bool = False

    def filled(self, wording: str, **slots: str) -> str:
        """The wording with its slots filled."""
        return sentence(wording, **slots) if self.sentences else wording.format(**slots)


TRAINING = Phrasing(
    of={kind: seen(kind) for kind in WORDINGS},
    several={kind: seen(kind)[:5] for kind in ("on", "in")},
    place_all=PLACE_ALL,
    ring={
        "Ring the bell.": ("ring the bell", "give the bell a ring", "ring the bell once"),
        "Sound the alarm.": ("sound the alarm", "set off the alarm", "raise the alarm"),
        "Press the buzzer.": ("press the buzzer", "push the buzzer", "hit the buzzer"),
        "Call a person.": ("call a person", "call somebody", "get a person to come"),
        "Reset the counter.": ("reset the counter", "set the counter back", "zero the counter"),
    },
    shut_again=("close {o}", "shut {o}", "close {o} again", "push {o} shut", "shut {o} again"),
    joins=JOINS,
    frames=FRAMES,
)


def whole_zoo(several: bool) -> Phrasing:
    """All that training may say, for an instruction of one clause, or of two and more."""

    def fit(wordings: Iterable[str]) -> tuple[str, ...]:
        fitting = [w for w in wordings if not (several and stands_alone(w))]
        return (*fitting, *(short for w in fitting if (short := contracted(w)) != w))

    bare = ("{i}",) * (len(TRAIN_FRAMES) // 2)
    return Phrasing(
        of={kind: fit(wordings) for kind, wordings in TRAIN_WORDINGS.items()},
        several=TRAIN_SEVERAL,
        place_all=fit(TRAIN_PLACE_ALL),
        ring={description: fit(wordings) for description, wordings in TRAIN_RING.items()},
        shut_again=TRAIN_SHUT_AGAIN,
        joins=TRAIN_JOINS,
        frames=(*bare, *TRAIN_FRAMES),
        place_both=fit(TRAIN_PLACE_BOTH),
        moved={kind: fit(wordings) for kind, wordings in TRAIN_FROM.items()},
        everything=fit(TRAIN_EVERYTHING),
        exceptions=TRAIN_EXCEPT,
        sentences=True,
    )


def held_out(split: str, several: bool) -> Phrasing:
    """The split's own phrasing for an instruction of one clause, or of two.

    Only bare imperatives can be joined. A single one stands with or without a frame, which is then part of the
    wording; what is a sentence of its own has none.
    """
    frames = ("{i}", "{i}", *FRAMES_OF[split])

    def fit(wordings: Iterable[str]) -> tuple[str, ...]:
        if several:
            return tuple(w for w in wordings if not stands_alone(w))
        return tuple(w if stands_alone(w) else frame.format(i=w) for w in wordings for frame in frames)

    of = {kind: fit(wordings) for kind, wordings in WORDINGS_OF[split].items()}
    return Phrasing(
        of=of,
        several={kind: fit(WORDINGS_OF[split][kind][:5]) for kind in ("on", "in")},
        place_all=fit(PLACE_ALL_OF[split]),
        ring={},
        shut_again=of["closed"],
        joins=JOINS_OF[split],
        frames=("{i}",),
    )
