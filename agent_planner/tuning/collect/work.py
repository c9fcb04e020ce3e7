# SPDX-License-Identifier: Apache-2.0
"""Work that may be broken off: what is done is on the disk, and a second run does only the rest."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from agent_planner.errors import ConfigError
from agent_planner.tuning.data.alone import alone
from agent_planner.tuning.data.pieces import PiecesFile
from agent_planner.tuning.data.records import write_records

Records = list[dict[str, Any]]
# From the units that are left, by their names, to each one's records, in any order.
Runner = Callable[[Mapping[str, Any]], Iterator[tuple[str, Records]]]


@contextmanager
def open_work(out: Path, making: Mapping[str, Any]) -> "Iterator[WorkFile]":
    """Work that nobody else goes on with meanwhile; its file goes once the block has ended well, or if it is empty.

    Args:
        out: the file that is made in the end.
        making: as for `WorkFile`.

    Raises:
        UserError: another process has it.
        ConfigError: as `WorkFile.read`.
    """
    work = WorkFile(out, making)
    work.path.touch()
    with alone(work.path):
        try:
            work.read()
            yield work
            work.path.unlink()
        finally:
            if work.path.exists() and not work.path.stat().st_size:
                work.path.unlink()


class WorkFile:
    """``OUT.work``: a first line that says what is being made, then a line for each unit that is done.

    `open_work` keeps others out.

    Args:
        out: the file that is made in the end.
        making: the configuration; a file of another one is not gone on with.
    """

    def __init__(self, out: Path, making: Mapping[str, Any]):
        self.out = out
        self.path = out.with_name(f"{out.name}.work")
        self._file = PiecesFile(self.path, making)
        # Where in the file each unit's line begins.
        self.done: dict[str, int] = {}

    def read(self) -> None:
        """Take up what an earlier run has left; a unit whose line was not written to its end is done again.

        Raises:
            ConfigError: that was made with another configuration, or is no such file.
        """
        for at, line in self._file.lines():
            try:
                data = json.loads(line)
                if at:
                    self.done[data["unit"]] = at
            except (ValueError, KeyError, TypeError) as error:
                raise ConfigError(str(self.path), "is no half-done work; remove it to begin anew") from error
            if not at and data != self._file.told:
                raise ConfigError(
                    str(self.path), "was begun with another configuration; finish it with that one, or remove it"
                )

    def run(self, units: Mapping[str, Any], runner: Runner) -> Iterator[str]:
        """Do what is left; yields the name of each unit as it is done and safe."""
        left = {name: unit for name, unit in units.items() if name not in self.done}
        for name, records in runner(left):
            self.done[name] = self._file.append({"unit": name, "records": records})
            yield name

    def finish(self, order: Sequence[str], wanted: Callable[[Records], Records] = lambda records: records) -> int:
        """Write the records of all units in that order; returns how many.

        The work file stays: until all that belongs to ``out`` is written, the same command must be able to go on.

        Args:
            order: the units' names.
            wanted: from all that a unit has given to what is written of it.
        """
        with self.path.open("rb") as file:
            found = (record for name in order for record in wanted(self._records(file, name)))
            return write_records(self.out, found)

    def _records(self, file: BinaryIO, name: str) -> Records:
        file.seek(self.done[name])
        return json.loads(file.readline())["records"]
