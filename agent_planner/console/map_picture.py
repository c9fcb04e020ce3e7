# SPDX-License-Identifier: Apache-2.0
"""The map as a picture."""

import io

import numpy as np
from PIL import Image

from agent_planner.ros.console_values import Grid

_UNKNOWN = 205
# Cells along the longer side, beyond which several share a pixel.
_LONGEST = 1600


def map_png(grid: Grid) -> bytes:
    """Free is white, occupied black, unknown grey; the first row is the highest y.

    A pixel is a cell, or the darkest of a block of cells where the map is large, so that walls stay.
    """
    cells = np.clip(grid.cells.astype(np.int16), -1, 100)
    shades = np.where(cells < 0, _UNKNOWN, 255 - cells * 255 // 100).astype(np.uint8)
    block = -(-max(shades.shape) // _LONGEST)
    if block > 1:
        shades = _shrunk(shades, block)
    file = io.BytesIO()
    Image.fromarray(shades[::-1]).save(file, "PNG")
    return file.getvalue()


def _shrunk(shades: np.ndarray, block: int) -> np.ndarray:
    height, width = (-(-side // block) for side in shades.shape)
    fill = ((0, height * block - shades.shape[0]), (0, width * block - shades.shape[1]))
    full = np.pad(shades, fill, constant_values=_UNKNOWN)
    return full.reshape(height, block, width, block).min(axis=(1, 3))
