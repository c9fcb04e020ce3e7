# SPDX-License-Identifier: Apache-2.0
"""``study.json``: what a study was begun with, which of its steps are done, and what was chosen on the way."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from agent_planner.config import read_text
from agent_planner.errors import ConfigError, fault_text
from agent_planner.recording.episode import write_json
from agent_planner.tuning.data.manifest import sha256_of
from agent_planner.tuning.study.config import Study
from agent_planner.tuning.study.steps import Step


class Done(BaseModel):
    """A step that is done.

    Attributes:
        command: that did it.
        seconds: that it took, the last time if it was broken off before; of what runs side by side, each its share.
        whole: whether it was not broken off before, so that its seconds are all that it takes.
        sha256: of its first output.
        inputs: the sha256 of what it was made from, by path.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: str
    seconds: float
    whole: bool
    sha256: str
    inputs: dict[str, str]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    folder: str
    configuration: dict[str, Any]
    choices: dict[str, dict[str, Any]] = {}
    begun: list[str] = []
    steps: dict[str, Done] = {}


class State:
    """Reads and writes the file. Nothing is read before `read`, nothing written before `begin`.

    Args:
        study: what the study is told now.
        folder: of the study, as it was given.
    """

    def __init__(self, study: Study, folder: Path):
        self._path = folder / "study.json"
        self._file = _File(folder=str(folder), configuration=_configuration(study))
        self._hashes: dict[Path, str] = {}

    def read(self) -> None:
        """Take up what an earlier call has left.

        Raises:
            ConfigError: that was of another configuration (says what differs), or the file is damaged.
        """
        if not self._path.exists():
            return
        try:
            found = _File.model_validate(json.loads(read_text(self._path)))
        except json.JSONDecodeError as error:
            raise ConfigError(str(self._path), f"is no state of a study: {error.msg}") from error
        except ValidationError as error:
            raise ConfigError(str(self._path), "; ".join(map(fault_text, error.errors()[:4]))) from error
        if found.folder != self._file.folder:
            raise ConfigError(
                str(self._path),
                f"the study was begun with the folder given as {found.folder}; call it from the same place, as that",
            )
        other = list(_differences(found.configuration, self._file.configuration, ""))
        if other:
            raise ConfigError(
                str(self._path),
                f"the study was begun otherwise ({'; '.join(other)}); go on with the same, or choose another folder",
            )
        self._file = found

    @property
    def choices(self) -> Mapping[str, Mapping[str, Any]]:
        """What was chosen, by its name: ``value``, and the ``figures`` that it rests on."""
        return self._file.choices

    @property
    def values(self) -> dict[str, Any]:
        """What was chosen, without the figures."""
        return {name: choice["value"] for name, choice in self._file.choices.items()}

    def choose(self, name: str, value: Any, figures: Mapping[str, Any]) -> None:
        """Keep a choice."""
        self._file.choices[name] = {"value": value, "figures": dict(figures)}
        self._write()

    def record(self, step: Step) -> Done | None:
        """What is known of a step that is done.

        None if it is not, or not by this command, or if its inputs or outputs are others than they were.
        """
        found = self._file.steps.get(step.name)
        if found is None or found.command != step.command:
            return None
        if not all(path.exists() for path in (*step.inputs, *step.outputs)):
            return None
        same = self._hash(step.outputs[0]) == found.sha256 and self._inputs(step) == found.inputs
        return found if same else None

    def _inputs(self, step: Step) -> dict[str, str]:
        return {str(path): self._hash(path) for path in step.inputs}

    def begin(self, step: Step) -> bool:
        """Say that a step begins; returns whether it was not begun before."""
        whole = step.name not in self._file.begun
        if whole:
            self._file.begun.append(step.name)
        self._file.steps.pop(step.name, None)  # nobody looks at what is being written
        self._write()
        return whole

    def finish(self, step: Step, seconds: float, whole: bool) -> None:
        """Say that it is done.

        Raises:
            ConfigError: the command ended well, but an output is not there.
        """
        for path in step.outputs:
            if not path.exists():
                raise ConfigError(str(path), f"is not there, although this ended well: {step.command}")
        for path in step.outputs:
            self._hashes.pop(path, None)
        self._file.steps[step.name] = Done(
            command=step.command,
            seconds=round(seconds, 1),
            whole=whole,
            sha256=self._hash(step.outputs[0]),
            inputs=self._inputs(step),
        )
        self._file.begun.remove(step.name)
        self._write()

    def _hash(self, path: Path) -> str:
        """Each file is read once a call: nobody else writes there."""
        if path not in self._hashes:
            self._hashes[path] = hash_of(path)
        return self._hashes[path]

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self._path, self._file.model_dump(mode="json"))


def _configuration(study: Study) -> dict[str, Any]:
    """What has to stay the same: what the study is told, with all hyper-parameters, and the package's version."""
    trained = study.training.resolved().model_dump(mode="json")
    return study.model_dump(mode="json") | {"hyper_parameters": trained, "agent_planner": version("agent_planner")}


def hash_of(path: Path) -> str:
    """The sha256 of a file, or of the names and hashes of a folder's files."""
    if path.is_file():
        return sha256_of(path)
    files = sorted(file for file in path.rglob("*") if file.is_file())
    told = "".join(f"{file.relative_to(path)} {sha256_of(file)}\n" for file in files)
    return hashlib.sha256(told.encode()).hexdigest()


def _differences(before: Any, now: Any, where: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*before, *now)):
            yield from _differences(before.get(key), now.get(key), f"{where}.{key}" if where else key)
    elif before != now:
        yield f"{where} was {json.dumps(before)}, is {json.dumps(now)}"
