# SPDX-License-Identifier: Apache-2.0
"""Topics into an episode's MCAP file, from live publishers of both kinds, read back by the library's own reader."""

import pytest
import yaml
from agent_planner_interfaces.msg import SceneGraph
from geometry_msgs.msg import Twist, Vector3
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import deserialize_message
from std_msgs.msg import String

from agent_planner.errors import UserError
from agent_planner.recording.space import MB, Space
from agent_planner.recording.topic_log import TopicLog
from agent_planner.ros.interface_types import InterfaceMissing
from agent_planner.ros.message_definition import message_definition
from agent_planner.ros.messages import to_scene_message
from agent_planner.ros.topic_recorder import TopicRecorder
from tests.ros.waits import eventually

BEST_EFFORT = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)
LASTING = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.fixture
def told():
    return []


@pytest.fixture
def recorder(node, tmp_path, told):
    """Call it with topics."""
    made = []

    def start(*topics):
        space = Space(tmp_path, 1000 * MB, 100 * MB)
        recorder = TopicRecorder(node, topics, lambda folder: TopicLog(folder, space, told.append), told.append)
        recorder.configure()
        made.append(recorder)
        return recorder

    yield start
    for recorder in made:
        recorder.release()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "episode"
    folder.mkdir()
    return folder


def publisher(node, kind, topic, qos):
    """One that the recorder has come to hear."""
    made = node.create_publisher(kind, topic, qos)
    assert eventually(lambda: made.get_subscription_count() == 1)
    return made


def messages(folder, *kinds):
    """What is in the file: topic, the message as ROS reads it, the message as the library decodes it."""
    types = {kind.__name__: kind for kind in kinds}
    with (folder / "episode.mcap").open("rb") as stream:
        reader = make_reader(stream, decoder_factories=[DecoderFactory()])
        return [
            (c.topic, deserialize_message(m.data, types[s.name.rpartition("/")[2]]), decoded)
            for s, c, m, decoded in reader.iter_decoded_messages()
        ]


def test_messages_of_both_kinds_of_publishers_are_recorded_as_they_were_sent(
    node, namespace, recorder, folder, scene, told
):
    recorder = recorder("cmd_vel", "scene_graph")
    recorder.begin(folder)
    velocity = publisher(node, Twist, "cmd_vel", BEST_EFFORT)
    graph = publisher(node, SceneGraph, "scene_graph", LASTING)
    twists = [Twist(linear=Vector3(x=0.1 * number)) for number in range(20)]
    sent = to_scene_message(scene)
    before = node.get_clock().now().nanoseconds
    graph.publish(sent)
    for number, twist in enumerate(twists):
        velocity.publish(twist)
        # One after the other, since best effort may leave out what comes in a heap.
        assert eventually(lambda number=number: recorder.log.size >= 0 and _offered(recorder) >= number + 1)
    assert eventually(lambda: _offered(recorder) == 21)
    facts = recorder.end()
    assert (facts["state"], facts["messages"]) == (
        "complete", {f"{namespace}/scene_graph": 1, f"{namespace}/cmd_vel": 20},
    )  # fmt: skip
    found = messages(folder, Twist, SceneGraph)
    assert [m for topic, m, _ in found if topic.endswith("cmd_vel")] == twists
    assert [m for topic, m, _ in found if topic.endswith("scene_graph")] == [sent]
    decoded = next(d for topic, _, d in found if topic.endswith("scene_graph"))
    assert [thing.name for thing in decoded.objects] == [thing.name for thing in sent.objects]
    with (folder / "episode.mcap").open("rb") as stream:
        times = [message.log_time for _, _, message in make_reader(stream).iter_messages()]
    assert before <= min(times) <= max(times) <= node.get_clock().now().nanoseconds
    assert told == []


def _offered(recorder):
    return sum(recorder.log._file.messages.values())


def test_what_was_sent_once_is_in_every_episode(node, recorder, tmp_path):
    node.create_publisher(String, "robot_description", LASTING).publish(String(data="a robot"))
    recorder = recorder("robot_description")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        recorder.begin(tmp_path / name)
        assert eventually(lambda: _offered(recorder) == 1)
        recorder.end()
        ((_, message, _),) = messages(tmp_path / name, String)
        assert message.data == "a robot"


