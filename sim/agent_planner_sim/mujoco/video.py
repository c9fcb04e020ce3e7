# SPDX-License-Identifier: Apache-2.0
"""Writing frames as an mp4 file."""

from pathlib import Path

import imageio_ffmpeg
import numpy as np


class Video:
    """An H.264 video that every browser plays; nothing is written before the first frame.

    Args:
        path: of the file; its folder is made.
        rate: frames a second.
    """

    def __init__(self, path: Path, rate: float):
        self._path = path
        self._rate = rate
        self._writer = None

    def add(self, frame: np.ndarray) -> None:
        """Add a frame: RGB, (height, width, 3), always of the same even size."""
        if self._writer is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            height, width = frame.shape[:2]
            self._writer = imageio_ffmpeg.write_frames(
                str(self._path), (width, height), fps=self._rate, codec="libx264", quality=7, macro_block_size=2
            )
            self._writer.send(None)
        self._writer.send(np.ascontiguousarray(frame))

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
