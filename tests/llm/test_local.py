# SPDX-License-Identifier: Apache-2.0
"""The local backend on the real default base, against a decoder that has no cache, no batch and no forced tokens."""

import socket
import threading

import llguidance
import llguidance.hf
import numpy as np
import pytest
import torch
from huggingface_hub import constants
from transformers import AutoTokenizer

from agent_planner.errors import UserError
from agent_planner.llm.base import ChatRequest, Message
from agent_planner.llm.local import LocalModel

pytestmark = pytest.mark.model

SYSTEM = Message(
    "system",
    "You direct a robot.\npick(object): Grasp an object within reach. makes: holding(object)\n"
    "navigate_to(target): Drive the base to a place. makes: at(target)",
)
NAMES = '("drawer" | "desk" | "red cube" | "blue bin")'
TURN = f"""start: "[" /[a-z ]{{1,24}}/ "] go\\n" call
call: "navigate_to(target=\\"" {NAMES} "\\")" | "pick(object=\\"" {NAMES} "\\")"
"""
GOAL = f'start: "goal: " ("in(" {NAMES} ", " {NAMES} ")" | "at(" {NAMES} ")")'


@pytest.fixture(scope="module")
def naive(base_folder, tokenizer):
    """Greedy decoding as one would write it down first, run along an answer that is already there.

    One pass over the whole sequence gives what the model would choose at each place; that every choice is the
    answer's next token means that decoding token by token, without cache or batch, says the same.
    """
    from transformers import AutoModelForCausalLM

    reference = AutoModelForCausalLM.from_pretrained(str(base_folder), dtype=torch.float32, attn_implementation="sdpa")
    table = llguidance.hf.from_tokenizer(tokenizer, n_vocab=49152)

    @torch.inference_mode()
    def follow(messages, grammar, said, ended):
        plain = [{"role": m.role, "content": m.content} for m in messages]
        prompt = tokenizer.apply_chat_template(plain, add_generation_prompt=True)["input_ids"]
        answer = said + [tokenizer.eos_token_id] * ended
        ids = torch.tensor([prompt + answer])
        scores = reference(ids, use_cache=False, logits_to_keep=len(answer) + 1).logits[0]
        matcher = llguidance.LLMatcher(table, llguidance.LLMatcher.grammar_from_lark(grammar)) if grammar else None
        left, chosen = False, []
        for place, token in enumerate(answer):
            choice = int(scores[place].argmax())
            if matcher:
                bits = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
                allowed = torch.from_numpy(np.unpackbits(bits, bitorder="little")[:49152].astype(bool))
                left |= not bool(allowed[choice])
                choice = int(scores[place].masked_fill(~allowed, -torch.inf).argmax())
                assert matcher.consume_token(token)
            chosen.append(choice)
        assert chosen == answer
        return left

    return follow


def talk(*texts):
    roles = ("user", "assistant")
    return (SYSTEM, *(Message(roles[i % 2], text) for i, text in enumerate(texts)))


def ask(model, messages, grammar=None, conversation="a", max_tokens=40):
    (reply,) = model.chat([ChatRequest(conversation, messages, grammar, max_tokens)])
    return reply


def follows(tokenizer, grammar, text):
    """Whether the grammar admits exactly this text."""
    table = llguidance.hf.from_tokenizer(tokenizer, n_vocab=49152)
    matcher = llguidance.LLMatcher(table, llguidance.LLMatcher.grammar_from_lark(grammar))
    tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()


