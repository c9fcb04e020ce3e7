# SPDX-License-Identifier: Apache-2.0
"""What an MCAP file holds, from its index."""

from pathlib import Path
from typing import NamedTuple

from mcap.exceptions import McapError
from mcap.reader import make_reader

from agent_planner.errors import InfrastructureError


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
        with path.open("rb") as file:
            summary = make_reader(file).get_summary()
    except McapError as error:
        raise InfrastructureError(f"{path} cannot be read as it is ({error}); try `mcap recover`") from error
    if summary is None or summary.statistics is None:
        raise InfrastructureError(f"{path} has no index; try `mcap recover`")
    counts = summary.statistics.channel_message_counts
    return sorted(
        Recorded(channel.topic, summary.schemas[channel.schema_id].name, counts.get(number, 0))
        for number, channel in summary.channels.items()
    )
