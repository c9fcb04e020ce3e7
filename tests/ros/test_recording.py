# SPDX-License-Identifier: Apache-2.0
"""The planner records topics beside each episode, and a disk that is full changes nothing else."""

import errno
import json
import os

from action_msgs.msg import GoalStatus
from agent_planner_interfaces.msg import PlanStatus, SceneGraph
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from mcap.reader import make_reader
from rclpy.serialization import deserialize_message

from agent_planner.recording.mcap_file import McapFile
from tests.ros.scripts import IN_BIN, TO_BIN

TYPES = {"agent_planner_interfaces/msg/PlanStatus": PlanStatus, "agent_planner_interfaces/msg/SceneGraph": SceneGraph}


def test_an_episode_has_the_topics_that_are_named(robot, namespace, start_planner, tmp_path):
    planner = start_planner(IN_BIN, runs_folder=str(tmp_path), record_topics=["plan_status", "scene_graph"])
    _, result = planner.send(TO_BIN).result()
    folder = tmp_path / result.episode_id
    with (folder / "episode.mcap").open("rb") as stream:
        found = [
            (channel.topic, deserialize_message(message.data, TYPES[schema.name]))
            for schema, channel, message in make_reader(stream).iter_messages()
        ]
    assert {topic for topic, _ in found} == {f"{namespace}/plan_status", f"{namespace}/scene_graph"}
    statuses = [message for topic, message in found if topic.endswith("plan_status")]
    assert {status.episode_id for status in statuses} == {result.episode_id}
    assert (statuses[-1].state, statuses[-1].outcome) == ("IDLE", "succeeded")
    assert any(status.call == 'pick(object="red cube")' for status in statuses)
    recording = json.loads((folder / "episode.json").read_text())["recording"]
    assert (recording["state"], recording["warnings"], recording["left_out"]) == ("complete", [], {})
    assert sum(recording["messages"].values()) == len(found)


def test_no_topics_no_file(robot, start_planner, tmp_path):
    planner = start_planner(IN_BIN, runs_folder=str(tmp_path), record_topics=[""])
    _, result = planner.send(TO_BIN).result()
    assert not (tmp_path / result.episode_id / "episode.mcap").exists()
    assert "recording" not in json.loads((tmp_path / result.episode_id / "episode.json").read_text())


def test_a_full_disk_is_told_and_the_robot_goes_on(robot, start_planner, listen, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(McapFile, "add", full)
    diagnosed = listen(DiagnosticArray, "/diagnostics")
    status, result = start_planner(IN_BIN, runs_folder=str(tmp_path)).send(TO_BIN).result()
    assert (status, result.outcome) == (GoalStatus.STATUS_SUCCEEDED, "succeeded")
    episode = json.loads((tmp_path / result.episode_id / "episode.json").read_text())
    assert (episode["outcome"], episode["recording"]["state"]) == ("succeeded", "stopped")
    (warning,) = episode["recording"]["warnings"]
    assert "No space left on device" in warning

    def recording(message):
        return [line for line in message.status if line.name.endswith("planner: recording")]

    (line,) = recording(diagnosed.until(lambda m: any(s.level == DiagnosticStatus.WARN for s in recording(m))))
    assert line.message == warning
