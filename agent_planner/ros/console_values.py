# SPDX-License-Identifier: Apache-2.0
"""What passes between a robot and its console; needs no ROS."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

import numpy as np

# Takes a topic of the console's page, and its data, which is plain JSON; may be called in any thread.
Tell = Callable[[str, Any], None]


class Answer(NamedTuple):
    """What came of a command; ``message`` is for the person."""

    ok: bool
    message: str = ""


class Grid(NamedTuple):
    """A map. ``cells`` are -1 (unknown) or 0 (free) to 100 (occupied), (height, width), row 0 at the lowest y.

    ``resolution`` is in metres a cell, ``origin`` the position of the lower left corner, metres, frame map.
    """

    cells: np.ndarray
    resolution: float
    origin: tuple[float, float]


class Picture(NamedTuple):
    """A picture of the camera, as JPEG; ``number`` counts them."""

    number: int
    jpeg: bytes


def settled(ok: bool, message: str = "") -> Future[Answer]:
    """The future of an answer that is known at once."""
    future: Future[Answer] = Future()
    future.set_result(Answer(ok, message))
    return future
