# SPDX-License-Identifier: Apache-2.0
from itertools import groupby

import pytest

from agent_planner.llm.base import Message
from agent_planner.llm.chatml import encode_conversation, render_conversation, speaks_chatml
from agent_planner.llm.prompts import llama2_text

TALK = [
    Message("system", "You direct a robot.\npick(object): Grasp it. needs: at(object), hand free."),
    Message("user", "Scene:\nred cube 12: on shelf\nInstruction: put the red cube in the drawer, bitte schön"),
    Message("assistant", "goal: in(red cube 12, drawer) then closed(drawer)"),
    Message("user", "robot: at desk, hand free\nunmet: in(red cube 12, drawer)"),
    Message("assistant", '[in(red cube 12, drawer)] not at drawer\nnavigate_to(target="drawer")'),
]

pytestmark = pytest.mark.model


@pytest.mark.parametrize("turns", range(1, len(TALK) + 1))
@pytest.mark.parametrize("open_turn", [False, True])
def test_equals_the_models_own_template(tokenizer, turns, open_turn):
    plain = [{"role": m.role, "content": m.content} for m in TALK[:turns]]
    theirs = tokenizer.apply_chat_template(plain, add_generation_prompt=open_turn)["input_ids"]
    ids, _ = encode_conversation(tokenizer, TALK[:turns], open_turn)
    assert ids == theirs
    assert tokenizer.decode(ids) == render_conversation(TALK[:turns], open_turn)


def test_spans_are_what_the_assistant_says_with_its_end(tokenizer):
    ids, spoken = encode_conversation(tokenizer, TALK)
    assert len(ids) == len(spoken)
    runs = [(said, [i for i, _ in run]) for said, run in groupby(zip(ids, spoken, strict=True), key=lambda x: x[1])]
    said = [tokenizer.decode(run) for by_assistant, run in runs if by_assistant]
    assert said == [f"{m.content}<|im_end|>" for m in TALK if m.role == "assistant"]


def test_a_prompt_is_the_beginning_of_the_conversation_that_follows(tokenizer):
    """What was computed for a turn serves the next one, and training sees what run time does."""
    prompt, spoken = encode_conversation(tokenizer, TALK[:2], open_turn=True)
    whole, _ = encode_conversation(tokenizer, TALK)
    assert whole[: len(prompt)] == prompt
    assert not any(spoken)


def test_the_default_models_template_is_recognized(tokenizer):
    assert speaks_chatml(tokenizer)


def test_another_template_is_not_taken_for_chatml(base_folder):
    from transformers import AutoTokenizer

    other = AutoTokenizer.from_pretrained(str(base_folder))
    other.chat_template = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"
    assert not speaks_chatml(other)
    other.chat_template = "{{ raise_exception('no system turn') }}"
    assert not speaks_chatml(other)
    other.chat_template = None
    assert not speaks_chatml(other)


def test_llama2_form_puts_the_system_words_into_the_first_user_turn():
    text = llama2_text(
        [Message(*t) for t in (("system", "S"), ("user", "U"), ("assistant", "A"), ("user", "V"))], "<s>", "</s>"
    )
    assert text == "<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nU [/INST] A </s><s>[INST] V [/INST]"
