# SPDX-License-Identifier: Apache-2.0
"""Work that may be broken off: what is done is on the disk, and a second run does only the rest."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from agent_planner.errors import ConfigError
from agent_planner.tuning.data.records import write_records

Records = list[dict[str, Any]]
# From the units that are left, by their names, to each one's records, in any order.
Runner = Callable[[Mapping[str, Any]], Iterator[tuple[str, Records]]]


class WorkFile:
    """``OUT.work``: a first line that says what is being made, then a line for each unit that is done.

    Args:
        out: the file that is made in the end.
        making: the configuration; a file of another one is not gone on with.
    """

    def __init__(self, out: Path, making: Mapping[str, Any]):
        self.out = out
        self.path = out.with_name(f"{out.name}.work")
        self._making = json.dumps(making, sort_keys=True).encode()
        # Where in the file each unit's line begins.
        self.done: dict[str, int] = {}

    def read(self) -> None:
        """Take up what an earlier run has left.

        Raises:
            ConfigError: that was made with another configuration, or is no such file.
        """
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            begun = file.readline()
            if begun.endswith(b"\n") and begun.strip() != self._making:
                raise ConfigError(
                    str(self.path), "was begun with another configuration; finish it with that one, or remove it"
                )
            whole = len(begun) if begun.endswith(b"\n") else 0
            while (line := file.readline()).endswith(b"\n"):
                try:
                    self.done[json.loads(line)["unit"]] = whole
                except (ValueError, KeyError) as error:
                    raise ConfigError(str(self.path), "is no half-done work; remove it to begin anew") from error
                whole += len(line)
        # A run that was ended in the middle of a line: that unit is done again.
        os.truncate(self.path, whole)

    def run(self, units: Mapping[str, Any], runner: Runner) -> Iterator[str]:
        """Do what is left; yields the name of each unit as it is done and safe."""
        with self.path.open("ab") as file:
            if not file.tell():
                file.write(self._making + b"\n")
            left = {name: unit for name, unit in units.items() if name not in self.done}
            for name, records in runner(left):
                start = file.tell()
                file.write(json.dumps({"unit": name, "records": records}, ensure_ascii=False).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
                self.done[name] = start
                yield name

    def finish(self, order: Sequence[str]) -> int:
        """Write the records of all units in that order; returns how many. The work file goes."""
        with self.path.open("rb") as file:
            count = write_records(self.out, (record for name in order for record in self._records(file, name)))
        self.path.unlink()
        return count

    def _records(self, file: BinaryIO, name: str) -> Records:
        file.seek(self.done[name])
        return json.loads(file.readline())["records"]
