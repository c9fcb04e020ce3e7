# SPDX-License-Identifier: Apache-2.0
"""``study.json``: what a study was begun with, which of its steps are done, and what was chosen on the way."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from agent_planner.config import read_text
from agent_planner.errors import ConfigError, faults_text
from agent_planner.recording.episode import write_json
from agent_planner.tuning.data.manifest import sha256_of
from agent_planner.tuning.study.config import Study
from agent_planner.tuning.study.steps import Step


class Begun(BaseModel):
    """A step that was begun.

    Attributes:
        command: that does it.
        inputs: the sha256 of what it is made from, by path.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: str
    inputs: dict[str, str]


class Done(Begun):
    """A step that is done.

    Attributes:
        seconds: that it took, the last time if it was broken off before; of what runs side by side, each its share.
        whole: whether it was not broken off before, so that its seconds are all that it takes.
        sha256: of its first output.
    """

    seconds: float
    whole: bool
    sha256: str


class Chosen(BaseModel):
    """A choice.

    Attributes:
        value: what was chosen.
        figures: of everything that could have been.
        rests: the sha256 of the results that it was made from, by path.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Any
    figures: dict[str, Any]
    rests: dict[str, str]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    folder: str
    configuration: dict[str, Any]
    choices: dict[str, Chosen] = {}
    begun: dict[str, Begun] = {}
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
            raise ConfigError(str(self._path), faults_text(error)) from error
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

    def chosen(self, name: str, rests: Sequence[Path]) -> Chosen | None:
        """A choice; None if it was not made, or not from these results as they are now."""
        found = self._file.choices.get(name)
        return found if found is not None and found.rests == self._hashed(rests) else None

    def choose(self, name: str, value: Any, figures: Mapping[str, Any], rests: Sequence[Path]) -> None:
        """Keep a choice, which was made from these results."""
        self._file.choices[name] = Chosen(value=value, figures=dict(figures), rests=self._hashed(rests))
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
        same = self._hash(step.outputs[0]) == found.sha256 and self._hashed(step.inputs) == found.inputs
        return found if same else None

    def changes(self, step: Step) -> list[str]:
        """Why a step is done anew, in words; empty if it was never begun, or was broken off and can go on."""
        before = self._before(step)
        if before is None:
            return []
        now = self._hashed(step.inputs)
        told = [] if before.command == step.command else [f"its command was {before.command}"]
        paths = dict.fromkeys((*before.inputs, *now))
        told += [f"{path} has changed" for path in paths if before.inputs.get(path) != now.get(path)]
        if step.name in self._file.steps:
            told += [f"{path} is gone" for path in step.outputs if not path.exists()]
        if self._altered(step):
            out = step.outputs[0]
            told.append(f"{out} has changed" + ("" if step.adds else f" (it is kept as {_aside(out).name})"))
        return told

    def begin(self, step: Step) -> bool:
        """Say that a step begins; returns whether it was not begun before.

        One that is done anew goes on from nothing. What somebody else has changed of its output is kept beside it.
        """
        whole = self._before(step) is None
        if step.unfinished is not None and self.changes(step):
            step.unfinished.unlink(missing_ok=True)
        if self._altered(step) and not step.adds:
            step.outputs[0].rename(_aside(step.outputs[0]))
        self._file.begun[step.name] = Begun(command=step.command, inputs=self._hashed(step.inputs))
        self._file.steps.pop(step.name, None)  # nobody looks at what is being written
        self._write()
        return whole

    def _before(self, step: Step) -> Begun | None:
        """How it was begun last; one that is done, too."""
        return self._file.begun.get(step.name) or self._file.steps.get(step.name)

    def _altered(self, step: Step) -> bool:
        """Whether somebody else has changed what a step that is done has made."""
        done, out = self._file.steps.get(step.name), step.outputs[0]
        return done is not None and out.exists() and self._hash(out) != done.sha256

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
            inputs=self._file.begun.pop(step.name).inputs,
        )
        self._write()

    def _hashed(self, paths: Sequence[Path]) -> dict[str, str]:
        return {str(path): self._hash(path) for path in paths}

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


def _aside(path: Path) -> Path:
    """A free name beside a file or folder."""
    names = (f"{path.name}.changed{number or ''}" for number in count())
    return next(place for name in names if not (place := path.with_name(name)).exists())


def _differences(before: Any, now: Any, where: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*before, *now)):
            yield from _differences(before.get(key), now.get(key), f"{where}.{key}" if where else key)
    elif before != now:
        yield f"{where} was {json.dumps(before)}, is {json.dumps(now)}"
