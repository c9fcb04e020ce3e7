# SPDX-License-Identifier: Apache-2.0
"""A file that long work is written to piece by piece, so that a killed process goes on where it was."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


class PiecesFile:
    """JSON lines: first what the work was told, then its pieces, each on the disk before the next begins.

    Args:
        path: the file; made by the first piece or by `begin`.
        told: everything that decides what the pieces are.
    """

    def __init__(self, path: Path, told: Mapping[str, Any]):
        self.path = path
        self.told = told

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Where each line begins (bytes), and the line; the first is what the work was told.

        After the last of them what was not written to its end is cut off.
        """
        if not self.path.exists():
            return
        at = 0
        # Bytes, since a line may have been cut inside a character.
        with self.path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield at, line
                    at += len(line)
        os.truncate(self.path, at)

    def begin(self) -> None:
        """Write what the work was told, if nothing is there."""
        if not self.path.exists() or not self.path.stat().st_size:
            self._write(self.told)

    def append(self, piece: Any) -> int:
        """Write a piece; returns where it begins (bytes)."""
        self.begin()
        return self._write(piece)

    def _write(self, data: Any) -> int:
        with self.path.open("ab") as file:
            at = file.tell()
            file.write(json.dumps(data, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return at
