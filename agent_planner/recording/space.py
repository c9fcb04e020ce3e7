# SPDX-License-Identifier: Apache-2.0
"""How much room the recordings of topics may take, and what makes way for new ones."""

import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent_planner.recording.mcap_file import MCAP_NAME, METADATA_NAME

MB = 1_000_000
# Of the disk, kept free for events and conversations, which are small and must not be lost.
_RESERVE_BYTES = 100 * MB


def free_bytes(folder: Path) -> int:
    """What is free where a folder lies, in bytes."""
    return shutil.disk_usage(folder).free


@dataclass(frozen=True)
class Budget:
    """How long one file may become, and what says so."""

    bytes: int
    limit: str


@dataclass(frozen=True)
class Space:
    """The limits of a folder of episodes.

    Attributes:
        folder: of all episodes.
        folder_bytes: all files in it together, that of a new episode included.
        episode_bytes: one MCAP file.
        keep: never delete anything; else the oldest MCAP files make way for new ones.
        free: tells how much of the disk is free, in bytes.
    """

    folder: Path
    folder_bytes: int
    episode_bytes: int
    keep: bool = True
    free: Callable[[Path], int] = free_bytes

    def budget(self) -> Budget:
        """What a new file may take; not above 0 where there is no room.

        Raises:
            OSError: the folder cannot be looked through.
        """
        limits = (
            Budget(self.episode_bytes, f"record_episode_limit_mb is {self.episode_bytes // MB}"),
            Budget(
                self.folder_bytes - self._used(),
                f"record_limit_mb is {self.folder_bytes // MB} for all of {self.folder}",
            ),
            Budget(self.free(self.folder) - _RESERVE_BYTES, f"of the disk {_RESERVE_BYTES // MB} MB are kept free"),
        )
        return min(limits, key=lambda budget: budget.bytes)

    @property
    def disk_is_full(self) -> bool:
        """Whether nothing but the reserve is left."""
        return self.free(self.folder) < _RESERVE_BYTES

    def make_room(self, own: Path) -> list[Path]:
        """Delete the oldest MCAP files but ``own`` until one of full length fits, if that is allowed; returns them.

        Raises:
            OSError: a file cannot be deleted.
        """
        gone: list[Path] = []
        if self.keep:
            return gone
        over = self._used() - max(0, self.folder_bytes - self.episode_bytes)
        others = (path for path in self.folder.rglob(f"*/{MCAP_NAME}") if path != own)
        by_age = sorted((path.stat().st_mtime_ns, path) for path in others)
        for _, path in by_age:
            if over <= 0:
                break
            over -= path.stat().st_size
            path.unlink()
            path.with_name(METADATA_NAME).unlink(missing_ok=True)
            gone.append(path)
        return gone

    def _used(self) -> int:
        return sum(file_size(path) for path in self.folder.rglob("*"))


def file_size(path: Path) -> int:
    """How long a file is, in bytes; 0 for what is no file, or not there any more."""
    try:
        found = path.lstat()
    except FileNotFoundError:  # another process has just given it its final name
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0
