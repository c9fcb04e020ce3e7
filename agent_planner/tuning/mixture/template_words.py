# SPDX-License-Identifier: Apache-2.0
"""Words of the templates that instructions and goals are written with: they say what is asked, not about what."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple
from functools import cache
from typing import Any

from agent_planner.tuning.mixture.contamination import tokens_of
from agent_planner.tuning.zoo import held_out_wordings, train_asides, train_wordings, wordings
from agent_planner.tuning.zoo.train_vocabulary import TRAIN
from agent_planner.tuning.zoo.vocabulary import DEV, SEEN, TEST

_SLOT = re.compile(r"\{[^}]*\}")
# Of the goal language; what the wordings have as well is not repeated.
_GOALS = "goal at holding on in near open closed explored hand free running did missing which no skill none then not"


@cache
def template_words() -> frozenset[str]:
    """The words of the zoo's wordings, of all splits, and of the goal language, but none that a thing is named with.

    Words that are both ("left", "back", "slide") stay in a text, since they may tell two things apart.
    """
    modules = (wordings, train_wordings, train_asides, held_out_wordings)
    public = [value for module in modules for name, value in vars(module).items() if name.isupper()]
    return _words((*public, _GOALS)) - _words(astuple(vocabulary) for vocabulary in (SEEN, TRAIN, DEV, TEST))


def _words(value: Any) -> frozenset[str]:
    return frozenset(word for text in _texts(value) for word in tokens_of(_SLOT.sub(" ", text)))


def _texts(value: Any) -> Iterator[str]:
    """Every text in nested mappings and lists."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(value.values())
    elif isinstance(value, Iterable):
        for item in value:
            yield from _texts(item)
