# SPDX-License-Identifier: Apache-2.0
"""Messages into the file within limits: what does not get there is counted and told, and nobody is held up."""

import errno
import os
import struct
import threading
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from mcap.exceptions import McapError
from mcap.records import Message
from mcap.stream_reader import StreamReader

from agent_planner.recording.mcap_file import McapFile
from agent_planner.recording.mcap_summary import topics_in
from agent_planner.recording.space import MB, Space
from agent_planner.recording.topic_log import TopicLog
from tests.recording.recorded import PICTURES, WORDS, word
from tests.waits import SECONDS, eventually

LONG = 300_000
LASTING, RARE = replace(WORDS, topic="/lasting", lasting=True), replace(WORDS, topic="/rare")


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Gated(McapFile):
    """A disk that writes when it is let."""

    def __init__(self, path):
        super().__init__(path)
        self.reached, self.let_go = threading.Event(), threading.Event()

    def add(self, channel, data, time_ns):
        self.reached.set()
        assert self.let_go.wait(SECONDS)
        super().add(channel, data, time_ns)


@pytest.fixture
def log(tmp_path):
    """Call it with limits in bytes and a kind of file; ``told`` is what is told."""

    def made(episode_bytes=MB, folder_bytes=10**12, open_file=McapFile, free=10**12, **more):
        space = Space(tmp_path, folder_bytes, episode_bytes, free=lambda _: free)
        log = TopicLog(tmp_path, space, told.append, open_file, **more)
        log.told = told
        log.start()
        return log

    told = []
    return made


