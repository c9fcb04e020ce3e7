# SPDX-License-Identifier: Apache-2.0
"""A mixture: nothing dirty in it, the same bytes each time, figures that add up."""

import json
import re
from collections import Counter

import pytest

from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.data.records import Record, write_records
from agent_planner.tuning.mixture.inputs import asked_text, evaluation_texts
from agent_planner.tuning.mixture.mix import mix
from agent_planner.tuning.mixture.mix_config import MixConfig
from agent_planner.tuning.training.encode import Encoder, of_record
from tests.recording.recorded import helped
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
            "reward": 1.0,
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
    assert counts["compared_with"] == 2


def test_where_nothing_was_compared_nothing_is_called_clean(files):
    counts = mix(told(files), files["out"])
    assert counts["compared_with"] == 0
    assert {"clean", "grey", "dirty"}.isdisjoint(counts["sources"]["agent"])


def test_results_of_an_evaluation_say_what_was_asked(files, tmp_path):
    results = tmp_path / "panel.jsonl"
    others = [{"type": "run", "command": "tune evaluate"}, {"type": "task", "instruction": "say stuff9", "truth": "x"}]
    asked = {
        "type": "episode",
        "instruction": "please pick up the thing3 d3 stuff9",
        "truth": "holding(thing3 d3 stuff9)",
    }
    # What the model stated is another thing's goal.
    write_records(results, [*others, asked | {"goal": "holding(thing5 f5 stuff15)"}])
    assert evaluation_texts(results) == [f"{asked['instruction']} {asked['truth']}"]
    counts = mix(told(files, against=(results,), mismatches=0), files["out"])
    assert counts["sources"]["agent"]["dirty"] == 1
    assert "a3" not in {item["id"] for item in lines(files["out"])}
    write_records(results, others)
    with pytest.raises(ConfigError, match=r"panel\.jsonl: holds nothing that a robot's model is asked"):
        evaluation_texts(results)


def test_what_holds_nothing_to_learn_is_left_out_and_counted(files):
    nothing = [said("hi") + [{"from": "gpt", "loss": False, "value": "hello"}], said("nobody answers")]
    write_records(files["chat"], [*talks(3), *({"id": f"n{n}", "conversations": t} for n, t in enumerate(nothing))])
    counts = mix(told(files), files["out"])
    assert counts["sources"]["chat"] == {"records": 2, "nothing_to_learn": 2, "drawn": 0, "epochs": 0.0}
    assert counts["sources"]["sharegpt"]["nothing_to_learn"] == 0
    assert {"n0", "n1"}.isdisjoint(item["id"] for item in lines(files["out"]))


def test_the_robots_records_without_a_whole_reward_are_counted_and_learned(files):
    bad, unknown, *good = robots(40)
    del unknown["reward"]
    write_records(files["agent"], [bad | {"reward": 0.0}, unknown, *good])
    counts = mix(told(files), files["out"])
    assert (counts["sources"]["agent"]["low_reward"], counts["sources"]["agent"]["no_reward"]) == (1, 1)
    assert "low_reward" not in counts["sources"]["sharegpt"]
    assert {"a0", "a1"} <= {item["id"] for item in lines(files["out"])}


def test_of_a_folder_of_episodes_what_was_said_before_a_takeover_is_not_learned(files, tmp_path):
    helped(tmp_path / "runs")
    counts = mix(MixConfig(agent=(tmp_path / "runs",), eta=1, samples=2), files["out"])
    assert (counts["sources"]["agent"]["records"], counts["sources"]["agent"]["nothing_to_learn"]) == (2, 1)
    assert {item["id"] for item in lines(files["out"])} == {"20260131-120000-aaaa"}


def test_what_is_too_long_for_training_is_left_out_before_the_draw(files):
    tokenizer = tiny_model().tokenizer
    long = said("what about 2", " ".join(["the red one"] * 30)) + said("and now", "the blue one")
    write_records(files["chat"], [*talks(10), talks(1)[0] | {"id": "long", "conversations": long}])
    record = Record.model_validate({"id": "x", "conversations": long})
    (sample,) = Encoder(tokenizer, 1.0).samples(of_record(record))
    most = len(sample)
    kept = mix(told(files, max_tokens=most), files["out"], tokenizer)
    assert kept["sources"]["sharegpt"]["too_long"] == 0
    counts = mix(told(files, max_tokens=most - 1), files["out"], tokenizer)
    assert counts["sources"]["sharegpt"]["too_long"] == 1
    drawn = [item for item in lines(files["out"]) if item["source"] == "sharegpt"]
    assert "long" not in {item["id"] for item in drawn}
    assert counts["sources"]["sharegpt"]["loss_tokens"] == 4 * len(drawn)
    with pytest.raises(UserError, match="max_tokens: only a tokenizer can tell; give --base"):
        mix(told(files, max_tokens=9), files["out"])


