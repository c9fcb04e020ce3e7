# SPDX-License-Identifier: Apache-2.0
"""What an MCAP file holds, from its index."""

import struct
from pathlib import Path
from typing import NamedTuple

from mcap.exceptions import McapError
from mcap.reader import make_reader

from agent_planner.errors import InfrastructureError

# What the library raises for a file that is empty, cut or spoilt: often what its own reading ran into.
_UNREADABLE = (McapError, OSError, ValueError, LookupError, StopIteration, struct.error)


class Recorded(NamedTuple):
    """One topic of a file, and how many messages of it there are."""

    topic: str
    type: str
    messages: int

    @property
    def is_picture(self) -> bool:
        """Whether a camera's pictures are in it."""
        return self.type in ("sensor_msgs/msg/Image", "sensor_msgs/msg/CompressedImage")


def topics_in(path: Path) -> list[Recorded]:
    """The file's topics, by name.

    Raises:
        InfrastructureError: it was not closed, as after the death of its process, or is no MCAP file.
    """
    try:
        return _topics_in(path)
    except _UNREADABLE as error:
        why = str(error) or type(error).__name__
        raise InfrastructureError(f"{path} cannot be read as it is ({why}); try `mcap recover`") from error


def _topics_in(path: Path) -> list[Recorded]:
    with path.open("rb") as file:
        summary = make_reader(file).get_summary()
    if summary is None or summary.statistics is None:
        raise McapError("it has no index")
    counts = summary.statistics.channel_message_counts
    return sorted(
        Recorded(channel.topic, summary.schemas[channel.schema_id].name, counts.get(number, 0))
        for number, channel in summary.channels.items()
    )
