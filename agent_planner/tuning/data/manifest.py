# SPDX-License-Identifier: Apache-2.0
"""What a data set was made of, beside it: ``kept.jsonl`` has ``kept.manifest.json``, any other name all of itself."""

import hashlib
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from agent_planner.recording.episode import write_json


def sha256_of(path: Path) -> str:
    """The file's hash, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest_path(data: Path) -> Path:
    """Where the manifest of a data set stands."""
    # `with_suffix` would take ".2" off mix-0.2, and mix-0.5 would have the same one.
    return data.with_name(f"{data.name.removesuffix('.jsonl')}.manifest.json")


def write_manifest(
    data: Path, made_by: str, config: Mapping[str, Any], inputs: Iterable[Path], counts: Mapping[str, Any]
) -> None:
    """Write the manifest of a data set that is on the disk.

    Args:
        data: the data set.
        made_by: the command.
        config: everything that decides what comes out, the seed included.
        inputs: the files that were read.
        counts: what is in it, and what was left out and why.
    """
    manifest = {
        "made_by": made_by,
        "version": version("agent_planner"),
        "config": dict(config),
        "inputs": {str(path): sha256_of(path) for path in inputs if path.is_file()},
        "sha256": sha256_of(data),
        "counts": dict(counts),
    }
    write_json(manifest_path(data), manifest)
