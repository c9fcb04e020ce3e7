# SPDX-License-Identifier: Apache-2.0
"""One MCAP file, as ROS's own tools and Foxglove read it, with the ``metadata.yaml`` that makes its folder a bag."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import yaml
from mcap.well_known import MessageEncoding, SchemaEncoding
from mcap.writer import Writer

from agent_planner.recording.episode import whole_file

MCAP_NAME, METADATA_NAME = "episode.mcap", "metadata.yaml"
# What is compressed at a time, before compression; less where `flush` comes first.
_CHUNK_BYTES = 128 * 1024
# Humble's; later distributions read it too, which is not so the other way round.
_METADATA_VERSION = 5


@dataclass(frozen=True)
class Channel:
    """A topic.

    Attributes:
        topic: its full name.
        type: e.g. ``nav_msgs/msg/Odometry``.
        definition: of the type and of all types in it, as the schema encoding ``ros2msg`` has it.
        qos: of its publishers, the YAML text that rosbag2 keeps as ``offered_qos_profiles``.
        lasting: a publisher keeps its messages for who comes later (transient local), since it sends each only once.
    """

    topic: str
    type: str
    definition: str
    qos: str
    lasting: bool = False


class McapFile:
    """Writes serialized messages as they are, of one type a topic, which is for the caller to see to.

    Everything may raise OSError; then only `abandon` is left to call.
    """

    def __init__(self, path: Path):
        self.path = path
        self.messages: dict[str, int] = {}
        self._schemas: dict[str, int] = {}
        self._channels: dict[str, tuple[int, Channel]] = {}
        self._first_ns: int | None = None
        self._last_ns = 0
        self._stream: BinaryIO | None = None

    @property
    def size(self) -> int:
        """How long the file is, in bytes, short of what waits to be compressed."""
        return self._stream.tell() if self._stream else 0

    def open(self) -> None:
        """Begin the file; its folder must be there."""
        self._stream = self.path.open("wb")
        self._writer = Writer(self._stream, chunk_size=_CHUNK_BYTES)
        self._writer.start(profile="ros2")

    def add(self, channel: Channel, data: bytes, time_ns: int) -> None:
        """Append a message; ``time_ns`` is when it was received, in nanoseconds of ROS time."""
        number = self._number(channel)
        count = self.messages[channel.topic] = self.messages.get(channel.topic, 0) + 1
        self._first_ns = time_ns if self._first_ns is None else min(self._first_ns, time_ns)
        self._last_ns = max(self._last_ns, time_ns)
        self._writer.add_message(number, log_time=time_ns, data=data, publish_time=time_ns, sequence=count)

    def flush(self) -> None:
        """Hand over to the system what was added so far, so that it outlives this process."""
        self._writer.flush()

    def close(self) -> None:
        """Write the index and the bag's metadata."""
        metadata = self._metadata()
        text = yaml.safe_dump(metadata, sort_keys=False)
        self._writer.add_metadata("rosbag2", {"serialized_metadata": text})
        self._writer.finish()
        self._close_stream()
        with whole_file(self.path.with_name(METADATA_NAME)) as file:
            yaml.safe_dump({"rosbag2_bagfile_information": metadata}, file, sort_keys=False)

    def abandon(self) -> None:
        """Leave the file as it is: without an index, `mcap recover` makes it readable again."""
        with suppress(OSError):  # told already: this is what comes after a write that failed
            self._close_stream()

    def _close_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _number(self, channel: Channel) -> int:
        if channel.topic not in self._channels:
            if channel.type not in self._schemas:
                definition = channel.definition.encode()
                self._schemas[channel.type] = self._writer.register_schema(
                    channel.type, SchemaEncoding.ROS2, definition
                )
            number = self._writer.register_channel(
                channel.topic, MessageEncoding.CDR, self._schemas[channel.type], {"offered_qos_profiles": channel.qos}
            )
            self._channels[channel.topic] = number, channel
        return self._channels[channel.topic][0]

    def _metadata(self) -> dict[str, object]:
        start = {"nanoseconds_since_epoch": self._first_ns or 0}
        duration = {"nanoseconds": self._last_ns - (self._first_ns or 0)}
        count = sum(self.messages.values())
        file = {"path": self.path.name, "starting_time": start, "duration": duration, "message_count": count}
        topics = [
            {
                "topic_metadata": {
                    "name": channel.topic,
                    "type": channel.type,
                    "serialization_format": MessageEncoding.CDR,
                    "offered_qos_profiles": channel.qos,
                },
                "message_count": self.messages[channel.topic],
            }
            for _, channel in self._channels.values()
        ]
        return {
            "version": _METADATA_VERSION,
            "storage_identifier": "mcap",
            "duration": dict(duration),
            "starting_time": dict(start),
            "message_count": count,
            "topics_with_message_count": topics,
            "compression_format": "",
            "compression_mode": "",
            "relative_file_paths": [self.path.name],
            "files": [file],
        }
