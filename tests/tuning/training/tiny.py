# SPDX-License-Identifier: Apache-2.0
"""Tiny random models of three architectures, each with a tokenizer and a chat template in its family's style."""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    Gemma3Config,
    Gemma3ForCausalLM,
    Gemma3ForConditionalGeneration,
    Gemma3TextConfig,
    GenerationConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
)

FAMILIES = ("llama", "qwen3", "gemma3")
SEES = "gemma3-sees"  # as Gemma 3 is from 4B up: a tower for images beside the text model

TEXT = [
    "You direct a robot. State the goal of the instruction, then give one call at a time.",
    "pick(object): Grasp an object within reach. needs: at(object), hand free. makes: holding(object)",
    "Scene: robot: at desk, holding nothing; drawer: closed; red cube: on shelf; blue mug: on table",
    "Instruction: put the red cube in the drawer and close it",
    'in(red cube, drawer) then closed(drawer) navigate_to(target="drawer") ok failed unmet: is in on at open',
]

# Roles as headers; content is trimmed.
LLAMA = (
    "{{ bos_token }}{% for m in messages %}<|head|>{{ m.role }}<|body|>\n\n{{ m.content | trim }}<|turn_end|>"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|head|>assistant<|body|>\n\n{% endif %}"
)
# ChatML in which the last turn holds a thinking block and earlier ones lose it.
QWEN3 = (
    "{% set ns = namespace(last=-1) %}{% for m in messages %}{% if m.role == 'user' %}"
    "{% set ns.last = loop.index0 %}{% endif %}{% endfor %}"
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.role == 'assistant' and loop.index0 > ns.last %}<think>\n\n</think>\n\n{% endif %}"
    "{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
# The assistant is called model, turns alternate, and there is no system role.
GEMMA = (
    "{{ bos_token }}{% for m in messages %}"
    "{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate') }}{% endif %}"
    "<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n{{ m.content | trim }}<end_of_turn>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
SIZES = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 4096,
}


def _bytes(special: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    octets = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=octets, show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    return tokenizer


def _pieces(special: list[str]) -> Tokenizer:
    """As SentencePiece has it: spaces begin pieces, unknown characters are bytes, decoding takes away a first space."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    words = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    tokenizer.decoder = decoders.Sequence(words)
    octets = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=[*special, *octets], show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    # Bytes are words of the vocabulary, but not special.
    plain = json.loads(tokenizer.to_str())
    plain["added_tokens"] = [token for token in plain["added_tokens"] if token["content"] not in octets]
    return Tokenizer.from_str(json.dumps(plain))


def _tokenizer(family: str) -> PreTrainedTokenizerFast:
    if family == "llama":
        raw = _bytes(["<|begin|>", "<|head|>", "<|body|>", "<|turn_end|>"])
        found = PreTrainedTokenizerFast(tokenizer_object=raw, bos_token="<|begin|>", eos_token="<|turn_end|>")
        found.chat_template = LLAMA
    elif family == "qwen3":
        raw = _bytes(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
        found = PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<|endoftext|>", eos_token="<|im_end|>")
        found.add_tokens(["<think>", "</think>"])
        found.chat_template = QWEN3
    else:
        raw = _pieces(["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"])
        names = {"pad_token": "<pad>", "eos_token": "<eos>", "bos_token": "<bos>", "unk_token": "<unk>"}
        found = PreTrainedTokenizerFast(tokenizer_object=raw, **names)
        found.chat_template = GEMMA
    return found


def tiny_model(family: str, words: int, **more: Any) -> PreTrainedModel:
    """A model of some ten thousand random weights; Gemma's has a window shorter than its texts."""
    sizes = SIZES | {"vocab_size": words} | more
    torch.manual_seed(0)
    if family == "llama":
        return LlamaForCausalLM(LlamaConfig(**sizes))
    if family == "qwen3":
        return Qwen3ForCausalLM(Qwen3Config(head_dim=8, tie_word_embeddings=True, **sizes))
    kinds = ["sliding_attention", "full_attention", "sliding_attention"]
    config = Gemma3TextConfig(head_dim=16, query_pre_attn_scalar=8, sliding_window=24, layer_types=kinds, **sizes)
    if family == SEES:
        tower = {name: sizes[name] for name in ("hidden_size", "intermediate_size", "num_attention_heads")}
        tower |= {"num_hidden_layers": 2, "image_size": 28, "patch_size": 14}
        both = Gemma3Config(text_config=config, vision_config=tower, mm_tokens_per_image=4, image_token_index=0)
        return Gemma3ForConditionalGeneration(both)
    return Gemma3ForCausalLM(config)


def tiny_base(family: str, folder: Path) -> Path:
    """Write such a model with its tokenizer."""
    tokenizer = _tokenizer(family)
    model = tiny_model(family, len(tokenizer))
    ends = [tokenizer.eos_token_id, tokenizer.convert_tokens_to_ids("<end_of_turn>")]
    model.generation_config = GenerationConfig(eos_token_id=ends if "gemma3" in family else ends[0])
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def talk(turns: int = 3, place: str = "drawer", loss: bool = True, system: bool = True) -> dict[str, Any]:
    """A record: system, scene and instruction, goal, then states and calls in turn."""
    scene = f"Scene: robot: at desk; {place}: closed\nInstruction: put the red cube in the {place}"
    said = [f"in(red cube, {place})", *(f'at({place})\nnavigate_to(target="{place}")' for _ in range(turns - 1))]
    record: list[dict[str, Any]] = [{"from": "human", "value": TEXT[0] + "\n" + TEXT[1]}] if system else []
    for number, value in enumerate(said):
        asked = scene if number == 0 else f"ok {number}\nrobot: at {place}\nunmet: in(red cube, {place})"
        record += [{"from": "human", "value": asked}, {"from": "gpt", "loss": loss, "value": value}]
    return {"id": f"talk-{place}-{turns}", "conversations": record}
