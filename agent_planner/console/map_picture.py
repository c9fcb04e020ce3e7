# SPDX-License-Identifier: Apache-2.0
"""The map as a picture."""

import io

import numpy as np
from PIL import Image

from agent_planner.ros.console_values import Grid

_UNKNOWN = 205


def map_png(grid: Grid) -> bytes:
    """Free is white, occupied black, unknown grey; a pixel a cell, and the first row is the highest y."""
    cells = np.clip(grid.cells.astype(np.int16), -1, 100)
    shades = np.where(cells < 0, _UNKNOWN, 255 - cells * 255 // 100).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(shades[::-1]).save(file, "PNG")
    return file.getvalue()
