# SPDX-License-Identifier: Apache-2.0
"""A general set that needs no model and no data set: conversations made by programs, so that every answer is right."""

from collections.abc import Iterator, Sequence
from random import Random

from agent_planner.errors import UserError
from agent_planner.tuning.data.records import Record
from agent_planner.tuning.mixture.general import general_record, opening_key
from agent_planner.tuning.mixture.kinds import arithmetic, formats, refusals, scene_questions, talk, tool_calls
from agent_planner.tuning.mixture.kinds.form import Form, Turns
from agent_planner.tuning.mixture.names import GeneralSource, Split
from agent_planner.tuning.scenarios.scenario import stable_seed

KINDS: dict[str, tuple[Form, ...]] = {
    "scene_question": scene_questions.FORMS,
    "arithmetic": arithmetic.FORMS,
    "refusal": refusals.FORMS,
    "talk": talk.FORMS,
    "format": formats.FORMS,
    "tool_call": tool_calls.FORMS,
}
# Refusals are few, since a model that has seen many refuses what is harmless.
_WEIGHTS = {"scene_question": 3, "arithmetic": 3, "refusal": 1, "talk": 2, "format": 3, "tool_call": 3}
_TRIES = 50
# One in so many forms of each kind is kept for development, and as many for the test.
_HELD_OUT = 8


def forms_of(split: Split) -> dict[str, tuple[Form, ...]]:
    """The forms of a split by kind: the first of each kind, by the hash of their wordings, are not for training."""
    return {kind: _part(sorted(forms, key=lambda form: _hash(kind, form)), split) for kind, forms in KINDS.items()}


def _hash(kind: str, form: Form) -> int:
    return stable_seed("generated", kind, form.wording)


def _part(forms: Sequence[Form], split: Split) -> tuple[Form, ...]:
    count = len(forms) // _HELD_OUT
    parts = {Split.DEV: forms[:count], Split.TEST: forms[count : 2 * count], Split.TRAIN: forms[2 * count :]}
    return tuple(parts[split])


def generate(count: int, seed: int, split: Split) -> Iterator[Record]:
    """Yield as many conversations of a split, no two alike.

    Raises:
        UserError: there are not so many.
    """
    forms = forms_of(split)
    seen: set[str] = set()
    for number in range(count):
        rng = Random(stable_seed("generated", split, seed, number))
        drawn = (_draw(rng, forms) for _ in range(_TRIES))
        fresh = next(
            ((kind, turns) for kind, turns in drawn if turns and opening_key(" ".join(turns)) not in seen), None
        )
        if fresh is None:
            raise UserError(f"there are hardly more than {number} different conversations of split {split}; take fewer")
        kind, turns = fresh
        seen.add(opening_key(" ".join(turns)))
        yield general_record(f"generated/{split}/{seed}/{number}", turns, GeneralSource.GENERATED, kind, split)


def _draw(rng: Random, forms: dict[str, tuple[Form, ...]]) -> tuple[str, Turns]:
    """A kind, and a conversation of it; an empty one where a form's scene had nothing to be asked about."""
    kind = rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    return kind, rng.choice(forms[kind]).make(rng) or ()