def test_what_the_bases_template_refuses_is_left_out_and_counted(files):
    tokenizer = tiny_model().tokenizer
    refuses = "{% if messages[0].content == 'odd' %}{{ raise_exception('odd words') }}{% endif %}"
    tokenizer.chat_template = f"{refuses}{tokenizer.chat_template}"
    write_records(files["chat"], [*talks(10), talks(1)[0] | {"id": "odd", "conversations": said("odd", "even")}])
    counts = mix(told(files, max_tokens=900), files["out"], tokenizer)
    assert (counts["sources"]["sharegpt"]["template_refuses"], counts["sources"]["sharegpt"]["too_long"]) == (1, 0)
    assert counts["sources"]["agent"]["template_refuses"] == 0
    assert "odd" not in {item["id"] for item in lines(files["out"])}
    tokenizer.chat_template = "{{ messages[-1].content }}{% if add_generation_prompt %}now{% endif %}"
    with pytest.raises(ConfigError, match=r"agent\.jsonl:1: .* writes an assistant's turn otherwise than it opens one"):
        mix(told(files, max_tokens=900), files["out"], tokenizer)


def test_weights_choose_between_general_sources(files, tmp_path):
    write_records(tmp_path / "more.jsonl", talks(30, "synthesis"))
    config = MixConfig(general=(files["chat"], tmp_path / "more.jsonl"), eta=0, samples=400)
    counts = mix(config.model_copy(update={"weights": {"sharegpt": 3.0, "synthesis": 1.0}}), files["out"])
    assert 250 < counts["sources"]["sharegpt"]["drawn"] < 350
    none = mix(config.model_copy(update={"weights": {"synthesis": 1.0, "sharegpt": 0.0}}), files["out"])
    assert none["sources"]["sharegpt"]["drawn"] == 0


def test_files_of_the_robot_have_weights_of_their_own(files, tmp_path):
    mine = tmp_path / "mine.jsonl"
    write_records(mine, [item | {"id": f"mine{n}"} for n, item in enumerate(robots(4))])
    config = told(files).model_copy(update={"agent": (files["agent"], mine), "eta": 1.0})
    by_size = mix(config, files["out"])
    assert sum(item["id"].startswith("mine") for item in lines(files["out"])) < 40
    counts = mix(config.model_copy(update={"weights": {"mine": 3.0, "agent": 1.0}}), files["out"])
    drawn = sum(item["id"].startswith("mine") for item in lines(files["out"]))
    assert drawn > 120 and "agent_files" not in by_size
    assert {name: found["drawn"] for name, found in counts["agent_files"].items()} == {
        "agent": 200 - drawn,
        "mine": drawn,
    }
    assert counts["sources"]["agent"]["drawn"] == 200 and counts["sources"]["agent"]["epochs"] == round(200 / 44, 4)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"share": 1.0}, "weight of 'share': no general source and none of several --agent files has it; did you mean"),
        ({"sharegpt": 1.0}, "weight of synthesis: is missing; give each general source one"),
        ({"mine": 1.0}, "weight of agent: is missing; give each --agent file one"),
        ({"mine": 1.0, "agent": -1.0}, "weight of 'agent': -1 is no number from 0"),
        ({"both": 1.0}, "weight of 'both': two of the files or sources are called so"),
    ],
)
def test_weights_that_say_too_little_are_told(files, tmp_path, weights, message):
    for name in ("more", "mine", "both"):
        write_records(tmp_path / f"{name}.jsonl", talks(3, "synthesis") if name == "more" else robots(3))
    own = (files["agent"], tmp_path / ("both.jsonl" if "both" in weights else "mine.jsonl"))
    general = [files["chat"], tmp_path / "more.jsonl"]
    if "both" in weights:
        write_records(files["chat"], talks(3, "both"))
    with pytest.raises(UserError, match=re.escape(message)):
        mix(MixConfig(agent=own, general=tuple(general), weights=weights), files["out"])


def test_without_an_instruction_the_turn_that_is_answered_counts():
    record = {"id": "x", "conversations": [*said("be kind")[:1], *said("where is my lamp", "there", "and my cup")]}
    assert asked_text(Record.model_validate(record)) == "where is my lamp"


def test_plain_conversations_get_what_they_lack(files):
    talk = {"id": "x", "conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]}
    write_records(files["chat"], [talk])
    mix(told(files), files["out"])
    found = next(item for item in lines(files["out"]) if item["id"] == "x")
    assert (found["source"], found["group"], found["split"]) == ("chat", "x", "train")


@pytest.mark.parametrize("split", [None, "train", "train_sft"])
def test_a_split_of_others_is_for_training_if_it_says_so(files, split):
    write_records(files["chat"], [item | {"split": split} for item in talks(3)])
    assert mix(told(files), files["out"])["sources"]["sharegpt"]["records"] == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"split": "test"}, "split: is 'test'; only records of 'train' may be learned from"),
        ({"source": "agent"}, "source: is 'agent', wanted is anything but 'agent'"),
        ({"split": "validation"}, "split: is 'validation'; only records of 'train' may be learned from"),
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
