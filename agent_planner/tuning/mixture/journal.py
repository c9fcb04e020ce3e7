# SPDX-License-Identifier: Apache-2.0
"""A file that long work is written to piece by piece, so that a killed process goes on where it was."""

import json
import os
from pathlib import Path
from typing import Any

from agent_planner.errors import ConfigError, UserError


class Journal:
    """JSON lines: first what the work was told, then its pieces, each on the disk before the next begins.

    Args:
        path: the file; made by the first piece.
        told: everything that decides what the pieces are.
    """

    def __init__(self, path: Path, told: dict[str, Any]):
        self._path = path
        self._told = told

    def pieces(self) -> list[Any]:
        """What is there already; a last line that was not written to its end is cut off.

        Raises:
            UserError: the file was begun by work that was told something else.
            ConfigError: a line is no JSON.
        """
        if not self._path.exists():
            return []
        # Bytes, since a line may have been cut inside a character.
        data = self._path.read_bytes()
        os.truncate(self._path, data.rfind(b"\n") + 1)
        lines = [self._loaded(number, line) for number, line in enumerate(data.split(b"\n")[:-1], 1)]
        if lines and lines[0] != self._told:
            differs = sorted(
                f"{k} was {lines[0].get(k)!r}, is {v!r}" for k, v in self._told.items() if lines[0].get(k) != v
            )
            raise UserError(f"{self._path} was begun with other settings ({'; '.join(differs)}); give those or move it")
        return lines[1:]

    def append(self, piece: Any) -> None:
        """Write a piece."""
        lines = [piece] if self._path.exists() and self._path.stat().st_size else [self._told, piece]
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())

    def _loaded(self, number: int, line: bytes) -> Any:
        try:
            return json.loads(line)
        except ValueError as error:
            raise ConfigError(f"{self._path}:{number}", f"is not JSON ({error})") from error
