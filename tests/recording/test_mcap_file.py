# SPDX-License-Identifier: Apache-2.0
"""An MCAP file, read back by the library's own reader, and the bag's metadata beside it."""

import pytest
import yaml
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory

from agent_planner.errors import InfrastructureError
from agent_planner.recording.mcap_file import Channel, McapFile
from agent_planner.recording.mcap_summary import topics_in
from tests.recording.recorded import WORDS, word

QOS = "- history: 3\n  depth: 0\n"
OTHER = Channel("/other", WORDS.type, WORDS.definition, QOS)


@pytest.fixture
def file(tmp_path):
    file = McapFile(tmp_path / "episode.mcap")
    file.open()
    file.add(WORDS, word("first"), 2_000_000_000)
    file.add(OTHER, word("ünd"), 2_500_000_000)
    file.add(WORDS, word("last"), 3_000_000_000)
    return file


def test_what_was_written_is_read_back(file):
    file.close()
    with file.path.open("rb") as stream:
        reader = make_reader(stream, decoder_factories=[DecoderFactory()])
        found = [(c.topic, m.log_time, d.data) for _, c, m, d in reader.iter_decoded_messages()]
        assert reader.get_header().profile == "ros2"
        summary = reader.get_summary()
    assert found == [
        ("/words", 2_000_000_000, "first"), ("/other", 2_500_000_000, "ünd"), ("/words", 3_000_000_000, "last"),
    ]  # fmt: skip
    (schema,) = summary.schemas.values()
    assert (schema.name, schema.encoding, schema.data) == ("std_msgs/msg/String", "ros2msg", b"string data\n")
    channels = {channel.topic: channel for channel in summary.channels.values()}
    assert {channel.message_encoding for channel in channels.values()} == {"cdr"}
    assert channels["/other"].metadata == {"offered_qos_profiles": QOS}
    assert [tuple(topic) for topic in topics_in(file.path)] == [
        ("/other", "std_msgs/msg/String", 1), ("/words", "std_msgs/msg/String", 2),
    ]  # fmt: skip


def test_the_folder_is_a_bag(file):
    file.close()
    bag = yaml.safe_load((file.path.parent / "metadata.yaml").read_text())["rosbag2_bagfile_information"]
    assert (bag["version"], bag["storage_identifier"], bag["message_count"]) == (5, "mcap", 3)
    assert bag["relative_file_paths"] == ["episode.mcap"]
    assert bag["starting_time"] == {"nanoseconds_since_epoch": 2_000_000_000}
    assert bag["duration"] == {"nanoseconds": 1_000_000_000}
    assert bag["files"][0]["message_count"] == 3
    topics = {t["topic_metadata"]["name"]: t for t in bag["topics_with_message_count"]}
    assert topics["/words"]["message_count"] == 2
    assert topics["/other"]["topic_metadata"] == {
        "name": "/other",
        "type": "std_msgs/msg/String",
        "serialization_format": "cdr",
        "offered_qos_profiles": QOS,
    }
    with file.path.open("rb") as stream:
        (record,) = make_reader(stream).iter_metadata()
    assert record.name == "rosbag2"
    assert yaml.safe_load(record.metadata["serialized_metadata"]) == bag


def test_nothing_received_is_a_file_too(tmp_path):
    file = McapFile(tmp_path / "episode.mcap")
    file.open()
    file.close()
    assert topics_in(file.path) == []


def test_a_file_that_was_not_closed_is_told(file):
    file.abandon()
    with pytest.raises(InfrastructureError, match=r"episode\.mcap cannot be read as it is .*`mcap recover`"):
        topics_in(file.path)
    assert not (file.path.parent / "metadata.yaml").exists()


@pytest.mark.parametrize("left", [0, 20, 0.5, -5])
def test_a_file_that_was_cut_is_told(file, left):
    file.close()
    data = file.path.read_bytes()
    file.path.write_bytes(data[: int(left * len(data)) if isinstance(left, float) else left])
    with pytest.raises(InfrastructureError, match=r"episode\.mcap cannot be read as it is .*`mcap recover`"):
        topics_in(file.path)


def test_a_file_with_a_byte_of_a_name_spoilt_is_told(file):
    file.close()
    file.path.write_bytes(file.path.read_bytes().replace(b"/words", b"\xff\xff\xff\xff\xff\xff"))
    with pytest.raises(InfrastructureError, match="cannot be read as it is"):
        topics_in(file.path)
