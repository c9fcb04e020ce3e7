# SPDX-License-Identifier: Apache-2.0
"""Work that is broken off and gone on with."""

from contextlib import suppress
from itertools import islice

import pytest

from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.collect.work import open_work
from agent_planner.tuning.data.records import read_plain

UNITS = {name: name for name in "abc"}


def runner(units):
    for name in reversed(units):
        yield name, [{"id": f"{name}{i}"} for i in range(2)]


@pytest.fixture
def work(tmp_path):
    return lambda **making: open_work(tmp_path / "out.jsonl", making or {"seed": 0})


@pytest.fixture
def half_done(work):
    """Do units, and break off before the file is made of them; returns the work file."""

    def call(units, count=None):
        with suppress(KeyboardInterrupt), work() as file:
            list(islice(file.run(units, runner), count))
            raise KeyboardInterrupt
        return file.path

    return call


def ids(path):
    return [data["id"] for _, data in read_plain(path)]


def test_records_come_in_the_order_of_the_units(work):
    with work() as file:
        assert list(file.run(UNITS, runner)) == ["c", "b", "a"]
        assert file.finish("abc") == 6
        assert ids(file.out) == ["a0", "a1", "b0", "b1", "c0", "c1"]
    assert not file.path.exists()


def test_what_is_done_is_not_done_again(work, half_done):
    half_done(UNITS, 1)
    with work() as again:
        assert list(again.done) == ["c"]
        assert list(again.run(UNITS, runner)) == ["b", "a"]
        assert again.finish("abc") == 6
    assert ids(again.out) == ["a0", "a1", "b0", "b1", "c0", "c1"]


@pytest.mark.parametrize("cut", [1, 20, 70])
def test_a_torn_line_is_done_again(work, half_done, cut):
    path = half_done({"a": 1, "b": 2})
    path.write_bytes(path.read_bytes()[:-cut])
    with work() as again:
        assert list(again.run(UNITS, runner))[-1] == "a"
        again.finish("abc")
    assert ids(again.out) == ["a0", "a1", "b0", "b1", "c0", "c1"]


def test_what_is_broken_off_after_the_file_was_made_goes_on(work):
    """Until all that belongs to it is written: its manifest, too."""
    with suppress(KeyboardInterrupt), work() as file:
        list(file.run(UNITS, runner))
        file.finish("abc")
        raise KeyboardInterrupt
    with work() as again:
        assert list(again.run(UNITS, runner)) == []
        assert again.finish("abc") == 6
    assert not again.path.exists()


def test_what_has_done_nothing_leaves_nothing(work):
    def failing(units):
        raise ConfigError("a", "is wrong")
        yield

    with pytest.raises(ConfigError, match="is wrong"), work() as file:
        list(file.run(UNITS, failing))
    assert not file.path.exists()


def test_two_do_not_work_at_one_file(work):
    with work() as file:
        with pytest.raises(UserError, match=r"out\.jsonl\.work: another process works there"), work():
            pass
        list(file.run(UNITS, runner))
        with pytest.raises(UserError, match="another process works there"), work():
            pass
        assert file.finish("abc") == 6
    assert ids(file.out) == ["a0", "a1", "b0", "b1", "c0", "c1"]


def test_another_configuration_is_refused(work, half_done):
    path = half_done(UNITS)
    with pytest.raises(ConfigError, match="begun with another configuration"), work(seed=1):
        pass
    assert path.stat().st_size


def test_some_other_file_is_refused(work, half_done):
    with half_done(UNITS).open("a") as text:
        text.write("hello\n")
    with pytest.raises(ConfigError, match="remove it to begin anew"), work():
        pass


@pytest.mark.parametrize("text", ["hello\n", "[1]\n"])
def test_a_file_that_begins_otherwise_is_refused(work, tmp_path, text):
    path = tmp_path / "out.jsonl.work"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"out\.jsonl\.work: "), work():
        pass
    assert path.read_text() == text


def test_no_units_make_an_empty_file(work):
    with work() as file:
        assert list(file.run({}, runner)) == []
        assert file.finish([]) == 0
    assert file.out.read_text() == "" and not file.path.exists()
