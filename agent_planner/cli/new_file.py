# SPDX-License-Identifier: Apache-2.0
"""A file that a command makes for a person to edit; what is there is never written over."""

from pathlib import Path

from agent_planner.errors import UserError


def refuse_existing(path: Path) -> None:
    """Raise UserError where a file is there already."""
    if path.exists():
        raise UserError(f"{path} is there already; choose another name, or move it away")


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises:
        UserError: it is there, or it cannot be written.
    """
    refuse_existing(path)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
