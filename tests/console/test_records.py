# SPDX-License-Identifier: Apache-2.0
"""Recorded episodes and the map."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from agent_planner.agent.events import Event, EventKind
from agent_planner.console.map_picture import map_png
from agent_planner.recording.episode import EpisodeRecorder
from agent_planner.ros.console_values import Grid

OLD, NEW = "20260101-000000-aaaa", "20260102-000000-bbbb"


@pytest.fixture
def recorded(robot):
    for name in (OLD, NEW):
        recorder = EpisodeRecorder(robot.runs / "run" / name, name)
        recorder.open({"instruction": f"tidy {name}", "model": "none"})
        recorder.event(Event(EventKind.GOAL, 0, "at(bin)"))
        recorder.event(Event(EventKind.TELEOP, 0, "a person has the robot", data={"active": True}))
        recorder.event(Event(EventKind.TELEOP, 0, "given back", data={"active": False}))
        recorder.event(Event(EventKind.RESULT, 1, "ok", call="go()"))
    (robot.runs / "run" / OLD / "episode.json").write_text(json.dumps({"outcome": "succeeded", "instruction": "tidy"}))
    return robot.runs / "run"


def test_where_nothing_is_recorded_the_list_is_empty(signed_in, robot):
    assert signed_in.get("/episodes").json() == []
    robot.runs = None
    assert signed_in.get("/episodes").json() == [] and signed_in.get(f"/episodes/{OLD}").status_code == 404


def test_episodes_are_listed_the_newest_first(signed_in, recorded):
    new, old = signed_in.get("/episodes").json()
    assert (new["id"], new["instruction"], new["outcome"]) == (NEW, f"tidy {NEW}", "unfinished")
    assert (old["id"], old["outcome"], old["calls"], old["takeovers"]) == (OLD, "succeeded", 1, 1)
    assert set(old) == {"id", "began", "instruction", "outcome", "calls", "seconds", "takeovers"}


def test_one_is_shown_with_its_events(signed_in, recorded):
    shown = signed_in.get(f"/episodes/{OLD}").json()
    assert [event["kind"] for event in shown] == ["GOAL", "TELEOP", "TELEOP", "RESULT"]
    assert shown[3]["call"] == "go()"


@pytest.mark.parametrize("name", ["20260103-000000-cccc", "2026", "%2e%2e%2f%2e%2e", "run"])
def test_what_is_no_episode_is_not_found(signed_in, recorded, name):
    assert signed_in.get(f"/episodes/{name}").status_code == 404


def test_a_record_that_cannot_be_read_is_told_and_hides_no_other(signed_in, recorded):
    (recorded / NEW / "events.jsonl").write_text("nonsense\n")
    new, old = signed_in.get("/episodes").json()
    assert new["outcome"] == "unreadable" and "events.jsonl:1" in new["fault"] and old["outcome"] == "succeeded"
    answer = signed_in.get(f"/episodes/{NEW}")
    assert answer.status_code == 500 and "events.jsonl:1" in answer.text


def test_the_map_is_a_picture_with_north_up(signed_in):
    answer = signed_in.get("/map.png")
    pixels = np.array(Image.open(io.BytesIO(answer.content)))
    assert answer.headers["content-type"] == "image/png"
    assert pixels.shape == (3, 4) and list(pixels[2]) == [255, 255, 0, 205] and pixels[0, 0] == 0


def test_a_map_with_odd_values_is_still_one():
    map_png(Grid(np.array([[-128, 127]], np.int8), 0.1, (0.0, 0.0)))


def test_a_large_map_is_shrunk_and_keeps_its_walls():
    cells = np.zeros((1701, 3201), np.int8)
    cells[4, 7] = 100
    cells[0] = -1
    pixels = np.array(Image.open(io.BytesIO(map_png(Grid(cells, 0.05, (0.0, 0.0))))))[::-1]
    assert pixels.shape == (567, 1067)
    assert pixels[1, 2] == 0 and np.count_nonzero(pixels == 0) == 1
    # What is not on the map is unknown.
    assert set(pixels[0]) == {205} and pixels[1, 0] == pixels[-1, 0] == 255
    assert map_png(Grid(cells[:, :1601], 0.05, (0.0, 0.0)))


def test_without_a_map_there_is_none(signed_in, robot):
    robot.grid = lambda: None
    assert signed_in.get("/map.png").status_code == 404
