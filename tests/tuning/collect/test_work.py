# SPDX-License-Identifier: Apache-2.0
"""Work that is broken off and gone on with."""

import pytest

from agent_planner.errors import ConfigError
from agent_planner.tuning.collect.work import WorkFile
from agent_planner.tuning.data.records import read_plain

UNITS = {name: name for name in "abc"}


def runner(units):
    for name in reversed(units):
        yield name, [{"id": f"{name}{i}"} for i in range(2)]


@pytest.fixture
def work(tmp_path):
    return lambda **making: WorkFile(tmp_path / "out.jsonl", making or {"seed": 0})


def ids(path):
    return [data["id"] for _, data in read_plain(path)]


def test_records_come_in_the_order_of_the_units(work):
    file = work()
    assert list(file.run(UNITS, runner)) == ["c", "b", "a"]
    assert file.finish("abc") == 6
    assert ids(file.out) == ["a0", "a1", "b0", "b1", "c0", "c1"]
    assert not file.path.exists()


def test_what_is_done_is_not_done_again(work):
    for _ in work().run(UNITS, runner):
        break
    again = work()
    again.read()
    assert list(again.done) == ["c"]
    assert list(again.run(UNITS, runner)) == ["b", "a"]
    assert again.finish("abc") == 6
    assert ids(again.out) == ["a0", "a1", "b0", "b1", "c0", "c1"]


@pytest.mark.parametrize("cut", [1, 20, 70])
def test_a_torn_line_is_done_again(work, cut):
    list(work().run({"a": 1, "b": 2}, runner))
    path = work().path
    path.write_bytes(path.read_bytes()[:-cut])
    again = work()
    again.read()
    assert list(again.run(UNITS, runner))[-1] == "a"
    again.finish("abc")
    assert ids(again.out) == ["a0", "a1", "b0", "b1", "c0", "c1"]


def test_another_configuration_is_refused(work):
    list(work().run(UNITS, runner))
    with pytest.raises(ConfigError, match="begun with another configuration"):
        work(seed=1).read()


def test_some_other_file_is_refused(work):
    file = work()
    list(file.run(UNITS, runner))
    with file.path.open("a") as text:
        text.write("hello\n")
    with pytest.raises(ConfigError, match="remove it to begin anew"):
        work().read()


@pytest.mark.parametrize("text", ["hello\n", "[1]\n"])
def test_a_file_that_begins_otherwise_is_refused(work, text):
    file = work()
    file.path.write_text(text)
    with pytest.raises(ConfigError, match=r"out\.jsonl\.work: "):
        file.read()


def test_no_units_make_an_empty_file(work):
    file = work()
    assert list(file.run({}, runner)) == []
    assert file.finish([]) == 0 and file.out.read_text() == ""
