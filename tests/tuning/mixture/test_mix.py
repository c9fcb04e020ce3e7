# SPDX-License-Identifier: Apache-2.0
"""A mixture: nothing dirty in it, the same bytes each time, figures that add up."""

import json
import re
from collections import Counter

import pytest

from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.data.records import Record, write_records
from agent_planner.tuning.mixture.inputs import asked_text
from agent_planner.tuning.mixture.mix import mix
from agent_planner.tuning.mixture.mix_config import MixConfig
from agent_planner.tuning.mixture.template_words import template_words
from tests.tuning.mixture.tiny import tiny_model


def said(*turns):
    return [{"from": ("human", "gpt")[n % 2], "loss": (None, True)[n % 2], "value": v} for n, v in enumerate(turns)]


def robots(count):
    """Each about things of its own."""
    things = [f"thing{n} {chr(97 + n % 26)}{n} stuff{n * 3}" for n in range(count)]
    return [
        {
            "id": f"a{n}",
            "conversations": said("Scene: …", f"goal: holding({thing})"),
            "source": "agent",
            "family": "holding",
            "group": f"scene{n // 4}",
            "split": "train",
            "instruction": f"please pick up the {thing}",
            "goal": f"holding({thing})",
        }
        for n, thing in enumerate(things)
    ]


def talks(count, source="sharegpt"):
    more = {"source": source, "family": "conversation", "split": "train"}
    turns = [said(f"what about {n * 3}", "the red one") for n in range(count)]
    return [{"id": f"{source}{n}", "conversations": t, **more} for n, t in enumerate(turns)]


@pytest.fixture
def files(tmp_path):
    paths = {name: tmp_path / f"{name}.jsonl" for name in ("agent", "chat", "out")}
    write_records(paths["agent"], robots(40))
    write_records(paths["chat"], talks(30))
    return paths


def told(files, **more):
    return MixConfig(agent=(files["agent"],), general=(files["chat"],), samples=200, eta=0.3, **more)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_figures_say_what_is_in_the_file(files):
    tokenizer = tiny_model().tokenizer
    counts = mix(told(files), files["out"], tokenizer)
    drawn = Counter(item["source"] for item in lines(files["out"]))
    assert {name: figures["drawn"] for name, figures in counts["sources"].items()} == drawn
    assert counts["samples"] == 200 and counts["agent_share"] == drawn["agent"] / 200
    assert counts["sources"]["agent"]["epochs"] == drawn["agent"] / 40
    # "the red one" are three tokens and the end.
    assert counts["sources"]["sharegpt"]["loss_tokens"] == 4 * drawn["sharegpt"]
    tokens = {name: figures["loss_tokens"] for name, figures in counts["sources"].items()}
    assert counts["agent_token_share"] == tokens["agent"] / sum(tokens.values())
    manifest = json.loads((files["out"].parent / "out.manifest.json").read_text())
    assert manifest["counts"] == counts
    assert manifest["config"]["eta"] == 0.3
    assert set(manifest["inputs"]) == {str(files["agent"]), str(files["chat"])}


def test_the_same_inputs_and_seed_give_the_same_bytes_and_another_seed_others(files):
    def made(seed):
        mix(told(files, seed=seed), files["out"])
        return files["out"].read_bytes()

    assert made(0) == made(0) != made(1)


def test_no_dirty_sample_is_left(files, tmp_path):
    items = tmp_path / "panel.jsonl"
    close = [{"instruction": robots(40)[n]["instruction"], "goal": robots(40)[n]["goal"]} for n in (3, 17)]
    write_records(items, close)
    counts = mix(told(files, against=(items,)), files["out"])
    assert counts["sources"]["agent"]["dirty"] == 2
    assert {"a3", "a17"}.isdisjoint(item["id"] for item in lines(files["out"]))
    labels = counts["sources"]["agent"]
    assert labels["clean"] + labels["grey"] + labels["dirty"] == labels["records"] == 40


def test_weights_choose_between_general_sources(files, tmp_path):
    write_records(tmp_path / "more.jsonl", talks(30, "synthesis"))
    config = MixConfig(general=(files["chat"], tmp_path / "more.jsonl"), eta=0, samples=400)
    counts = mix(config.model_copy(update={"weights": {"sharegpt": 3.0, "synthesis": 1.0}}), files["out"])
    assert 250 < counts["sources"]["sharegpt"]["drawn"] < 350
    assert (
        mix(config.model_copy(update={"weights": {"synthesis": 1.0}}), files["out"])["sources"]["sharegpt"]["drawn"]
        == 0
    )
    with pytest.raises(UserError, match="weight of 'share': there is no such general source; did you mean 'sharegpt'"):
        mix(config.model_copy(update={"weights": {"share": 1.0}}), files["out"])


def test_without_an_instruction_the_turn_that_is_answered_counts():
    record = {"id": "x", "conversations": [*said("be kind")[:1], *said("where is my lamp", "there", "and my cup")]}
    assert asked_text(Record.model_validate(record)) == "where is my lamp"


def test_plain_conversations_get_what_they_lack(files):
    talk = {"id": "x", "conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]}
    write_records(files["chat"], [talk])
    mix(told(files), files["out"])
    found = next(item for item in lines(files["out"]) if item["id"] == "x")
    assert (found["source"], found["group"], found["split"]) == ("chat", "x", "train")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"split": "test"}, "split: is 'test'; only samples of 'train' may be learned from"),
        ({"source": "agent"}, "source: is 'agent', wanted is anything but 'agent'"),
        ({"conversations": said("hi")}, "no turn carries `loss: true`"),
        ({"conversations": 3}, "has neither `conversations` nor `messages`"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line_and_nothing_is_written(files, change, message):
    items = talks(3)
    write_records(files["chat"], [*items[:2], items[2] | change])
    with pytest.raises(ConfigError, match=re.escape(f"{files['chat']}:3: {message}")):
        mix(told(files), files["out"])
    assert not files["out"].exists()


def test_data_that_eta_asks_for_must_be_there(files):
    with pytest.raises(UserError, match=r"eta is 0\.3 and there are no agent data left; give --agent FILE, or eta 0"):
        mix(told(files).model_copy(update={"agent": ()}), files["out"])
    with pytest.raises(UserError, match=r"no general data left; give --general FILE, or eta 1"):
        mix(told(files).model_copy(update={"general": ()}), files["out"])


def test_template_words_say_what_is_asked_and_not_about_what():
    words = template_words()
    assert {"put", "the", "into", "please", "holding", "pick"} <= words
    assert words.isdisjoint({"cube", "red", "drawer", "shelf", "battery", "key"})
