# SPDX-License-Identifier: Apache-2.0
"""How much a recording may take, and what makes way for it."""

import os

import pytest

from agent_planner.recording.space import MB, Space


@pytest.fixture
def runs(tmp_path):
    for number, name in enumerate(("b", "a", "c")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "episode.mcap").write_bytes(bytes(1000))
        (folder / "metadata.yaml").write_text("bag")
        (folder / "episode.json").write_text("{}")
        os.utime(folder / "episode.mcap", (number, number))
    return tmp_path


def space(runs, folder_bytes, keep=True, free=10**12):
    return Space(runs, folder_bytes, 1000, keep, lambda _: free)


@pytest.mark.parametrize(
    ("folder_bytes", "free", "left", "limit"),
    [
        (10**6, 10**12, 1000, "record_episode_limit_mb"),
        (3500, 10**12, 485, "record_limit_mb"),
        (2000, 10**12, -1015, "record_limit_mb"),
        (10**6, 100 * MB + 5, 5, "of the disk 100 MB are kept free"),
    ],
)
def test_the_narrowest_limit_counts_and_is_named(runs, folder_bytes, free, left, limit):
    budget = space(runs, folder_bytes, free=free).budget()
    assert budget.bytes == left
    assert limit in budget.limit


def test_nothing_is_deleted_unasked(runs):
    assert space(runs, 10).make_room(runs / "new") == []
    assert len(list(runs.glob("*/episode.mcap"))) == 3


def test_the_oldest_recordings_make_way_and_nothing_else(runs):
    gone = space(runs, 3000, keep=False).make_room(runs / "a" / "episode.mcap")
    assert gone == [runs / "b" / "episode.mcap", runs / "c" / "episode.mcap"]
    assert sorted(str(path.relative_to(runs)) for path in runs.glob("*/*")) == [
        "a/episode.json", "a/episode.mcap", "a/metadata.yaml", "b/episode.json", "c/episode.json",
    ]  # fmt: skip


def test_no_more_than_is_needed(runs):
    assert space(runs, 4000, keep=False).make_room(runs / "new") == [runs / "b" / "episode.mcap"]
    assert space(runs, 10**6, keep=False).make_room(runs / "new") == []


def test_where_it_just_fits_nothing_more_is_deleted(runs):
    used = sum(path.stat().st_size for path in runs.glob("*/*"))
    assert space(runs, used + 1000, keep=False).make_room(runs / "new") == []
    assert space(runs, used, keep=False).make_room(runs / "new") == [runs / "b" / "episode.mcap"]


def test_a_disk_is_full_when_its_reserve_is_touched(runs):
    assert not space(runs, 1, free=100 * MB).disk_is_full
    assert space(runs, 1, free=100 * MB - 1).disk_is_full
