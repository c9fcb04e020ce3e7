# SPDX-License-Identifier: Apache-2.0
"""What a command makes: files for a person to edit, never written over, and folders for what is to come."""

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


def made_folder(path: Path) -> Path:
    """Make a folder, with those above it, if it is not there, before anybody waits for what is to come into it.

    Raises:
        UserError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{path}: no folder can be made there ({error.strerror}); choose another") from error
    return path
