# SPDX-License-Identifier: Apache-2.0
"""``run.json``: what a run was told and what it learns from; a run goes on only with the same."""

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from agent_planner.errors import ConfigError
from agent_planner.recording.episode import write_json
from agent_planner.tuning.data.manifest import sha256_of
from agent_planner.tuning.training.config import TrainConfig

# What may differ when a run goes on: none of it changes what is learned.
_FREE = {"eval_data", "eval_every", "merge", "save_every"}


def write_run(folder: Path, config: TrainConfig, facts: Mapping[str, Any]) -> None:
    """Write what a run is told, the hashes of its data and what else is known of it."""
    data = {str(path): sha256_of(path) for path in config.data if path.is_file()}
    told = {"version": version("agent_planner"), "config": config.model_dump(mode="json"), "data": data}
    write_json(folder / "run.json", told | dict(facts))


def check_run(folder: Path, config: TrainConfig) -> None:
    """Refuse to go on with something else than what the run was begun with.

    Raises:
        ConfigError: names what differs.
    """
    file = folder / "run.json"
    if not file.is_file():
        raise ConfigError(str(folder), "holds a checkpoint but no run.json; choose another folder")
    begun = json.loads(file.read_text(encoding="utf-8"))
    now = config.model_dump(mode="json")
    other = [
        f"{name} was {begun['config'].get(name)!r}, is {value!r}"
        for name, value in now.items()
        if name not in _FREE and begun["config"].get(name) != value
    ]
    other += [f"{path} has changed" for path, known in begun["data"].items() if _hash(Path(path)) != known]
    if other:
        raise ConfigError(
            str(folder),
            f"holds a run that was begun otherwise ({'; '.join(other)}); choose another folder, or the same",
        )


def _hash(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""
