# SPDX-License-Identifier: Apache-2.0
"""Recorded episodes, found and read again."""

from pathlib import Path

import pytest

from agent_planner.agent.events import EventKind
from agent_planner.errors import ConfigError, UserError
from agent_planner.recording.episodes import find_episode, find_episodes
from tests.recording.recorded import helped

FIRST, SECOND = "20260131-120000-aaaa", "20260131-130000-bbbb"


@pytest.fixture
def runs(tmp_path):
    helped(tmp_path / "run", SECOND)
    helped(tmp_path, FIRST, ended=False)
    return tmp_path


def test_episodes_are_found_at_any_depth_the_oldest_first(runs):
    assert [episode.id for episode in find_episodes(runs)] == [FIRST, SECOND]


@pytest.mark.parametrize("short", [SECOND, "20260131-13", "bbbb"])
def test_an_id_may_be_shortened(runs, short):
    assert find_episode(runs, short).id == SECOND


def test_what_is_wrong_with_an_id_is_told(runs):
    with pytest.raises(UserError, match=f"'20260131' is short for 2 episodes: {FIRST}, {SECOND}; write more"):
        find_episode(runs, "20260131")
    with pytest.raises(UserError, match=f"no episode 'x' in .*; the newest: {SECOND}, {FIRST}"):
        find_episode(runs, "x")
    with pytest.raises(UserError, match="there is no folder .*nowhere'"):
        find_episode(runs / "nowhere", "x")


def test_a_summary_says_who_acted_and_how_it_ended(runs):
    first, second = (episode.summary() for episode in find_episodes(runs))
    assert (first["outcome"], second["outcome"]) == ("unfinished", "succeeded")
    for summary in (first, second):
        assert summary["source"] == "model, human"
        assert summary["instruction"] == "put the cup on the desk"
        assert summary["seconds"] >= 0 and summary["bytes"] > 0


def test_what_a_person_did_is_found_in_the_log(runs):
    taken, given_back = find_episode(runs, "bbbb").takeovers
    assert (taken.kind, taken.data["source"]) == (EventKind.TELEOP, "human")
    assert given_back.text == "given back: a person took over and drove 1.2 m"


def test_a_line_that_was_cut_off_is_left_out_and_any_other_is_told(runs):
    path = runs / FIRST / "events.jsonl"
    whole = path.read_text()
    path.write_text(whole + '{"time": "2026')
    assert len(find_episode(runs, "aaaa").events) == len(whole.splitlines())
    path.write_text("{}\n" + whole)
    with pytest.raises(ConfigError, match=r"events\.jsonl:1: is no event of an episode: KeyError\('kind'\)"):
        find_episode(runs, "aaaa").events  # noqa: B018 - reading is what fails


def test_of_one_that_cannot_be_read_that_is_said_and_why(runs):
    (runs / FIRST / "events.jsonl").write_text("{}\n")
    first, second = (episode.summary_or_fault() for episode in find_episodes(runs))
    assert (first["id"], first["outcome"], second["outcome"]) == (FIRST, "unreadable", "succeeded")
    assert "events.jsonl:1: is no event of an episode" in first["fault"] and first["bytes"] > 0
    assert first.keys() - {"fault"} == second.keys()


def test_a_file_that_is_renamed_meanwhile_is_none(runs, monkeypatch):
    episode, list_ = find_episode(runs, "bbbb"), Path.iterdir
    size = episode.summary()["bytes"]
    monkeypatch.setattr(Path, "iterdir", lambda folder: [*list_(folder), folder / "episode.json.partial"])
    assert episode.summary()["bytes"] == size


def test_a_record_that_is_none_is_told(runs):
    (runs / FIRST / "episode.json").write_text("[1]")
    with pytest.raises(ConfigError, match=r"episode\.json: is no object but list"):
        find_episode(runs, "aaaa").summary()
