# SPDX-License-Identifier: Apache-2.0
"""The table of faults: what each test saw, as docs/safety.md has it."""

import os
import re
from dataclasses import astuple, dataclass, fields
from pathlib import Path

DOCUMENT = Path(__file__).parents[3] / "docs" / "safety.md"
WRITE = "AGENT_PLANNER_WRITE_FAULTS"
_BEGIN, _END = "<!-- faults: written by python -m tests.ros.faults -->", "<!-- end of faults -->"
_HOW = "if it is right, write the table anew with `python -m tests.ros.faults`"
# What differs from run to run: stamps, ages, ports.
_VARYING = re.compile(r"\d+\.\d{2,}|(?<=127\.0\.0\.1:)\d+|(?<=supervisor for )\d+\.\d")


@dataclass(frozen=True)
class Row:
    """One fault and what came of it, each a text for the table."""

    part: str
    fault: str
    ended: str
    said: str
    at_rest: str
    recorded: str


class Table:
    """Takes a row a test; compares it with the document, or writes the document at the end."""

    def __init__(self) -> None:
        self.writing = WRITE in os.environ
        self._rows: list[Row] = []
        self._documented = {} if self.writing else {(row.part, row.fault): row for row in _read()}

    def add(self, row: Row) -> None:
        """Add what was seen; it must be what the document says."""
        row = Row(*(_VARYING.sub("…", text).replace("|", "/").replace("\n", " ") for text in astuple(row)))
        self._rows.append(row)
        if not self.writing:
            known = self._documented.get((row.part, row.fault))
            assert known == row, f"docs/safety.md has {known}, seen was {row}; {_HOW}"

    def close(self) -> None:
        """Write the document, if that is wanted."""
        if self.writing:
            text = DOCUMENT.read_text(encoding="utf-8")
            before, _, rest = text.partition(_BEGIN)
            _, _, after = rest.partition(_END)
            DOCUMENT.write_text(f"{before}{_BEGIN}\n{_render(self._rows)}{_END}{after}", encoding="utf-8")


def _render(rows: list[Row]) -> str:
    names = [field.name.replace("_", " ") for field in fields(Row)]
    lines = [names, ["---"] * len(names), *map(astuple, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _read() -> list[Row]:
    text = DOCUMENT.read_text(encoding="utf-8").partition(_BEGIN)[2].partition(_END)[0]
    lines = [line.strip("| ").split(" | ") for line in text.strip().splitlines()]
    return [Row(*line) for line in lines[2:]]
