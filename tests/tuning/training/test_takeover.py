# SPDX-License-Identifier: Apache-2.0
"""From an episode in which a person took over to tokens: what the model did after that is learned, nothing else."""

import json

import pytest
from transformers import AutoTokenizer
from typer.testing import CliRunner

from agent_planner.cli.main import app
from agent_planner.errors import UserError
from agent_planner.tuning.data.conversations import conversations_of
from agent_planner.tuning.data.records import read_plain, record
from agent_planner.tuning.training.encode import Encoder, of_record
from tests.recording.recorded import AFTER, helped
from tests.tuning.training.test_encode import learned_turns


def tune(*arguments):
    return CliRunner().invoke(app, ["tune", *map(str, arguments)], catch_exceptions=False)


def test_a_takeover_that_led_to_success_is_learned_from(tmp_path, bases):
    helped(tmp_path / "runs")
    collected, kept = tmp_path / "collected.jsonl", tmp_path / "kept.jsonl"
    assert tune("collect", "--from-episodes", tmp_path / "runs", collected).exit_code == 0
    before, after = map(json.loads, collected.read_text().splitlines())
    assert [turn["loss"] for turn in before["conversations"]] == [None, None, False, None, False]
    assert [turn["loss"] for turn in after["conversations"]] == [None, None, True, None, True]
    assert (after["reward"], after["reward_from"]) == (1.0, "stated_goal")

    done = tune("filter", collected, "--out", kept)
    assert done.stdout.splitlines()[-1] == f"1 kept in {kept}; dropped: nothing_to_learn 1"
    ((where, data),) = read_plain(kept)
    tokenizer = AutoTokenizer.from_pretrained(bases["llama"])
    (sample,) = Encoder(tokenizer, 1.0).samples(of_record(record(where, data)))
    learned = [tokenizer.decode(sample.tokens[begin:end].tolist()) for begin, end in learned_turns(sample)]
    said = [message.content for message in AFTER if message.role == "assistant"]
    assert len(learned) == len(said)
    for text, wanted in zip(learned, said, strict=True):
        assert wanted in text and "TAKEOVER" not in text


def test_an_episode_without_a_takeover_is_learned_from_as_it_is():
    turns = [{"from": "human", "loss": None, "value": "u"}, {"from": "gpt", "loss": True, "value": "goal: none"}]
    steps = [{"call": "dock()", "result": "ok"}]
    looked = {"id": "e", "conversations": turns, "earlier": [turns], "steps": steps, "outcome": "succeeded"}
    found = list(conversations_of(looked))
    assert [(one["id"], one["conversations"], one["source"]) for one in found] == [
        ("e/0", turns, "agent"),
        ("e", turns, "agent"),
    ]
    for data in ({"conversations": turns}, {"conversations": turns, "steps": 3}, {"conversations": 3}):
        assert list(conversations_of(data)) == [data]


def test_a_folder_needs_to_be_called_one_of_episodes(tmp_path):
    with pytest.raises(UserError, match="is a folder; give a file of `tune scenarios`, or --from-episodes"):
        tune("collect", tmp_path, tmp_path / "out.jsonl")
