# SPDX-License-Identifier: Apache-2.0
"""``run.json``: what a run was told, what it learns from and what came out; a run goes on only with the same."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from agent_planner.errors import ConfigError
from agent_planner.llm.weights import ADAPTER_FILE
from agent_planner.recording.episode import write_json
from agent_planner.tuning.data.manifest import sha256_of
from agent_planner.tuning.data.records import files_of
from agent_planner.tuning.training.config import TrainConfig

# What may differ when a run goes on: none of it changes what is learned.
_FREE = {"eval_data", "eval_every", "merge", "save_every"}
_FILE = "run.json"
_PACKAGES = ("agent_planner", "torch", "transformers", "peft")
_WEIGHTS = (".safetensors", ".bin")
# Of larger files of weights, only so much at both ends is read: tuning changes the weights everywhere.
_WHOLE, _END = 1_000_000_000, 64_000_000


def begun_with(base: str, start_adapter: Path | None) -> dict[str, str]:
    """Hashes of the weights that a run begins with, by the names of their files; none of a base on the hub.

    Args:
        base: where the base is loaded from.
        start_adapter: the adapter to go on from.

    Returns:
        sha256; of a file over 1 GB its size and the sha256 of its two ends of 64 MB, so that 7B cost no minute.
    """
    found = {f"base/{file.name}": _fingerprint(file) for file in _weight_files(Path(base))}
    if start_adapter is not None:
        files = [*_weight_files(start_adapter), start_adapter / ADAPTER_FILE]
        found |= {f"start_adapter/{file.name}": _fingerprint(file) for file in files if file.is_file()}
    return found


def write_run(folder: Path, config: TrainConfig, weights: Mapping[str, str], facts: Mapping[str, Any]) -> None:
    """Write what a run is told, the hashes of its data, what `begun_with` gave, and what else is known of it."""
    told = {
        "versions": {name: version(name) for name in _PACKAGES},
        "config": config.model_dump(mode="json"),
        "data": {str(path): _hash(path) for path in config.data},
        "weights": dict(weights),
    }
    write_json(folder / _FILE, told | dict(facts))


def end_run(folder: Path) -> None:
    """Add the sha256 of the weights that came out, by their files."""
    files = [file for name in ("adapter", "model") for file in _weight_files(folder / name)]
    told = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    write_json(folder / _FILE, told | {"made": {str(file.relative_to(folder)): sha256_of(file) for file in files}})


def check_run(folder: Path, config: TrainConfig, weights: Mapping[str, str]) -> None:
    """Refuse to go on with something else than what the run was begun with.

    Raises:
        ConfigError: names what differs.
    """
    file = folder / _FILE
    if not file.is_file():
        raise ConfigError(str(folder), f"holds a checkpoint but no {_FILE}; choose another folder")
    begun = json.loads(file.read_text(encoding="utf-8"))
    now = config.model_dump(mode="json")
    other = [
        f"{name} was {begun['config'].get(name)!r}, is {value!r}"
        for name, value in now.items()
        if name not in _FREE and begun["config"].get(name) != value
    ]
    other += [f"{path} has changed" for path, known in begun["data"].items() if _hash(Path(path)) != known]
    before = begun.get("weights", weights)
    names = sorted(before.keys() | weights.keys())
    other += [f"{name} has changed" for name in names if before.get(name) != weights.get(name)]
    if other:
        raise ConfigError(
            str(folder),
            f"holds a run that was begun otherwise ({'; '.join(other)}); choose another folder, or the same",
        )


def begun_dtype(folder: Path) -> str | None:
    """The number format that a run was begun in; None where it does not say it."""
    return json.loads((folder / _FILE).read_text(encoding="utf-8")).get("dtype")


def _weight_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*") if file.suffix in _WEIGHTS)


def _fingerprint(file: Path) -> str:
    size = file.stat().st_size
    if size <= _WHOLE:
        return sha256_of(file)
    ends = hashlib.sha256()
    with file.open("rb") as stream:
        ends.update(stream.read(_END))
        stream.seek(size - _END)
        ends.update(stream.read(_END))
    return f"{size} bytes, both ends {ends.hexdigest()}"


def _hash(path: Path) -> str:
    """The sha256 of a file of records; of a folder, that of its episodes' hashes and names."""
    if not path.is_dir():
        return sha256_of(path) if path.is_file() else ""
    each = "".join(f"{sha256_of(file)}  {file.relative_to(path)}\n" for file in files_of(path))
    return hashlib.sha256(each.encode()).hexdigest()