def test_cache_batch_and_forced_tokens_change_nothing(model, naive, tokenizer, monkeypatch):
    """Three conversations of unequal length over two turns, against each alone without any of these."""
    talks = {
        "constrained": (talk("Put the red cube in the blue bin."), TURN),
        "goal": (
            talk("robot: at desk, hand free\nred cube: on shelf\nInstruction: bring the red cube to the desk"),
            GOAL,
        ),
        "free": (talk("Count from 1 to 9."), None),
    }
    said = []
    make_reply = model._session._reply
    monkeypatch.setattr(model._session, "_reply", lambda row: (said.append(row.said), make_reply(row))[1])
    for turn in range(2):
        said.clear()
        replies = model.chat([ChatRequest(name, talk, g, 24) for name, (talk, g) in talks.items()])
        for reply, tokens, (name, (messages, grammar)) in zip(replies, said, list(talks.items()), strict=True):
            left = naive(messages, grammar, tokens, reply.finish == "stop")
            assert reply.raw_invalid == (left if grammar else None), name
            if grammar and reply.finish == "stop":
                assert follows(tokenizer, grammar, reply.text)
            if turn == 1:
                assert reply.cached_tokens > 0.6 * reply.prompt_tokens
            if grammar:
                assert reply.forced_tokens >= reply.sampled_tokens // 2
            talks[name] = (
                (*messages, Message("assistant", reply.text), Message("user", "ok\nrobot: at shelf")),
                grammar,
            )


def test_the_same_again_comes_from_the_cache(model):
    messages = talk("Where is the red cube?")
    first = ask(model, messages, GOAL)
    again = ask(model, messages, GOAL)
    assert first.text == again.text
    assert again.cached_tokens == again.prompt_tokens - 1


def test_a_new_conversation_shares_the_system_turn_even_after_the_first_was_forgotten(model, tokenizer):
    shared = len(tokenizer(f"<|im_start|>system\n{SYSTEM.content}<|im_end|>\n")["input_ids"])
    ask(model, talk("Go to the desk."), GOAL, "first")
    model.forget("first")
    second = ask(model, talk("Take the red cube."), GOAL, "second")
    assert second.cached_tokens >= shared


def test_raw_invalid_is_false_where_the_model_says_it_by_itself(model):
    """The grammar admits exactly what the free model says."""
    messages = talk("Say hello.")
    free = ask(model, messages, None, "free", 12)
    said = free.text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    reply = ask(model, messages, f'start: "{said}" /(.|\\n)*/', "held", 12)
    assert reply.text == free.text
    assert reply.raw_invalid is False


def test_raw_invalid_counts_the_forced_tokens_too(model):
    """Nothing is sampled but the end, and the model would not have said any of it."""
    reply = ask(model, talk("Say hello."), 'start: "zzz qqq(xxx)"')
    assert reply.text == "zzz qqq(xxx)"
    assert reply.raw_invalid is True
    assert reply.forced_tokens > 0


def test_raw_invalid_counts_a_model_that_does_not_end(model):
    """It may say the beginning of its own answer and nothing more."""
    messages = talk("Count from 1 to 9.")
    free = ask(model, messages, None, "free", 8)
    assert free.finish == "length"
    head = free.text[:3]
    reply = ask(model, messages, f"start: {head!r}".replace("'", '"'), "cut")
    assert reply.text == head
    assert reply.raw_invalid is True


def test_what_is_drawn_depends_on_the_seed_and_not_on_who_else_asks(model, tokenizer):
    def drawn(name, seed):
        return ChatRequest(name, talk("Go somewhere."), TURN, 40, temperature=2.0, seed=seed)

    alone, again, other = model.chat([drawn("a", 1), drawn("b", 1), drawn("c", 2)])
    assert alone.text == again.text != other.text
    assert all(follows(tokenizer, TURN, reply.text) for reply in (alone, other) if reply.finish == "stop")


def test_length_ends_an_answer(model):
    reply = ask(model, talk("Count from 1 to 9."), None, max_tokens=5)
    assert reply.finish == "length"
    assert reply.sampled_tokens == 5


def test_tokens_are_told_as_they_come(model):
    heard = []
    messages = talk("Go to the desk, please ☺")
    (reply,) = model.chat([ChatRequest("a", messages, TURN, 40)], on_token=lambda c, t: heard.append((c, t)))
    assert "".join(text for _, text in heard) == reply.text
    assert len(heard) > 2
    assert {c for c, _ in heard} == {"a"}