def test_the_bag_says_what_the_publishers_offered(node, recorder, folder):
    recorder = recorder("cmd_vel")
    recorder.begin(folder)
    publisher(node, Twist, "cmd_vel", BEST_EFFORT).publish(Twist())
    assert eventually(lambda: _offered(recorder) == 1)
    recorder.end()
    bag = yaml.safe_load((folder / "metadata.yaml").read_text())["rosbag2_bagfile_information"]
    (topic,) = bag["topics_with_message_count"]
    (qos,) = yaml.safe_load(topic["topic_metadata"]["offered_qos_profiles"])
    assert (qos["reliability"], qos["durability"]) == (
        int(ReliabilityPolicy.BEST_EFFORT), int(DurabilityPolicy.VOLATILE),
    )  # fmt: skip
    assert {"history", "depth", "deadline", "lifespan", "liveliness", "liveliness_lease_duration"} < qos.keys()


def test_a_publisher_that_offers_less_is_heard_too(node, recorder, folder):
    recorder = recorder("words")
    recorder.begin(folder)
    reliable = publisher(node, String, "words", LASTING)
    reliable.publish(String(data="one"))
    assert eventually(lambda: _offered(recorder) >= 1)
    weak = publisher(node, String, "words", BEST_EFFORT)
    assert eventually(lambda: (weak.publish(String(data="two")), _offered(recorder) >= 2)[1], every=0.1)
    recorder.end()
    assert {message.data for _, message, _ in messages(folder, String)} == {"one", "two"}


def test_what_is_published_at_the_very_end_is_recorded(node, recorder, folder):
    recorder = recorder("words")
    recorder.begin(folder)
    words = publisher(node, String, "words", LASTING)
    words.publish(String(data="the end"))
    recorder.end()
    assert [message.data for _, message, _ in messages(folder, String)] == ["the end"]


def test_an_episode_that_begins_ends_the_recording_of_one_that_did_not_end(recorder, tmp_path):
    recorder = recorder("words")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        recorder.begin(tmp_path / name)
    assert (tmp_path / "first" / "metadata.yaml").exists()


def test_messages_that_are_sent_once_are_known_as_such(node, recorder, folder):
    recorder = recorder("words", "cmd_vel")
    recorder.begin(folder)
    publisher(node, String, "words", LASTING).publish(String())
    publisher(node, Twist, "cmd_vel", BEST_EFFORT).publish(Twist())
    assert eventually(lambda: _offered(recorder) == 2)
    channels = [channel for _, channel in recorder.log._file._channels.values()]
    assert {channel.type: channel.lasting for channel in channels} == {
        "std_msgs/msg/String": True, "geometry_msgs/msg/Twist": False,
    }  # fmt: skip


def test_between_episodes_nobody_listens(node, recorder, folder):
    recorder = recorder("words")
    words = node.create_publisher(String, "words", 10)
    recorder.begin(folder)
    assert eventually(lambda: words.get_subscription_count() == 1)
    recorder.end()
    assert eventually(lambda: words.get_subscription_count() == 0)
    assert recorder.end() is None


def test_a_type_that_is_not_installed_is_told_once(node, recorder, folder, told, monkeypatch):
    def missing(name):
        raise InterfaceMissing(f"the type {name} is not installed")

    monkeypatch.setattr("agent_planner.ros.topic_recorder.message_definition", missing)
    node.create_publisher(String, "words", 10)
    recorder = recorder("words")
    recorder.begin(folder)
    assert eventually(lambda: told)
    recorder._look()
    recorder.end()
    (text,) = told
    assert text.endswith("words is not recorded: the type std_msgs/msg/String is not installed")


@pytest.mark.parametrize(
    ("name", "fault"),
    [("bad topic!", "must not contain characters"), ("{robot}/odom", "unknown substitution: {robot}")],
)
def test_a_name_that_no_topic_can_have_is_refused(recorder, name, fault):
    with pytest.raises(UserError, match=f"^record_topics: no topic can be named '{name}': .*{fault}"):
        recorder("words", name)


def test_without_topics_there_is_no_node(node, recorder, folder):
    recorder = recorder()
    recorder.begin(folder)
    assert not recorder.is_on and recorder.end() is None
    assert list(folder.iterdir()) == []


def test_a_definition_holds_those_of_all_types_in_it():
    text = message_definition("nav_msgs/msg/Odometry")
    assert text.count("MSG: geometry_msgs/Vector3\n") == 1
    assert text.startswith("#") and "MSG: builtin_interfaces/Time" in text
    with pytest.raises(InterfaceMissing, match="no package 'no_msgs' with the message 'Nothing'"):
        message_definition("no_msgs/msg/Nothing")
    with pytest.raises(InterfaceMissing, match="std_msgs/msg/Nothing cannot be read"):
        message_definition("std_msgs/msg/Nothing")
