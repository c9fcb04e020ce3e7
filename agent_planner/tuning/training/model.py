# SPDX-License-Identifier: Apache-2.0
"""The model that is trained: its base loaded, an adapter put in, and both written where run time loads them."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from peft import PeftModel
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from agent_planner.errors import ConfigError, UserError
from agent_planner.llm.base import Progress
from agent_planner.llm.default_model import BASE_NAME, default_base
from agent_planner.llm.weights import number_format
from agent_planner.tuning.training.config import TrainConfig
from agent_planner.tuning.training.lora import adapted, text_part
from agent_planner.tuning.training.tree_attention import register, works_for
from agent_planner.tuning.training.whole_folder import whole_folder


class Base(NamedTuple):
    """Where the base is loaded from (a folder or a name of Hugging Face), and what an adapter calls it."""

    source: str
    name: str


def find_base(config: TrainConfig, progress: Progress) -> Base:
    """The base that a configuration means; the default one is converted on its first use."""
    if config.base == "default":
        return Base(str(default_base(progress)), config.base_name or BASE_NAME)
    return Base(config.base, config.base_name or config.base)


def load_tokenizer(base: Base) -> PreTrainedTokenizerFast:
    """The base's tokenizer.

    Raises:
        UserError: there is none, or it is not a fast one.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(base.source)
    except (OSError, ValueError) as error:
        raise _unusable(base, error) from error
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise UserError(f"{base.source}: its tokenizer is not a fast one, which run time needs; choose another base")
    return tokenizer


def packs_trees(config: TrainConfig, base: Base) -> bool:
    """Whether samples are packed as trees.

    Raises:
        ConfigError: they should be, and the base's architecture is not known to work with them.
    """
    if config.packing == "padded":
        return False
    try:
        works = works_for(AutoConfig.from_pretrained(base.source))
    except (OSError, ValueError) as error:
        raise _unusable(base, error) from error
    if config.packing == "tree" and not works:
        raise ConfigError("packing", f"tree is not known to work for {base.source}; choose auto or padded")
    return works


def compute_format(config: TrainConfig, device: str) -> torch.dtype:
    """The number format of the passes."""
    if config.dtype == "auto":
        return torch.bfloat16 if number_format(device) is torch.bfloat16 else torch.float32
    return torch.bfloat16 if config.dtype == "bfloat16" else torch.float32


def load_model(config: TrainConfig, base: Base, trees: bool, computed: torch.dtype) -> PreTrainedModel | PeftModel:
    """The model to train: all of it in fp32, or an adapter in fp32 on a frozen base in the format of the passes.

    What text does not pass through (the tower of a model that also sees) stays as it is.

    Raises:
        UserError: the base cannot be loaded.
        ConfigError: the adapter does not fit it.
    """
    try:
        model = AutoModelForCausalLM.from_pretrained(
            base.source,
            dtype=torch.float32 if config.full else computed,
            attn_implementation=register() if trees else None,
        )
    except (OSError, ValueError) as error:
        raise _unusable(base, error) from error
    if config.gradient_checkpointing:
        with warnings.catch_warnings():
            # transformers 5.24 has a new name for it, which 5.0 does not know.
            warnings.simplefilter("ignore", FutureWarning)
            model.gradient_checkpointing_enable({"use_reentrant": False})
    if not config.full:
        return adapted(model, config)
    model.requires_grad_(False)
    for part in (text_part(model), model.get_output_embeddings()):
        part.requires_grad_(True)  # type: ignore[union-attr]
    return model


def _unusable(base: Base, error: Exception) -> UserError:
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return UserError(
        f"base {base.source}: no causal language model can be loaded from there: {first}; "
        "choose default, a folder with config.json, or a name that Hugging Face knows"
    )


def save_adapter(model: PeftModel, learned: Mapping[str, torch.Tensor], base: Base, folder: Path) -> None:
    """Write the adapter in bf16; ``learned`` are its weights by their names in the model."""
    halved = {name: value.to(torch.bfloat16) for name, value in learned.items()}
    model.peft_config["default"].base_model_name_or_path = base.name
    with whole_folder(folder) as partial:
        # PEFT would ask the hub for the base whether its vocabulary has grown; ours has not.
        model.save_pretrained(str(partial), state_dict=halved, save_embedding_layers=False)
        for file in partial.glob("*.safetensors"):
            file.chmod(0o644)  # safetensors makes it the owner's alone


def save_full(
    base: Base, learned: Mapping[str, torch.Tensor], tokenizer: PreTrainedTokenizerFast, folder: Path
) -> None:
    """Write a whole model in bf16 with its tokenizer: the base with what was ``learned``, weights by their names."""
    plain = AutoModelForCausalLM.from_pretrained(base.source, dtype=torch.bfloat16)
    plain.load_state_dict({**plain.state_dict(), **learned})
    _save_model(plain, tokenizer, folder)


def save_merged(base: Base, adapter: Path, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write the base with the adapter merged, in bf16, with its tokenizer."""
    model = AutoModelForCausalLM.from_pretrained(base.source, dtype=torch.float32)
    merged = PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()  # type: ignore[operator]
    _save_model(merged.to(torch.bfloat16), tokenizer, folder)


def _save_model(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    with whole_folder(folder) as partial:
        model.save_pretrained(str(partial))
        tokenizer.save_pretrained(str(partial))
        for file in partial.glob("*.safetensors"):
            file.chmod(0o644)
