# SPDX-License-Identifier: Apache-2.0
"""Training reads what run time feeds, token by token, and learns the model's turns with their end, nothing else."""

from itertools import groupby

import numpy as np
import pytest
from transformers import AutoTokenizer

from agent_planner.agent.conversation import RULES
from agent_planner.errors import UserError
from agent_planner.llm.base import Message
from agent_planner.llm.prompts import PromptEncoder
from agent_planner.tuning.data.records import record
from agent_planner.tuning.training.encode import Conversation, Encoder, _sample, of_record
from tests.tuning.training.tiny import FAMILIES, talk

# The last turn begins with a thinking block, which earlier turns have lost.
REWRITES = (
    "{{ bos_token }}{% for m in messages %}<|head|>{{ m.role }}<|body|>"
    "{% if m.role == 'assistant' and loop.last %}<think></think>{% endif %}{{ m.content }}<|turn_end|>{% endfor %}"
    "{% if add_generation_prompt %}<|head|>assistant<|body|>"
    "{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}{% endif %}"
)
# Nothing stands between the opening and the turn that a word could not melt into.
MELTS = (
    "{% for m in messages %}{{ m.role }}: {{ m.content }}<|turn_end|>{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
STYLES = (*FAMILIES, "rewrites", "melts", "none")


@pytest.fixture(params=STYLES)
def tokenizer(request, bases):
    other = {"rewrites": REWRITES, "melts": MELTS, "none": None}
    found = AutoTokenizer.from_pretrained(bases.get(request.param, bases["llama"]))
    if request.param in other:
        found.chat_template = other[request.param]
    return found


def conversation(*losses: bool, system: bool = True) -> Conversation:
    data = talk(len(losses), system=system)
    for turn, loss in zip((t for t in data["conversations"] if t["from"] == "gpt"), losses, strict=True):
        turn["loss"] = loss
    return of_record(record("here", data))


def learned_turns(sample) -> list[tuple[int, int]]:
    """Where the learned turns of a sample begin and end."""
    runs, place, found = [(on, len(list(run))) for on, run in groupby(sample.weights > 0)], 0, []
    for on, length in runs:
        if on:
            found.append((place, place + length))
        place += length
    return found


@pytest.mark.parametrize("losses", [(True, True, True), (True, False, True), (False, True, False)])
@pytest.mark.parametrize("system", [True, False])
def test_before_each_learned_turn_stands_what_run_time_feeds(tokenizer, losses, system):
    talked = conversation(*losses, system=system)
    samples = Encoder(tokenizer, 0.3).samples(talked)
    found = [(sample, begin, end) for sample in samples for begin, end in learned_turns(sample)]
    places = [place for place, learn in enumerate(talked.learned) if learn]
    prompts = PromptEncoder(tokenizer)
    assert len(found) == len(places)
    for place, (sample, begin, end) in zip(places, found, strict=True):
        assert sample.tokens[:begin].tolist() == prompts.encode(talked.messages[:place])
        said = tokenizer.decode(sample.tokens[begin:end].tolist())
        ending = tokenizer.decode(sample.tokens[[end - 1]].tolist())
        assert said.removesuffix(ending).strip() == talked.messages[place].content
        assert int(sample.tokens[end - 1]) in (tokenizer.eos_token_id, tokenizer.convert_tokens_to_ids("<end_of_turn>"))
    assert all(len(sample) == learned_turns(sample)[-1][1] for sample in samples)


def test_only_a_template_that_rewrites_what_was_said_splits_a_record(bases):
    tokenizer = AutoTokenizer.from_pretrained(bases["llama"])
    assert len(Encoder(tokenizer, 1.0).samples(conversation(True, True, True))) == 1
    tokenizer.chat_template = REWRITES
    assert len(Encoder(tokenizer, 1.0).samples(conversation(True, True, True))) == 3


def test_what_holds_no_choice_counts_less(tokenizer):
    (sample, *_) = Encoder(tokenizer, 0.25).samples(conversation(True))
    begin, end = learned_turns(sample)[0]
    for token, weight in zip(sample.tokens[begin:end].tolist(), sample.weights[begin:end], strict=True):
        text = tokenizer.decode([token])
        assert weight == (1.0 if any(c.isalnum() or c == "\n" for c in text) else 0.25), text
    whole = Encoder(tokenizer, 1.0).samples(conversation(True))[0]
    assert set(whole.weights[begin:end].tolist()) == {1.0}
    assert np.array_equal(whole.tokens, sample.tokens)


@pytest.mark.parametrize(
    ("family", "forced", "plain"),
    [
        ("llama", ':()():handfree,at(yesman)_navigate_to(target="yesman")', ':()():,()__(="")'),
        ("gemma3", ':()():handfree,at(yesman)navigate_to(target="yesman")', ':()():,()="")'),
    ],
)
def test_what_a_thought_leaves_no_choice_about_counts_less_and_whether_a_need_holds_more(bases, family, forced, plain):
    tokenizer = AutoTokenizer.from_pretrained(bases[family])
    said = (
        "goal: holding(yes man)",
        'holding(yes man) by pick: hand free yes, at(yes man) no by navigate_to\nnavigate_to(target="yes man")',
    )
    turns = [(role, text) for text in said for role, text in (("user", "unmet: no by yes"), ("assistant", text))]
    for system, more, less in ((RULES, "yesno", forced), ("Hi.", "", plain)):
        messages = (Message("system", system), *(Message(role, text) for role, text in turns))
        talked = Conversation("verdicts", messages, tuple(m.role == "assistant" for m in messages))
        (sample,) = Encoder(tokenizer, 0.3, verdict_weight=4.0).samples(talked)
        for weight, text in ((4.0, more), (0.3, less)):
            tokens = sample.tokens[np.isclose(sample.weights, weight)].tolist()
            assert "".join(tokenizer.decode(tokens).split()) == text


def test_the_pieces_of_a_letter_count_less_as_they_show_none(bases):
    tokenizer = AutoTokenizer.from_pretrained(bases["llama"])
    (sample,) = Encoder(tokenizer, 0.25).samples(
        Conversation("ü", (Message("user", "u"), Message("assistant", "ü")), (False, True))
    )
    begin, end = learned_turns(sample)[0]
    assert tokenizer.decode(sample.tokens[begin:end].tolist()).startswith("ü")
    assert sample.weights[begin : begin + 2].tolist() == [0.25, 0.25]


def test_nothing_to_learn_gives_no_sample(tokenizer):
    assert Encoder(tokenizer, 0.3).samples(conversation(False, False)) == []


def test_a_system_turn_that_a_template_refuses_stands_in_the_first_user_turn(bases):
    tokenizer = AutoTokenizer.from_pretrained(bases["gemma3"])
    ids = PromptEncoder(tokenizer).encode([Message("system", "You direct a robot."), Message("user", "ok")])
    assert tokenizer.decode(ids) == (
        "<bos><start_of_turn>user\nYou direct a robot.\n\nok<end_of_turn>\n<start_of_turn>model\n"
    )


def test_what_a_template_refuses_is_told(bases):
    tokenizer = AutoTokenizer.from_pretrained(bases["gemma3"])
    talked = Conversation("twice", (*[Message("user", "ok")] * 2, Message("assistant", "ok")), (False, False, True))
    with pytest.raises(UserError, match="refuses the turns user, user: Roles must alternate"):
        Encoder(tokenizer, 0.3).samples(talked)
    tokenizer.chat_template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
    with pytest.raises(UserError, match="no special token"):
        Encoder(tokenizer, 0.3).samples(talked)


def test_the_first_token_is_never_learned():
    """Nothing stands before it; its place less one would be another row's."""
    assert _sample("x", [5, 6], [1.0, 1.0]).weights.tolist() == [0.0, 1.0]
