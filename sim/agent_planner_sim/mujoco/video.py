# SPDX-License-Identifier: Apache-2.0
"""Writing frames as an mp4 file."""

from collections.abc import Generator
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from agent_planner.errors import InfrastructureError


class Video:
    """An H.264 video that every browser plays; nothing is written before the first frame.

    Frames that are left out are replaced by the one before them, so that the video keeps its time.

    Args:
        path: of the file; its folder is made.
        rate: frames a second.
    """

    def __init__(self, path: Path, rate: int):
        self._path = path
        self._rate = rate
        self._writer = None
        self._start = 0.0
        self._written = 0
        self._last: np.ndarray | None = None

    def add(self, frame: np.ndarray, seconds: float) -> None:
        """Add what was to be seen at a time: RGB, (height, width, 3), always of the same even size.

        Raises:
            InfrastructureError: the file cannot be written.
        """
        try:
            self._add(np.ascontiguousarray(frame).copy(), seconds)
        except (OSError, RuntimeError) as error:  # RuntimeError: imageio has no ffmpeg
            raise InfrastructureError(f"the video {self._path} cannot be written: {_reason(error)}") from error

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _add(self, frame: np.ndarray, seconds: float) -> None:
        if self._writer is None:
            self._start = seconds
            self._writer = self._open(frame)
        due = round((seconds - self._start) * self._rate)
        while self._last is not None and self._written < due:
            self._send(self._last)
        self._last = frame
        self._send(frame)

    def _open(self, frame: np.ndarray) -> Generator[None, np.ndarray, None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        height, width = frame.shape[:2]
        writer = imageio_ffmpeg.write_frames(
            str(self._path), (width, height), fps=self._rate, codec="libx264", quality=7, macro_block_size=2
        )
        writer.send(None)
        return writer

    def _send(self, frame: np.ndarray) -> None:
        assert self._writer is not None
        self._writer.send(frame)
        self._written += 1


def _reason(error: Exception) -> str:
    # imageio's own text goes on with ffmpeg's command and all that it said.
    return str(error).partition("\n")[0]
