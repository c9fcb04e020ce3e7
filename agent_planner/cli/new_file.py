# SPDX-License-Identifier: Apache-2.0
"""What a command makes: files for a person to edit, never written over, and files and folders to come."""

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


def ready_to_write(path: Path, *inputs: Path) -> None:
    """Look before hours of work whether their result can be kept.

    Args:
        path: the file to come; its folder is made.
        inputs: files that it is made of, which it must not take the place of.

    Raises:
        UserError: the file cannot be written, or is one of the inputs.
    """
    if path.is_dir():
        raise UserError(f"{path} is a folder; name a file to write")
    if path.resolve() in {one.resolve() for one in inputs}:
        raise UserError(f"{path} is read and would be written over; choose another file to write")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        there = path.exists()
        path.touch()
        if not there:
            path.unlink()
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); choose another file") from error
