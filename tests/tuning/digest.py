# SPDX-License-Identifier: Apache-2.0
"""Hashes of what was drawn from a seed, the same in every process (sets have no order of their own)."""

import dataclasses
import hashlib
import json
from typing import Any

from pydantic import BaseModel

_LATER = {("SceneGraph", "floor"), ("ScenePlace", "poses"), ("RobotState", "deck"), ("Parameter", "data")}
# What a skill's failure shows came in later, too, and nothing is drawn by it.
_ASIDE = {("Skill", "refutes")}


def digest(value: Any) -> str:
    """The first twelve hexadecimal digits of the SHA-256 of any tree of dataclasses, models and plain values."""
    text = json.dumps(_plain(value), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return [[name, _plain(getattr(value, name))] for name in fields if not _is_absent(value, name)]
    if dataclasses.is_dataclass(value):
        fields = [(field, getattr(value, field.name)) for field in dataclasses.fields(value)]
        # What there may be and is not does not count.
        return [[field.name, _plain(own)] for field, own in fields if own is not None or field.default is not None]
    if isinstance(value, dict):
        return [[_plain(k), _plain(v)] for k, v in value.items()]
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value


def _is_absent(model: BaseModel, name: str) -> bool:
    """Whether a field holds nothing and came in after the pinned digests were made."""
    field = type(model).__name__, name
    return field in _ASIDE or field in _LATER and not getattr(model, name)
