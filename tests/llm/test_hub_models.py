# SPDX-License-Identifier: Apache-2.0
"""Models of three families, as a user would take them from the hub: alone, with an adapter, and served."""

import llguidance
import llguidance.hf
import numpy as np
import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from agent_planner.llm import weights
from agent_planner.llm.base import ChatRequest, Message
from agent_planner.llm.local import LocalModel
from agent_planner.llm.openai import OpenAIModel
from tests.llm.serving import NOT_SERVED, serving
from tests.tuning.training.tiny import FAMILIES, tiny_base

SYSTEM = Message("system", "You direct a robot.\nnavigate_to(target): Drive the base to a place. makes: at(target)")
NAMES = '("drawer" | "desk" | "red cube" | "blue bin")'
TURN = f"""start: "[" /[a-z ]{{1,12}}/ "] go\\n" call
call: "navigate_to(target=\\"" {NAMES} "\\")" | "pick(object=\\"" {NAMES} "\\")"
"""


@pytest.fixture(scope="module", params=FAMILIES)
def folder(request, tmp_path_factory):
    """Random weights, tokenizer and chat template of a family; Gemma's refuses a system turn."""
    return tiny_base(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def adapter(folder, tmp_path_factory):
    """An adapter with random weights, as PEFT saves it; strong, so that what is said comes from it."""
    config = LoraConfig(r=4, lora_alpha=64, target_modules="all-linear", init_lora_weights=False)
    torch.manual_seed(1)
    saved = tmp_path_factory.mktemp("adapter")
    get_peft_model(read(folder), config).save_pretrained(str(saved))
    return saved


@pytest.fixture(autouse=True)
def fp32(monkeypatch):
    """So that a close choice does not turn on what is computed at once and what in parts."""
    monkeypatch.setattr(weights, "number_format", lambda device: torch.float32)


@torch.inference_mode()
def naive(model, folder, messages, grammar, limit=48):
    """Greedy decoding as one would write it down first: the model's own template, no cache, no forced tokens."""
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    plain = [{"role": m.role, "content": m.content} for m in messages]
    if model.config.model_type == "gemma3_text":
        system = plain.pop(0)
        plain[0]["content"] = f"{system['content']}\n\n{plain[0]['content']}"
    text = tokenizer.apply_chat_template(plain, tokenize=False, add_generation_prompt=True, enable_thinking=False)
    rows = model.config.vocab_size
    ends = set(np.atleast_1d(model.generation_config.eos_token_id)) | {tokenizer.eos_token_id}
    table = llguidance.hf.from_tokenizer(tokenizer, n_vocab=rows)
    matcher = llguidance.LLMatcher(table, llguidance.LLMatcher.grammar_from_lark(grammar))
    prompt = tokenizer(text, add_special_tokens=False)["input_ids"]
    said = []
    while len(said) < limit and not matcher.is_stopped():
        scores = model(torch.tensor([prompt + said]), use_cache=False).logits[0, -1]
        bits = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        allowed = torch.from_numpy(np.unpackbits(bits, bitorder="little")[:rows].astype(bool))
        token = int(scores.masked_fill(~allowed, -torch.inf).argmax())
        if token in ends:
            break
        said.append(token)
        matcher.consume_token(token)
    return tokenizer.decode(said, skip_special_tokens=True)


def two_turns(local, reference, folder):
    """Two constrained turns of a conversation, the second on top of the first's cache."""
    messages = (SYSTEM, Message("user", "Put the red cube in the drawer, bitte schön."))
    for turn in range(2):
        (reply,) = local.chat([ChatRequest("a", messages, TURN, 48)])
        assert reply.finish == "stop"
        assert reply.text.endswith('")')
        assert reply.text == naive(reference, folder, messages, TURN)
        assert reply.forced_tokens > 0
        assert turn == 0 or reply.cached_tokens > 0.5 * reply.prompt_tokens
        messages = (*messages, Message("assistant", reply.text), Message("user", "ok\nrobot: at desk"))


def read(folder):
    return AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32, attn_implementation="sdpa").eval()


def test_constrained_turns_are_what_the_model_says_without_cache(folder):
    local = LocalModel(str(folder))
    two_turns(local, read(folder), folder)
    local.close()


def test_an_adapter_that_peft_saved_is_merged_from_its_folder_alone(folder, adapter):
    local = LocalModel(str(adapter))
    two_turns(local, PeftModel.from_pretrained(read(folder), str(adapter)).eval(), folder)
    local.close()


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("serve") / "log.txt") as url:
        yield url


@pytest.mark.model  # no weights, but as heavy as if
@pytest.mark.skipif(NOT_SERVED is not None, reason=str(NOT_SERVED))
def test_transformers_serve_says_the_same(folder, adapter, endpoint, tmp_path):
    """Free, since a grammar is not sent. The model is one with its adapter merged, saved."""
    merged = PeftModel.from_pretrained(read(folder), str(adapter)).merge_and_unload()
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    # Random models say half characters, which the server's stream cannot hold: only ASCII is left to say.
    unsaid = [i for i in range(len(tokenizer)) if not tokenizer.decode([i]).isascii()]
    merged.get_output_embeddings().weight.data[unsaid] = 0.0
    merged.save_pretrained(str(tmp_path))
    tokenizer.save_pretrained(str(tmp_path))
    asked = ("Drive to the desk.", "Take the red cube.", "Where is the drawer?")
    requests = [ChatRequest(text, (Message("user", text),), None, 12) for text in asked]
    said = []
    for model in (LocalModel(str(tmp_path)), OpenAIModel(str(tmp_path), endpoint, read_seconds=120)):
        model.load()
        said.append([reply.text.strip() for reply in model.chat(requests)])
        model.close()
    assert said[0] == said[1]
    assert any(said[0])
