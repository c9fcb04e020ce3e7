# SPDX-License-Identifier: Apache-2.0
"""Episodes as the planner records them, made without a robot."""

import struct

from agent_planner.agent.events import Event, EventKind
from agent_planner.agent.result import EpisodeResult
from agent_planner.goals import parse_goal
from agent_planner.llm.base import Message
from agent_planner.recording.episode import EpisodeRecorder, add_facts
from agent_planner.recording.mcap_file import MCAP_NAME, Channel, McapFile
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.types import Call, Outcome
from tests.waits import SECONDS

WORDS = Channel("/words", "std_msgs/msg/String", "string data\n", "[]\n")
PICTURES = Channel("/head_camera/image", "sensor_msgs/msg/Image", "string data\n", "[]\n")
PUT = Call("place_on", {"object": "cup", "surface": "desk"})
STEPS_IN = "a person took over and drove 1.2 m"
ASKED = (Message("system", "rules"), Message("user", "Scene: …\nInstruction: put the cup on the desk"))
BEFORE = (
    *ASKED,
    Message("assistant", "goal: on(cup, desk)"),
    Message("user", "unmet: on(cup, desk)"),
    Message("assistant", 'on(cup, desk)\nnavigate_to(target="shelf")'),
)
AFTER = (
    *ASKED,
    Message("assistant", "goal: on(cup, desk)"),
    Message("user", f"failed TAKEOVER: {STEPS_IN}\nunmet: on(cup, desk)"),
    Message("assistant", f"on(cup, desk)\n{PUT}"),
)
ON_DESK = SceneGraph(
    objects=(SceneObject(name="cup"),), places=(ScenePlace(name="desk"),), relations=(Relation("on", "cup", "desk"),)
)


def word(text):
    """A std_msgs/String as it goes over the network."""
    data = text.encode() + b"\0"
    return b"\0\1\0\0" + struct.pack("<I", len(data)) + data


def helped(folder, name="20260131-120000-aaaa", ended=True):
    """An episode in which a person took over, and that then succeeded; returns its folder."""
    recorder = EpisodeRecorder(folder / name, name)
    recorder.open({"model": "default", "autonomy": "auto", "instruction": "put the cup on the desk"})
    for event in (
        Event(EventKind.GOAL, 0, "on(cup, desk)"),
        Event(EventKind.CALL, 1, "", "on(cup, desk)", 'navigate_to(target="shelf")'),
        Event(EventKind.TELEOP, 1, "a person has the robot (stick)", data={"active": True, "source": "human"}),
        Event(EventKind.TELEOP, 1, f"given back: {STEPS_IN}", data={"active": False, "source": "human"}),
        Event(EventKind.CALL, 2, "", "on(cup, desk)", str(PUT)),
        Event(EventKind.EXECUTING, 2, str(PUT), call=str(PUT)),
        Event(EventKind.RESULT, 2, "ok", call=str(PUT)),
    ):
        recorder.event(event, 1.0)
    recorder._writer.wait(SECONDS)
    result = EpisodeResult(Outcome.SUCCEEDED, "", "", parse_goal("goal: on(cup, desk)"), ((PUT, "ok"),))
    if ended:
        recorder.event(Event(EventKind.ENDED, 2, result.summary))
        told = recording(folder / name)
        recorder.finish("put the cup on the desk", AFTER, [], result, ON_DESK, [(BEFORE, [])], told)
        steps = [{"source": "human", "result": STEPS_IN, "changed": ["cup: held"]}, {"call": str(PUT), "result": "ok"}]
        add_facts(folder / name / "episode.json", {"steps": steps})
    return folder / name


def recording(folder):
    """Record two topics; returns what the episode's record says of it."""
    file = McapFile(folder / MCAP_NAME)
    file.open()
    for number, channel in enumerate((WORDS, PICTURES, WORDS)):
        file.add(channel, word(f"word {number}"), 10**9 * (1 + number))
    file.close()
    return {
        "file": MCAP_NAME,
        "state": "thinned",
        "bytes": file.path.stat().st_size,
        "messages": dict(file.messages),
        "left_out": {"/words": 7},
        "warnings": ["the disk is slower than the topics"],
    }
