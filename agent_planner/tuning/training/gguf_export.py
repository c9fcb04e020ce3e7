# SPDX-License-Identifier: Apache-2.0
"""A Llama model, its LoRA adapter merged, as one GGUF file for llama.cpp and Ollama.

Keys and tensor names are those of GGUF's specification (docs/gguf.md of github.com/ggml-org/ggml); the package
gguf, by llama.cpp's authors, knows their spelling. Tensors are converted one at a time: beside the model, in the
number format it is stored in, only one of them is in memory.
"""

import os
from enum import StrEnum
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent_planner.errors import UserError
from agent_planner.llm.base import Progress
from agent_planner.tuning.training.gguf_source import ARCHITECTURE, Opened, Origin, Part, open_source
from agent_planner.tuning.training.gguf_tokenizer import add_tokenizer

if TYPE_CHECKING:
    from gguf import GGMLQuantizationType, GGUFWriter


class WeightType(StrEnum):
    """How the matrices are stored; vectors are always fp32."""

    F32 = "f32"
    F16 = "f16"
    BF16 = "bf16"
    Q8_0 = "q8_0"


def export_gguf(source: str, out: Path, weights: WeightType, progress: Progress) -> int:
    """Write ``out``, whole or not at all; one that is there is replaced.

    Args:
        source: `default` (the shipped adapter on its base), or the folder of a model or of a LoRA adapter.
        out: the file.
        weights: how matrices are stored.
        progress: told what is going on.

    Returns:
        The file's size in bytes.

    Raises:
        UserError: there is no such model, it is no Llama with a byte-level BPE tokenizer, or ``out`` cannot be
            written.
    """
    opened = open_source(source, progress)
    unfinished = out.with_name(f"{out.name}.partial")
    try:
        _write(unfinished, opened, weights, progress)
        os.replace(unfinished, out)
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return out.stat().st_size


def _write(file: Path, opened: Opened, weights: WeightType, progress: Progress) -> None:
    from gguf import GGUFWriter, quantize

    tensors = [(part, _stored_as(part, weights)) for part in opened.parts]
    writer = GGUFWriter(file, ARCHITECTURE)
    _add_general(writer, opened.origin, weights, sum(prod(part.shape) for part in opened.parts))
    _add_shape(writer, opened.config)
    add_tokenizer(writer, opened.tokenizer, opened.config.vocab_size)
    for part, kind in tensors:
        _add_tensor(writer, part, kind)
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for done, (part, kind) in enumerate(tensors):
            progress(f"writing {part.name}", done / len(tensors))
            writer.write_tensor_data(quantize(part.take().contiguous().numpy(), kind))
    finally:
        writer.close()
    progress("written", 1.0)


def _stored_as(part: Part, weights: WeightType) -> "GGMLQuantizationType":
    from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

    if len(part.shape) == 1:
        return GGMLQuantizationType.F32
    kind = GGMLQuantizationType[weights.name]
    block = GGML_QUANT_SIZES[kind][0]
    if part.shape[-1] % block:
        raise UserError(
            f"{part.name} has rows of {part.shape[-1]} weights, and {weights} stores {block} at a time; choose f16"
        )
    return kind


def _add_tensor(writer: "GGUFWriter", part: Part, kind: "GGMLQuantizationType") -> None:
    import numpy as np
    from gguf import quant_shape_to_byte_shape

    in_bytes = quant_shape_to_byte_shape(part.shape, kind)
    writer.add_tensor_info(part.name, in_bytes, np.dtype(np.uint8), prod(in_bytes), raw_dtype=kind)


def _add_general(writer: "GGUFWriter", origin: Origin, weights: WeightType, parameters: int) -> None:
    from gguf import GGML_QUANT_VERSION, GGUFType, LlamaFileType, size_label

    writer.add_type(GGUFType.MODEL)
    writer.add_name(origin.name)
    writer.add_size_label(size_label(parameters, parameters, 0, 0))
    writer.add_license(origin.license)
    writer.add_description(origin.description())
    if origin.adapter is not None:
        writer.add_base_model_count(1)
        writer.add_base_model_name(0, origin.base_name)
    all_f32 = weights is WeightType.F32
    writer.add_file_type(LlamaFileType.ALL_F32 if all_f32 else LlamaFileType[f"MOSTLY_{weights.name}"])
    writer.add_quantization_version(GGML_QUANT_VERSION)


def _add_shape(writer: "GGUFWriter", config: Any) -> None:
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_vocab_size(config.vocab_size)
