# SPDX-License-Identifier: Apache-2.0
"""Loading a causal language model: from a folder or by name, with or without a LoRA adapter."""

import json
import math
import os
import time
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import torch
from huggingface_hub import constants
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast
from transformers.utils import logging as transformers_logging

from agent_planner.errors import UserError
from agent_planner.llm.attention import NAME as ATTENTION
from agent_planner.llm.attention import register
from agent_planner.llm.base import Progress
from agent_planner.llm.default_model import BASE_NAME, default_base

ADAPTER_FILE = "adapter_config.json"
_HUB_S = 5.0
# What the libraries raise over files that are missing, cut short, or of another shape than the configuration says.
_UNUSABLE = (OSError, ValueError, RuntimeError, SafetensorError)
# Processors that multiply bf16 in hardware; elsewhere it is several times slower than fp32.
_BF16_FLAGS = frozenset({"amx_bf16", "avx512_bf16"})
# What is timed, about as a step of the default model multiplies: rows, inputs, outputs.
_TIMED = (256, 576, 1536)
_TIMINGS = 7


class Loaded(NamedTuple):
    """A model that is ready to run, and its tokenizer."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast


def end_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> frozenset[int]:
    """The tokens with which the model ends a turn, by its tokenizer and by its generation_config.json."""
    more: Any = getattr(model.generation_config, "eos_token_id", None)
    found: list[Any] = [tokenizer.eos_token_id, *(more if isinstance(more, list) else [more])]
    return frozenset(int(token) for token in found if token is not None)


def load_weights(source: str, adapter: Path | None, progress: Progress) -> Loaded:
    """Load a model and merge its adapter.

    Args:
        source: a model's folder, an adapter's folder, or a name that Hugging Face knows.
        adapter: a LoRA adapter in the format of PEFT; its weights are merged into the model's.
        progress: told what is going on.
    """
    if (Path(source) / ADAPTER_FILE).is_file():
        adapter, source = Path(source), base_of(Path(source), progress)
    progress(f"loading {source}", 0.1)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    register()
    quieten()
    try:
        cached = Path(source).is_dir() or not _hub_answers()
        tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=cached)
        model = AutoModelForCausalLM.from_pretrained(
            source, dtype=number_format(device), attn_implementation=ATTENTION, local_files_only=cached
        )
    except _UNUSABLE as error:
        raise UserError(_not_loaded(source, error)) from error
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise UserError(
            f"{source}: its tokenizer is not a fast one, which constrained decoding needs; "
            "serve it and choose openai:MODEL@URL"
        )
    if adapter is not None:
        progress(f"merging {adapter}", 0.8)
        model = _merged(model, adapter)
    model.eval().requires_grad_(False)
    progress("model ready", 1.0)
    return Loaded(model.to(torch.device(device)), tokenizer)  # type: ignore[arg-type]


def _hub_answers() -> bool:
    """Whether Hugging Face can be reached; its own client would find out only after a minute of trying again."""
    if constants.HF_HUB_OFFLINE:
        return False
    try:
        httpx.head(constants.ENDPOINT, timeout=_HUB_S)
    except httpx.TransportError:
        return False
    return True


def quieten() -> None:
    """Leave the terminal to us: no progress bars of transformers, no warning about what PEFT calls there."""
    transformers_logging.disable_progress_bar()
    warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*", category=FutureWarning)


def number_format(device: str) -> torch.dtype:
    """The number format that this processor computes fastest in."""
    if device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.bfloat16 if _bf16_is_faster() else torch.float32


@lru_cache(maxsize=1)
def _bf16_is_faster() -> bool:
    """Measured, in some milliseconds: of two processors with avx512_bf16 one was half as fast in it, one twice."""
    if not _BF16_FLAGS & _processor_flags():
        return False
    rows, inputs, outputs = _TIMED
    best = {}
    for _ in range(_TIMINGS):  # by turns, and the best of each: other programs disturb both alike
        for number in (torch.float32, torch.bfloat16):
            left, right = torch.ones(rows, inputs, dtype=number), torch.ones(outputs, inputs, dtype=number)
            began = time.perf_counter()
            torch.nn.functional.linear(left, right)
            best[number] = min(best.get(number, math.inf), time.perf_counter() - began)
    return best[torch.bfloat16] < best[torch.float32]


def _processor_flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return set()
    line = next((line for line in text.splitlines() if line.startswith("flags")), "")
    return set(line.partition(":")[2].split())


def use_threads() -> int:
    """Let torch compute on the processors that this process may use; returns how many."""
    count = len(os.sched_getaffinity(0))
    if torch.get_num_threads() > count:
        torch.set_num_threads(count)
    return torch.get_num_threads()


def base_of(adapter: Path, progress: Progress) -> str:
    """The base that an adapter names; the default model's base is taken from our cache under any of its names."""
    file = adapter / ADAPTER_FILE
    try:
        base = str(json.loads(file.read_text(encoding="utf-8"))["base_model_name_or_path"])
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{file}: cannot read base_model_name_or_path ({error}); choose a PEFT adapter") from error
    if not Path(base).is_dir() and Path(base).name.startswith(Path(BASE_NAME).name):
        return str(default_base(progress))
    return base


def _merged(model: PreTrainedModel, adapter: Path) -> PreTrainedModel:
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()  # type: ignore[operator]
    except _UNUSABLE as error:
        raise UserError(f"{adapter}: this adapter does not fit the model: {_first_line(error)}") from error


def _not_loaded(source: str, error: Exception) -> str:
    if source.startswith(("/", "./", "../", "~")) or Path(source).exists():
        what = "is not a folder" if not Path(source).is_dir() else f"holds no usable model: {_first_line(error)}"
    else:
        what = f"is neither a folder nor a model that can be fetched: {_first_line(error)}"
    return f"{source} {what}. Choose default, base, a folder with config.json or {ADAPTER_FILE}, or openai:MODEL@URL"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
