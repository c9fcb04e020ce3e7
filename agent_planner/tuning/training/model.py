# SPDX-License-Identifier: Apache-2.0
"""The model that is trained: its base loaded, an adapter put in, and both written where run time loads them.

LoRA: Hu et al. 2021 (arXiv 2106.09685).
"""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerFast

from agent_planner.errors import ConfigError, UserError
from agent_planner.llm.base import Progress
from agent_planner.llm.default_model import BASE_NAME, default_base
from agent_planner.llm.weights import ADAPTER_FILE, number_format
from agent_planner.tuning.training.config import TrainConfig
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
    return model if config.full else _adapted(model, config)


def _adapted(model: PreTrainedModel, config: TrainConfig) -> PeftModel:
    if config.start_adapter is not None:
        if not (config.start_adapter / ADAPTER_FILE).is_file():
            raise ConfigError(
                "start_adapter", f"{config.start_adapter} holds no {ADAPTER_FILE}; give an adapter's folder"
            )
        try:
            return PeftModel.from_pretrained(model, str(config.start_adapter), is_trainable=True)
        except (ValueError, RuntimeError) as error:
            raise ConfigError("start_adapter", f"{config.start_adapter} does not fit the base: {error}") from error
    layers = int(model.config.get_text_config().num_hidden_layers)
    if config.first_layer >= layers:
        raise ConfigError("first_layer", f"is {config.first_layer}, but the base has {layers} layers, 0 the first")
    known = _linears(model)
    if unknown := sorted(set(config.targets) - known):
        raise ConfigError("targets", f"the base has no linear layers {unknown}; known: {', '.join(sorted(known))}")
    lora = LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=sorted(config.targets or known),
        layers_to_transform=list(range(config.first_layer, layers)),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, lora)  # type: ignore[return-value]


def _linears(model: PreTrainedModel) -> set[str]:
    """What the linear layers are called, without the output."""
    output = model.get_output_embeddings()
    return {
        name.rpartition(".")[2]
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and module is not output
    }


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
    model: PreTrainedModel, learned: Mapping[str, torch.Tensor], tokenizer: PreTrainedTokenizerFast, folder: Path
) -> None:
    """Write a whole model in bf16 with its tokenizer; ``learned`` are its weights by their names."""
    plain = AutoModelForCausalLM.from_config(model.config, dtype=torch.bfloat16, attn_implementation="sdpa")
    plain.load_state_dict(learned)
    plain.generation_config = model.generation_config
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
