# SPDX-License-Identifier: Apache-2.0
"""Which model it was: two of one name are told apart by what is in their files."""

import hashlib
from pathlib import Path

from agent_planner.llm.default_model import default_adapter
from agent_planner.tuning.data.manifest import sha256_of

# What decides what a model of a folder says.
_FILES = ("*.safetensors", "*.bin", "*.json", "*.jinja", "*.model")


def model_hash(name: str) -> str:
    """The hash of a model's files, in hex; empty where no file here tells (an endpoint, a name of Hugging Face).

    Args:
        name: as ``--model`` takes it.
    """
    kind, _, rest = name.partition(":")
    place = default_adapter() if name == "default" else Path(rest if kind == "scripted" else name).expanduser()
    if place is None or not place.exists():
        return ""
    if place.is_file():
        return sha256_of(place)
    found = sorted({file for pattern in _FILES for file in place.glob(pattern) if file.is_file()})
    told = "".join(f"{file.name} {sha256_of(file)}\n" for file in found)
    return hashlib.sha256(told.encode()).hexdigest()
