# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from agent_planner.errors import ConfigError
from agent_planner.tuning.data.records import UnusableRecord, read_plain, record, write_records

ONE, TWO = {"id": "1"}, {"id": "2", "täg": "ü"}


def test_json_lines_json_and_folders_of_episodes_are_read(tmp_path):
    lines = tmp_path / "a.jsonl"
    assert write_records(lines, [ONE, TWO]) == 2
    assert list(read_plain(lines)) == [(f"{lines}:1", ONE), (f"{lines}:2", TWO)]
    several, single = tmp_path / "b.json", tmp_path / "c.json"
    several.write_text(json.dumps([ONE, TWO]))
    single.write_text(json.dumps(ONE))
    assert list(read_plain(several)) == [(f"{several}, item 1", ONE), (f"{several}, item 2", TWO)]
    assert list(read_plain(single)) == [(str(single), ONE)]
    for name, data in (("late", TWO), ("early", ONE)):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "episode.json").write_text(json.dumps(data))
    assert [data for _, data in read_plain(tmp_path / "runs")] == [ONE, TWO]


def test_line_separators_within_a_text_part_no_lines(tmp_path):
    texts = [{"id": "1", "value": "one\u2028two\x85three"}, TWO]
    write_records(tmp_path / "a.jsonl", texts)
    assert [data for _, data in read_plain(tmp_path / "a.jsonl")] == texts


@pytest.mark.parametrize(
    ("name", "text", "where", "told"),
    [
        ("a.jsonl", '{"id": "1"}\n\n{"id": \n', ":3", "is not JSON"),
        ("a.jsonl", '{"id": "1"}\n[1]\n', ":2", "is no conversation but list"),
        ("a.json", '[\n{"id": "1"},\n{"id"}]', ":3", "is not JSON"),
        ("a.json", '[{"id": "1"}, "x"]', ", item 2", "is no conversation but str"),
    ],
)
def test_what_is_wrong_is_told_with_line_or_number(tmp_path, name, text, where, told):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        list(read_plain(path))
    assert error.value.where == f"{path}{where}"
    assert told in str(error.value)


def test_a_folder_without_episodes_and_a_missing_file_are_told(tmp_path):
    with pytest.raises(ConfigError, match=r"holds no episode\.json"):
        list(read_plain(tmp_path))
    with pytest.raises(ConfigError, match="cannot be read"):
        list(read_plain(tmp_path / "none.jsonl"))


@pytest.mark.parametrize(
    ("change", "before"),
    [
        ({"id": "\ud83d"}, '{"id": "'),
        ({"conversations": [{"from": "gpt", "loss": True, "value": "schön \udc4d"}]}, '"value": "schön '),
        ({"more": {"\ud83d": 1}}, '"more": {"'),
    ],
)
def test_what_holds_half_a_character_cannot_be_written_and_is_told(change, before):
    whole = {"id": "1", "conversations": [{"from": "gpt", "loss": True, "value": "\U0001f44d"}]}
    assert record("a.jsonl:3", whole).conversations[0].value == "\U0001f44d"
    with pytest.raises(UnusableRecord, match=r"a\.jsonl:3: holds \\ud[8c][34]d, half of a character, ") as error:
        record("a.jsonl:3", whole | change)
    assert f"{before}'" in str(error.value) and error.value.reason == "half_character"
    str(error.value).encode()


def test_what_cannot_be_written_whole_is_not_written_at_all(tmp_path):
    def broken():
        yield ONE
        raise ConfigError("there", "is wrong")

    path = tmp_path / "out.jsonl"
    with pytest.raises(ConfigError):
        write_records(path, broken())
    assert list(tmp_path.iterdir()) == []
