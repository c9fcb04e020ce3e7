# SPDX-License-Identifier: Apache-2.0
"""Likelihoods against a plain forward pass of the same model."""

import json

import pytest
import torch

from agent_planner.errors import ConfigError, UserError
from agent_planner.llm.base import Message
from agent_planner.llm.prompts import PromptEncoder
from agent_planner.llm.weights import Loaded, load_weights
from agent_planner.tuning.data.records import record
from agent_planner.tuning.panel import general
from agent_planner.tuning.panel.general import Reader, open_weights, read_conversations
from agent_planner.tuning.training.encode import of_record
from tests.tuning.training.tiny import FAMILIES, talk, tiny_base


def silent(text, fraction):
    """Report to nobody."""


@pytest.fixture(scope="module", params=FAMILIES)
def loaded(request, tmp_path_factory) -> Loaded:
    found = load_weights(str(tiny_base(request.param, tmp_path_factory.mktemp(request.param))), None, silent)
    return Loaded(found.model.float(), found.tokenizer)


def by_hand(loaded, item) -> tuple[int, float]:
    """One forward pass a turn, with the attention of transformers, and every score kept."""
    messages = [Message("system", item.conversations[0].value)]
    prompts = PromptEncoder(loaded.tokenizer)
    values = []
    attention = loaded.model.config._attn_implementation
    loaded.model.set_attn_implementation("eager")
    for turn in item.conversations[1:]:
        if turn.loss:
            prompt, said = prompts.encode(messages), prompts.answer(messages, turn.value)
            scores = loaded.model(input_ids=torch.tensor([prompt + said])).logits[0].log_softmax(-1)
            values += [float(scores[len(prompt) + i - 1, token]) for i, token in enumerate(said)]
        messages.append(Message("user" if turn.loss is None else "assistant", turn.value))
    loaded.model.set_attn_implementation(attention)
    return len(values), sum(values) / len(values)


def test_likelihood_of_the_turns_that_carry_loss(loaded, monkeypatch):
    monkeypatch.setattr(general, "_PASS_TOKENS", 50)  # so that a conversation takes several passes
    plain = talk(3)
    plain["conversations"][4]["loss"] = False
    item = record("here", plain)
    count, mean = by_hand(loaded, item)
    found = Reader(loaded).read(item)
    assert (found.conversation, found.tokens) == (plain["id"], count)
    assert found.mean == pytest.approx(mean, abs=1e-4)


def test_what_is_beyond_the_context_is_left_out(loaded):
    item = record("here", talk(6))
    whole = Reader(loaded).read(item)
    short = Reader(loaded)
    [*_, last] = short._encoder.samples(of_record(item))
    short._context = len(last) - 5
    assert short.read(item).tokens == whole.tokens - 5
    short._context = 30
    with pytest.raises(ConfigError, match="beyond the 30 tokens"):
        short.read(item)


def test_conversations_of_any_schema(tmp_path):
    path = tmp_path / "talk.jsonl"
    messages = {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]}
    path.write_text(json.dumps(talk()) + "\n" + json.dumps(messages) + "\n")
    assert [len(item.conversations) for item in read_conversations(path)] == [7, 2]
    path.write_text((json.dumps(talk()) + "\n") * 2)
    with pytest.raises(ConfigError, match=r"talk\.jsonl:2: id: 'talk-drawer-3' stands in the file already"):
        read_conversations(path)
    path.write_text(json.dumps(talk() | {"split": "train"}) + "\n")
    assert len(read_conversations(path)) == len(read_conversations(path, ("train",))) == 1
    with pytest.raises(ConfigError, match=r"talk\.jsonl:1: split: is 'train', .* `tune general --split dev`"):
        read_conversations(path, ("dev", "test"))
    path.write_text(json.dumps(talk(loss=False)) + "\n")
    with pytest.raises(ConfigError, match="nothing to measure"):
        read_conversations(path)


def test_only_weights_can_be_read_with():
    with pytest.raises(UserError, match="need a model's weights"):
        open_weights("openai:m@http://localhost:1/v1", silent)


@pytest.mark.model
def test_english_is_likelier_than_its_words_in_disorder():
    reader = Reader(open_weights("base", silent))
    order = "The cat sat on the mat and looked out of the window at the birds."
    disorder = " ".join(sorted(order.split(), key=lambda word: word[::-1]))
    means = [
        reader.read(record("x", {"id": "x", "conversations": [
            {"from": "human", "value": "Tell me about the cat."}, {"from": "gpt", "loss": True, "value": said},
        ]})).mean
        for said in (order, disorder)
    ]  # fmt: skip
    assert means[1] + 1 < means[0] < -0.5
