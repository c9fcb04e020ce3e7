# SPDX-License-Identifier: Apache-2.0
"""A Llama of a few thousand random weights that speaks ChatML in thirty words."""

import torch
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from agent_planner.llm.weights import Loaded

WORDS = (
    "the", "a", "red", "blue", "green", "cup", "ball", "box", "lamp", "shelf", "table", "where", "is", "what", "who",
    "tell", "me", "of", "and", "on", "in", "under", "near", "please", "now", "one", "two", "three", "four", "you",
)  # fmt: skip
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }} {{ m.content }} <|im_end|> {% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant {% endif %}"
)


def tiny_model() -> Loaded:
    """Always the same."""
    vocabulary = {
        word: number for number, word in enumerate(["<unk>", "user", "assistant", "[INST]", "[/INST]", *WORDS])
    }
    core = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, unk_token="<unk>", chat_template=TEMPLATE)
    tokenizer.add_special_tokens({"eos_token": AddedToken("<|im_end|>"), "bos_token": AddedToken("<|im_start|>")})
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=512,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return Loaded(LlamaForCausalLM(config).eval(), tokenizer)
