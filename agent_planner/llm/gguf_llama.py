# SPDX-License-Identifier: Apache-2.0
"""A Llama model in a GGUF file, written as a transformers folder (bf16 safetensors, config, tokenizer).

transformers reads such a file but cannot save what it read, because the model then counts as quantized;
here the tensors are dequantized one by one, which also makes the progress known.
"""

import re
from pathlib import Path
from typing import Any

from agent_planner.errors import ModelError
from agent_planner.llm.base import Progress

_NAMES = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_BLOCK = re.compile(r"blk\.(\d+)\.(\w+)\.weight")
_CONTROL_TOKEN = 3


def convert_gguf(source: Path, folder: Path, progress: Progress) -> None:
    """Write ``folder`` (which exists and is empty) from the GGUF file ``source``."""
    from gguf import GGUFReader

    reader = GGUFReader(source)
    fields = {key: field.contents() for key, field in reader.fields.items()}
    if fields.get("general.architecture") != "llama":
        raise ModelError(f"{source}: architecture {fields.get('general.architecture')!r} is not 'llama'")
    _write_tokenizer(fields, folder)
    _write_config(fields, folder)
    _write_weights(reader, fields, folder, progress)


def _write_weights(reader: Any, fields: dict[str, Any], folder: Path, progress: Progress) -> None:
    import torch
    from gguf import dequantize
    from safetensors.torch import save_file

    heads = {"attn_q": fields["llama.attention.head_count"], "attn_k": fields["llama.attention.head_count_kv"]}
    weights = {}
    for done, tensor in enumerate(reader.tensors):
        name, kind = _transformers_name(tensor.name)
        values = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy())
        if kind in heads:
            values = _pairs_to_halves(values, heads[kind])
        weights[name] = values.to(torch.bfloat16).contiguous()
        progress("converting the base model's weights", done / len(reader.tensors))
    progress("writing the base model", 0.95)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _transformers_name(name: str) -> tuple[str, str]:
    """The tensor's name in transformers, and its kind in GGUF."""
    block = _BLOCK.fullmatch(name)
    kind = block[2] if block else name.removesuffix(".weight")
    if kind not in _NAMES:
        raise ModelError(f"GGUF tensor '{name}' is not part of a Llama model; known: {', '.join(sorted(_NAMES))}")
    prefix = f"model.layers.{block[1]}." if block else ""
    return f"{prefix}{_NAMES[kind]}.weight", kind


def _pairs_to_halves(weight: Any, heads: int) -> Any:
    """Undo GGUF's row order: it rotates neighbouring rows of a head, transformers rotates its two halves."""
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).transpose(1, 2).reshape(rows, columns)


def _write_config(fields: dict[str, Any], folder: Path) -> None:
    from transformers import GenerationConfig, LlamaConfig

    ends = {
        "bos_token_id": fields["tokenizer.ggml.bos_token_id"],
        "eos_token_id": fields["tokenizer.ggml.eos_token_id"],
        "pad_token_id": fields["tokenizer.ggml.padding_token_id"],
    }
    config = LlamaConfig(
        architectures=["LlamaForCausalLM"],
        vocab_size=fields["llama.vocab_size"],
        hidden_size=fields["llama.embedding_length"],
        intermediate_size=fields["llama.feed_forward_length"],
        num_hidden_layers=fields["llama.block_count"],
        num_attention_heads=fields["llama.attention.head_count"],
        num_key_value_heads=fields["llama.attention.head_count_kv"],
        max_position_embeddings=fields["llama.context_length"],
        rms_norm_eps=fields["llama.attention.layer_norm_rms_epsilon"],
        rope_parameters={"rope_type": "default", "rope_theta": fields["llama.rope.freq_base"]},
        tie_word_embeddings=True,
        dtype="bfloat16",
        **ends,
    )
    config.save_pretrained(folder)
    GenerationConfig(**ends).save_pretrained(folder)


def _write_tokenizer(fields: dict[str, Any], folder: Path) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words: list[str] = fields["tokenizer.ggml.tokens"]
    merges = [tuple(line.split(" ")) for line in fields["tokenizer.ggml.merges"]]
    core = Tokenizer(models.BPE(vocab={w: i for i, w in enumerate(words)}, merges=merges))
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    core.decoder = decoders.ByteLevel()
    kinds = fields["tokenizer.ggml.token_type"]
    controls = [w for w, kind in zip(words, kinds, strict=True) if kind == _CONTROL_TOKEN]
    core.add_special_tokens([AddedToken(w, normalized=False, special=True) for w in controls])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token=words[fields["tokenizer.ggml.bos_token_id"]],
        eos_token=words[fields["tokenizer.ggml.eos_token_id"]],
        pad_token=words[fields["tokenizer.ggml.padding_token_id"]],
        unk_token=words[fields["tokenizer.ggml.unknown_token_id"]],
        model_max_length=fields["llama.context_length"],
        clean_up_tokenization_spaces=False,
        chat_template=fields["tokenizer.chat_template"],
    )
    tokenizer.save_pretrained(folder)