def test_cancel_stops_between_tokens_and_the_conversation_goes_on(model):
    cancel = threading.Event()
    messages = talk("Count from 1 to 9.")
    (cut,) = model.chat([ChatRequest("a", messages, None, 12)], cancel=cancel, on_token=lambda c, t: cancel.set())
    assert cut.finish == "cancelled"
    assert cut.sampled_tokens <= 2
    whole = ask(model, messages, None, max_tokens=12)
    model.forget("a")
    assert whole.text == ask(model, messages, None, max_tokens=12).text
    assert whole.text.startswith(cut.text)


def test_a_cancel_before_the_beginning_computes_nothing(model):
    cancel = threading.Event()
    cancel.set()
    (reply,) = model.chat([ChatRequest("a", talk("Hello."), GOAL, 12)], cancel=cancel)
    assert (reply.text, reply.finish, reply.sampled_tokens) == ("", "cancelled", 0)


def test_one_conversation_twice_in_a_batch_is_refused(model):
    request = ChatRequest("a", talk("Hello."), GOAL)
    with pytest.raises(ValueError, match="two requests of one conversation"):
        model.chat([request, request])


def test_a_conversation_that_is_too_long_leaves_the_others_alone(model):
    alone = ask(model, talk("Go to the desk."), GOAL, "before")
    said = [("long", talk("desk " * 8192)), ("short", talk("Go to the desk."))]
    long, short = model.chat([ChatRequest(name, messages, GOAL, 40) for name, messages in said])
    assert (long.text, long.finish, long.prompt_tokens > 8192) == ("", "full", True)
    assert (short.text, short.finish) == (alone.text, "stop")


def test_a_closed_model_loads_again(base_folder):
    model = LocalModel(str(base_folder))
    model.close()
    assert model.name == str(base_folder)


@pytest.mark.parametrize(
    ("source", "says"), [("/no/such/folder", "is not a folder"), ("{tmp}", "holds no usable model")]
)
def test_what_cannot_be_loaded_is_said(tmp_path, source, says):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(UserError, match=says):
        LocalModel(source.format(tmp=tmp_path)).load()


def test_a_name_is_not_asked_for_again_and_again_where_hugging_face_cannot_be_reached(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{free.getsockname()[1]}")
    given = {}

    def from_pretrained(name, **options):
        given.update(options)
        raise OSError("not in the cache")

    monkeypatch.setattr(AutoTokenizer, "from_pretrained", from_pretrained)
    with pytest.raises(UserError, match="not in the cache"):
        LocalModel("org/model").load()
    assert given == {"local_files_only": True}


def test_a_lora_adapter_folder_is_merged(base_folder, tmp_path, model):
    """An adapter with random weights: loaded by its folder alone it speaks as the model that PEFT runs unmerged."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = AutoModelForCausalLM.from_pretrained(str(base_folder), dtype=torch.float32)
    torch.manual_seed(0)
    lora = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False, task_type="CAUSAL_LM")
    adapted = get_peft_model(base, lora).eval()
    adapted.save_pretrained(str(tmp_path))
    messages = talk("Go to the desk.")
    tokenizer = AutoTokenizer.from_pretrained(str(base_folder))
    plain = [{"role": m.role, "content": m.content} for m in messages]
    prompt = tokenizer.apply_chat_template(plain, add_generation_prompt=True, return_tensors="pt")["input_ids"]
    said = adapted.generate(input_ids=prompt, max_new_tokens=8, do_sample=False)[0, prompt.shape[1] :]
    merged = LocalModel(str(tmp_path))
    text = ask(merged, messages, None, max_tokens=8).text
    merged.close()
    assert text == tokenizer.decode(said, skip_special_tokens=True)
    assert text != ask(model, messages, None, max_tokens=8).text
