# SPDX-License-Identifier: Apache-2.0
"""What is learned from: records of files in their order, or trees from a seed, each as if it stood alone."""

import json

import pytest
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from agent_planner.errors import ConfigError
from agent_planner.llm.chatml import encode_conversation
from agent_planner.llm.default_model import default_base
from agent_planner.tuning.training.config import load_config
from agent_planner.tuning.training.encode import Encoder, of_tree
from agent_planner.tuning.training.packing import tree_passes
from agent_planner.tuning.training.sources import RecordSource, SeedSource, within
from agent_planner.tuning.training.tree_attention import register
from agent_planner.tuning.training.trees import trees
from tests.recording.recorded import helped
from tests.tuning.training.tiny import talk


def written(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def source(bases, *files, max_tokens=1000, drop=False, held_out=False, family="llama"):
    encoder = Encoder(AutoTokenizer.from_pretrained(bases[family]), 0.3)
    return RecordSource(files, encoder, max_tokens, drop, lambda text, fraction: None, held_out)


def test_records_are_gone_through_in_order_and_again(bases, tmp_path):
    first = written(tmp_path / "a.jsonl", talk(2, "shelf"), talk(1, "drawer", loss=False))
    second = written(tmp_path / "b.jsonl", talk(1, "oven"))
    records = source(bases, first, second)
    ids = [[sample.id for sample in item] for index in range(4) for item in records[index]]
    assert ids == [["talk-shelf-2"], ["talk-oven-1"], ["talk-shelf-2"], ["talk-oven-1"]]
    assert records.counts["records"] == 3
    assert records.counts["nothing_to_learn"] == 1
    assert records.counts["tokens"] == sum(len(s) for item in records.items for s in item)
    assert 0 < records.counts["learned_tokens"] < records.counts["tokens"]


def test_a_record_that_is_too_long_is_named_or_left_out_and_never_cut(bases, tmp_path):
    file = written(tmp_path / "a.jsonl", talk(1, "shelf"), talk(9, "drawer"))
    short = len(source(bases, file).items[0][0])
    with pytest.raises(ConfigError, match=r"a\.jsonl:2: record talk-drawer-9 has \d+ tokens, more than max_tokens"):
        source(bases, file, max_tokens=short)
    kept = source(bases, file, max_tokens=short, drop=True)
    assert [[sample.id for sample in item] for item in kept.items] == [["talk-shelf-1"]]
    assert kept.counts["too_long"] == {"a": 1}
    with pytest.raises(ConfigError, match="holds nothing to learn from"):
        source(bases, file, max_tokens=short - 1, drop=True)


def test_what_is_too_long_is_counted_by_its_source(bases, tmp_path):
    long = talk(9, "drawer")
    file = written(tmp_path / "a.jsonl", talk(1), *(long | {"source": s} for s in ("agent", "mine", "agent", None)))
    short = len(source(bases, file).items[0][0])
    kept = source(bases, file, max_tokens=short, drop=True)
    assert kept.counts["too_long"] == {"agent": 2, "mine": 1, "a": 1}
    assert kept.counts["records"] == 5


def test_what_the_template_refuses_is_an_error_or_left_out_as_what_is_too_long(bases, tmp_path):
    twice = talk(2, system=False)
    twice["conversations"].insert(0, {"from": "human", "value": "well"})
    twice |= {"system_first": False, "source": "mine"}
    file = written(tmp_path / "a.jsonl", talk(1), twice)
    with pytest.raises(ConfigError, match=r"a\.jsonl:2: .*Roles must alternate.*; leave such .* with too_long: drop"):
        source(bases, file, family="gemma3")
    kept = source(bases, file, family="gemma3", drop=True)
    assert (kept.counts["template_refuses"], kept.counts["too_long"], len(kept.items)) == ({"mine": 1}, {}, 1)


def test_what_each_source_weighs_in_the_loss_is_counted(bases, tmp_path):
    file = written(tmp_path / "a.jsonl", talk(2) | {"source": "agent"}, talk(3, "shelf"), talk(1, "oven"))
    records = source(bases, file)
    weights = [sum(float(sample.weights.sum()) for sample in item) for item in records.items]
    assert records.counts["loss_weight"] == {"agent": round(weights[0]), "a": round(weights[1] + weights[2])}
    assert sum(weights) < records.counts["learned_tokens"]


@pytest.mark.parametrize("split", ["dev", "test", "TRAIN", ""])
def test_held_out_records_are_not_learned_from(bases, tmp_path, split):
    file = written(tmp_path / "a.jsonl", talk(1), talk(2) | {"split": split})
    with pytest.raises(ConfigError, match=rf"a\.jsonl:2: split: is '{split}'; only records of 'train'"):
        source(bases, file)
    assert len(source(bases, file, held_out=True).items) == 2


def test_records_without_a_split_are_for_training(bases, tmp_path):
    splits = ({}, {"split": None}, {"split": "train"}, {"split": "train_sft"})
    assert len(source(bases, written(tmp_path / "a.jsonl", *(talk(1) | split for split in splits))).items) == 4


def test_of_a_folder_of_episodes_all_conversations_are_read_and_those_before_a_takeover_not_learned(bases, tmp_path):
    helped(tmp_path / "runs")
    records = source(bases, tmp_path / "runs")
    assert (records.counts["records"], records.counts["nothing_to_learn"]) == (2, 1)
    assert [sample.id for item in records.items for sample in item] == ["20260131-120000-aaaa"]


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(default_base())


@pytest.mark.model
def test_a_branch_reads_as_the_run_times_own_conversation(tokenizer):
    encoder = Encoder(tokenizer, 0.3)
    for index in range(6):
        for tree in trees(0, index):
            for talked in of_tree(tree):
                (sample,) = encoder.samples(talked)
                ids, _ = encode_conversation(tokenizer, talked.messages)
                assert sample.tokens.tolist() == ids[: len(sample)]
                pairs = zip(talked.messages, talked.learned, strict=True)
                learned = "".join(message.content + "<|im_end|>" for message, learn in pairs if learn)
                assert tokenizer.decode(sample.tokens[sample.weights > 0].tolist()) == learned


@pytest.mark.model
def test_branches_over_the_limit_are_left_out_whole(tokenizer):
    seeds = load_config().seeds
    (item, *_) = SeedSource(0, seeds, Encoder(tokenizer, 0.3))[3]
    (whole,) = tree_passes(item, 10_000)
    tokens = whole.inputs["input_ids"].numel()
    assert within(item, tokens + 100) == item
    cut = within(item, tokens - 1)
    assert len(cut) < len(item) and all(any(kept is sample for sample in item) for kept in cut)
    (packed,) = tree_passes(cut, 10_000)
    assert packed.inputs["input_ids"].numel() < tokens


@pytest.mark.model
def test_a_tree_equals_each_conversation_alone(tokenizer):
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=48, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2,
    )  # fmt: skip
    model = LlamaForCausalLM._from_config(config, attn_implementation=register()).eval()
    (item, *_) = SeedSource(0, load_config().seeds, Encoder(tokenizer, 0.3))[3]
    (packed,) = tree_passes(item, 10_000)
    with torch.no_grad():
        together = model.model(**packed.inputs, use_cache=False).last_hidden_state[0]
        model.set_attn_implementation("eager")
        segments = packed.inputs["segments"]
        leaves = [number for number in range(len(segments)) if all(s.parent != number for s in segments)]
        for leaf in leaves:
            path, at = [], leaf
            while at >= 0:
                path = [*range(segments[at].begin, segments[at].end), *path]
                at = segments[at].parent
            apart = model.model(input_ids=packed.inputs["input_ids"][:, path], use_cache=False).last_hidden_state[0]
            assert torch.allclose(together[path], apart, atol=1e-4)
    assert len(leaves) == len(item)
