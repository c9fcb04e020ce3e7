# SPDX-License-Identifier: Apache-2.0
"""An episode on disk."""

import errno
import json
import os
import threading
from pathlib import Path

import pytest

from agent_planner.agent.events import Event, EventKind
from agent_planner.agent.result import Counts, EpisodeResult
from agent_planner.goals import parse_goal
from agent_planner.llm.base import Message
from agent_planner.recording import episode as module
from agent_planner.recording.episode import EpisodeRecorder, add_facts, new_episode_id, write_json
from agent_planner.scene import Relation, SceneGraph, SceneObject
from agent_planner.types import Call, Outcome
from tests.waits import SECONDS, eventually


def test_events_are_on_disk_before_the_end(tmp_path: Path):
    recorder = EpisodeRecorder(tmp_path / "a", "a")
    recorder.open({"model": "default"})
    recorder.event(Event(EventKind.CALL, 1, "text", "why", "dock()"), stamp=3.5)
    log = tmp_path / "a" / "events.jsonl"
    assert eventually(lambda: log.read_text().endswith("\n"))
    (line,) = log.read_text().splitlines()
    assert json.loads(line) | {"time": ""} == {
        "time": "", "stamp": 3.5, "kind": "CHECKING", "step": 1, "text": "text", "thought": "why", "call": "dock()",
    }  # fmt: skip
    assert json.loads((tmp_path / "a" / "config.json").read_text()) == {"model": "default"}


def test_the_conversation_has_agentinstructs_schema(tmp_path: Path):
    recorder = EpisodeRecorder(tmp_path, "b")
    recorder.open({})
    messages = [
        Message("system", "s"),
        Message("user", "u"),
        Message("assistant", "bad"),
        Message("user", "refused"),
        Message("assistant", "good"),
    ]
    goal = parse_goal("goal: at(desk)")
    counts = Counts(turns=2)
    counts.add_refusal("BAD_FORM")
    result = EpisodeResult(Outcome.SUCCEEDED, "", "", goal, ((Call("go", {"to": "desk"}), "ok"),), counts)
    recorder.finish("go to the desk", messages, [2], result)
    record = json.loads((tmp_path / "episode.json").read_text())
    assert [(c["from"], c["loss"]) for c in record["conversations"]] == [
        ("human", None), ("human", None), ("gpt", False), ("human", None), ("gpt", True),
    ]  # fmt: skip
    assert (record["id"], record["outcome"], record["goal"]) == ("b", "succeeded", "at(desk)")
    assert record["steps"] == [{"call": 'go(to="desk")', "result": "ok"}]
    assert (record["counts"]["refused"], record["counts"]["codes"]) == (1, {"BAD_FORM": 1})
    assert Counts(**record["counts"]) == counts


def test_what_was_seen_last_and_what_was_found_out_later_is_kept(tmp_path: Path):
    scene = SceneGraph(stamp=4.5, objects=(SceneObject(name="cup"),), relations=(Relation("holding", "cup"),))
    recorder = EpisodeRecorder(tmp_path, "c")
    recorder.open({})
    recorder.finish("take the cup", [], [], EpisodeResult(Outcome.SUCCEEDED, "", "", None), scene)
    add_facts(tmp_path / "episode.json", {"reward": 1.0, "outcome": "failed"})
    record = json.loads((tmp_path / "episode.json").read_text())
    assert SceneGraph.model_validate(record["scene"]) == scene
    assert (record["id"], record["reward"], record["outcome"]) == ("c", 1.0, "failed")


class SlowLog:
    """A log on a disk that writes when it is let."""

    def __init__(self, log):
        self._log = log
        self.let_go = threading.Event()

    def write(self, line):
        assert self.let_go.wait(SECONDS)
        self._log.write(line)

    def __getattr__(self, name):
        return getattr(self._log, name)


def test_a_slow_disk_holds_nobody_up_and_nothing_is_lost(tmp_path: Path, monkeypatch):
    recorder = EpisodeRecorder(tmp_path, "e")
    recorder.open({})
    slow = recorder._log = SlowLog(recorder._log)  # type: ignore[assignment]
    for number in range(3):
        recorder.event(Event(EventKind.THINKING, number, ""))
    ended = EpisodeResult(Outcome.SUCCEEDED, "", "", None)
    monkeypatch.setattr(module, "_CLOSE_S", 0.0)
    with pytest.raises(TimeoutError, match="the disk is too slow: not written after 0 s"):
        recorder.finish("go", [], [], ended)
    assert not (tmp_path / "episode.json").exists()
    slow.let_go.set()
    recorder._writer.wait(SECONDS)
    assert [json.loads(line)["step"] for line in (tmp_path / "events.jsonl").read_text().splitlines()] == [0, 1, 2]
    assert json.loads((tmp_path / "episode.json").read_text())["outcome"] == "succeeded"
    assert slow.closed


def test_a_disk_that_fails_is_told_at_the_end_at_the_latest(tmp_path: Path, monkeypatch):
    def full(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    recorder = EpisodeRecorder(tmp_path, "f")
    recorder.open({})
    monkeypatch.setattr(recorder, "_append", full)
    recorder.event(Event(EventKind.THINKING, 0, ""))
    with pytest.raises(OSError, match="No space left on device"):
        recorder.finish("go", [], [], EpisodeResult(Outcome.SUCCEEDED, "", "", None))


def test_ids_differ():
    assert new_episode_id() != new_episode_id()


def test_conversations_before_the_last_are_kept(tmp_path: Path):
    recorder = EpisodeRecorder(tmp_path, "d")
    recorder.open({})
    looked = ([Message("user", "u"), Message("assistant", "bad"), Message("assistant", 'goal: missing("cup")')], [1])
    recorder.finish("take the cup", [], [], EpisodeResult(Outcome.SUCCEEDED, "", "", None), earlier=[looked])
    record = json.loads((tmp_path / "episode.json").read_text())
    assert [(c["from"], c["loss"]) for c in record["earlier"][0]] == [("human", None), ("gpt", False), ("gpt", True)]


def test_a_file_that_is_not_written_to_its_end_leaves_the_old_one_and_nothing_else(tmp_path: Path):
    class Unwritable:
        def __str__(self):
            raise OSError(errno.ENOSPC, "no space")

    path = tmp_path / "a.json"
    path.write_text("old")
    with pytest.raises(OSError, match="no space"):
        write_json(path, {"new": Unwritable()})
    assert (list(tmp_path.iterdir()), path.read_text()) == ([path], "old")