def noise(length=LONG):
    """Text that does not compress."""
    return os.urandom(length // 2).hex()


def counts(folder):
    return {topic.topic: topic.messages for topic in topics_in(folder / "episode.mcap")}


def recovered(folder):
    """How many messages a file holds that was not closed, as `mcap recover` finds them."""
    found = 0
    with suppress(FileNotFoundError, McapError, struct.error), (folder / "episode.mcap").open("rb") as file:
        for record in StreamReader(file).records:
            found += isinstance(record, Message)
    return found


def test_all_that_is_offered_is_in_the_file(log, tmp_path):
    log = log()
    for number in range(500):
        log.offer(WORDS, word(f"{number}"), number)
    facts = log.stop(SECONDS)
    assert facts == {
        "file": "episode.mcap",
        "state": "complete",
        "bytes": (tmp_path / "episode.mcap").stat().st_size,
        "messages": {"/words": 500},
        "left_out": {},
        "warnings": [],
    }
    assert counts(tmp_path) == {"/words": 500}
    assert log.told == []


def test_what_is_written_makes_room_in_the_queue(log):
    log = log(queue_bytes=1000)
    for number in range(1, 31):
        log.offer(WORDS, word("x" * 80), number)
        assert eventually(lambda number=number: log._file.messages.get("/words", 0) + log.left_out == number)
    assert log.stop(SECONDS)["left_out"] == {}


def test_where_the_clock_is_set_back_a_second_begins_anew(log):
    log = log()
    times = [begin + tenth * 150_000_000 for begin in (10**12, 10**11) for tenth in range(6)]
    assert [log._is_kept("/words", time_ns) for time_ns in times] == [*[True] * 5, False] * 2
    log.stop(SECONDS)


def test_from_half_of_its_room_on_it_is_thinned_and_told(log, tmp_path):
    log = log(episode_bytes=2 * MB)
    log.offer(PICTURES, word(noise(4 * LONG * 2)), 0)
    assert eventually(lambda: log.told)
    for hundredth in range(300):
        for channel in (WORDS, LASTING):
            log.offer(channel, word("x"), hundredth * 10_000_000)
    for fifth in range(15):
        log.offer(RARE, word("x"), fifth * 200_000_000)
    facts = log.stop(SECONDS)
    assert facts["state"] == "thinned"
    # Of the fast one all that came in the first tenth of each second.
    assert facts["left_out"] == {"/words": 270}
    assert counts(tmp_path) == {PICTURES.topic: 1, "/words": 30, "/lasting": 300, "/rare": 15}
    (warning,) = facts["warnings"]
    assert "thinned to the first 5 messages, or 100 ms, of each second of a topic" in warning
    assert "record_episode_limit_mb is 2" in warning
    assert log.told == [warning]


def test_of_a_topic_that_is_a_little_faster_five_messages_a_second_are_kept(log, tmp_path):
    log = log(episode_bytes=2 * MB)
    log.offer(PICTURES, word(noise(4 * LONG * 2)), 0)
    assert eventually(lambda: log.told)
    for tenth in range(30):
        log.offer(WORDS, word("x"), tenth * 100_000_000)
    assert log.stop(SECONDS)["left_out"] == {"/words": 15}


def test_a_clock_that_was_set_back_does_not_end_the_thinned_recording(log, tmp_path):
    log = log(episode_bytes=2 * MB)
    log.offer(WORDS, word(noise(4 * LONG * 2)), 50 * 10**9)
    assert eventually(lambda: log.told)
    for number in range(4):
        log.offer(WORDS, word("after"), 10**9 + number * 200_000_000)
    assert log.stop(SECONDS)["left_out"] == {}


def test_a_topic_whose_type_changes_is_recorded_with_its_first_alone(log, tmp_path):
    log = log()
    other = replace(WORDS, type=PICTURES.type)
    for channel in (WORDS, other, other, WORDS):
        log.offer(channel, word("x"), 1)
    facts = log.stop(SECONDS)
    assert (facts["state"], facts["left_out"]) == ("thinned", {"/words": 2})
    assert [tuple(topic) for topic in topics_in(tmp_path / "episode.mcap")] == [("/words", WORDS.type, 2)]
    (warning,) = log.told
    assert f"messages of /words are left out of {tmp_path / 'episode.mcap'}" in warning
    assert f"they are {other.type} now, and were {WORDS.type} first" in warning


def test_what_was_offered_outlives_a_process_that_is_killed(log, tmp_path, monkeypatch):
    monkeypatch.setattr("agent_planner.recording.topic_log._FLUSH_S", 0.05)
    log = log()
    for number in range(3):
        log.offer(WORDS, word(f"{number}"), number)
        assert eventually(lambda number=number: recovered(tmp_path) == number + 1)
    assert log.stop(SECONDS)["messages"] == counts(tmp_path) == {"/words": 3}


def test_at_its_limit_it_is_stopped_and_can_still_be_read(log, tmp_path):
    log = log(episode_bytes=MB)
    for number in range(8):
        log.offer(WORDS, word(noise()), number * 10**10)
    facts = log.stop(SECONDS)
    assert facts["state"] == "stopped"
    assert facts["messages"]["/words"] + facts["left_out"]["/words"] == 8
    assert counts(tmp_path) == facts["messages"]
    assert [text for text in log.told if "was stopped: it is full; record_episode_limit_mb is 1" in text]
    assert facts["warnings"] == log.told


def test_where_there_is_no_room_nothing_is_begun_and_that_is_told(log, tmp_path):
    (tmp_path / "old").write_bytes(bytes(100))
    log = log(folder_bytes=100)
    assert eventually(lambda: log.told)
    log.offer(WORDS, word("x"), 1)
    facts = log.stop(SECONDS)
    assert (facts["state"], facts["left_out"]) == ("stopped", {"/words": 1})
    assert f"there is no room; record_limit_mb is 0 for all of {tmp_path}" in log.told[0]
    assert not (tmp_path / "episode.mcap").exists()


def test_of_the_disk_a_reserve_is_left(log, tmp_path):
    free = iter([10**12, 10**12, *[0] * 100])
    space = Space(tmp_path, 10**12, 10**12, free=lambda _: next(free))
    told = []
    log = TopicLog(tmp_path, space, told.append)
    log.start()
    for number in range(20):
        log.offer(WORDS, word(noise()), number)
    assert log.stop(SECONDS)["state"] == "stopped"
    assert told == [f"the recording of topics into {tmp_path / 'episode.mcap'} was stopped: the disk is nearly full"]


@pytest.mark.parametrize("when", ["open", "add", "close"])
def test_a_full_disk_ends_the_recording_and_nothing_else(log, when):
    log = log(open_file=type("Full", (McapFile,), {when: full}))
    log.offer(WORDS, word("x"), 1)
    assert when == "close" or eventually(lambda: log.told)
    facts = log.stop(SECONDS)
    assert facts["state"] == "stopped"
    (warning,) = facts["warnings"]
    assert warning.startswith("no more topics are recorded into") and "No space left on device" in warning
    log.offer(WORDS, word("y"), 2)


def test_what_a_slow_disk_leaves_out_is_counted_and_told(log, tmp_path):
    log = log(open_file=Gated, queue_bytes=1000)
    log.offer(WORDS, word("first"), 0)
    assert log._file.reached.wait(SECONDS)
    began = time.monotonic()
    for number in range(1000):
        log.offer(WORDS, word("x" * 80), number)
    assert time.monotonic() - began < 5.0
    assert log.left_out > 900
    log._file.let_go.set()
    facts = log.stop(SECONDS)
    assert facts["state"] == "thinned"
    assert facts["messages"]["/words"] + facts["left_out"]["/words"] == 1001
    assert facts["warnings"] == [
        f"messages are left out of {tmp_path / 'episode.mcap'}: the disk is slower than the topics"
    ]


def test_a_disk_that_hangs_does_not_hold_up_the_end(log):
    log = log(open_file=Gated)
    log.offer(WORDS, word("first"), 0)
    assert log._file.reached.wait(SECONDS)
    began = time.monotonic()
    facts = log.stop(0.05)
    assert time.monotonic() - began < 5.0
    assert facts["state"] == "unfinished"
    assert "was not written 0.05 s after the episode's end" in facts["warnings"][0]
    log._file.let_go.set()
