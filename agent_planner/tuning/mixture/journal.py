# SPDX-License-Identifier: Apache-2.0
"""The samples of a model as they are drawn, in a file: see `PiecesFile`."""

import json
from pathlib import Path
from typing import Any

from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.data.pieces import PiecesFile


class Journal:
    """Pieces that are read all at once; arguments as of `PiecesFile`."""

    def __init__(self, path: Path, told: dict[str, Any]):
        self._file = PiecesFile(path, told)

    def pieces(self) -> list[Any]:
        """What is there already; a last line that was not written to its end is cut off.

        Raises:
            UserError: the file was begun by work that was told something else.
            ConfigError: a line is no JSON.
        """
        lines = [self._loaded(number, line) for number, (_, line) in enumerate(self._file.lines(), 1)]
        told = self._file.told
        if lines and lines[0] != told:
            differs = sorted(f"{k} was {lines[0].get(k)!r}, is {v!r}" for k, v in told.items() if lines[0].get(k) != v)
            raise UserError(
                f"{self._file.path} was begun with other settings ({'; '.join(differs)}); give those or move it"
            )
        return lines[1:]

    def append(self, piece: Any) -> None:
        """Write a piece."""
        self._file.append(piece)

    def _loaded(self, number: int, line: bytes) -> Any:
        try:
            return json.loads(line)
        except ValueError as error:
            raise ConfigError(f"{self._file.path}:{number}", f"is not JSON ({error})") from error
