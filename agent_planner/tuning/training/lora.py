# SPDX-License-Identifier: Apache-2.0
"""The adapter that is learned, a new one or one to go on from, and what it really is.

LoRA: Hu et al. 2021 (arXiv 2106.09685).
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.tuners_utils import BaseTunerLayer
from transformers import PreTrainedModel

from agent_planner.errors import ConfigError
from agent_planner.llm.default_model import BASE_NAME
from agent_planner.llm.weights import ADAPTER_FILE
from agent_planner.tuning.training.config import TrainConfig


class Adapter(NamedTuple):
    """What an adapter is, whoever made it; ``rank`` to ``targets`` as in `TrainConfig`.

    Attributes:
        layers: the ones that it changes, 0 the first.
        of: how many the base has.
    """

    rank: int
    alpha: float
    dropout: float
    targets: list[str]
    layers: list[int]
    of: int

    def __str__(self) -> str:
        whole = self.layers and self.layers == list(range(self.layers[0], self.layers[-1] + 1))
        where = f"layers {self.layers[0]} to {self.layers[-1]}" if whole else f"{len(self.layers)} layers"
        return f"adapter on {where} of {self.of} (0 is the first), rank {self.rank}"


def adapted(model: PreTrainedModel, config: TrainConfig) -> PeftModel:
    """Put the adapter of a configuration into a model.

    Raises:
        ConfigError: it does not fit the model, or is otherwise than somebody said.
    """
    known = _linears(model)
    if config.start_adapter is not None:
        return _gone_on_from(model, config, config.start_adapter, known)
    if not known:
        raise ConfigError(
            "base",
            f"a {model.config.model_type} model has no linear layers (torch.nn.Linear) that an adapter could change; "
            "learn all weights (full), or choose another base",
        )
    layers = _layers_of(model)
    if config.first_layer >= layers:
        raise ConfigError("first_layer", f"is {config.first_layer}, but the base has {layers} layers, 0 the first")
    if unknown := sorted(set(config.targets) - known):
        raise ConfigError("targets", f"the base has no linear layers {unknown}; known: {', '.join(sorted(known))}")
    lora = LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=sorted(config.targets or known),
        exclude_modules=_outside(model),
        layers_to_transform=list(range(config.first_layer, layers)),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, lora)  # type: ignore[return-value]


def check_base(adapter: Path, source: str, name: str) -> None:
    """Refuse an adapter that was made for another base: it may fit one of the same shape, and mean nothing there.

    A base lies elsewhere on another machine, so that the last part of its name decides where its folder is not here.

    Args:
        adapter: its folder.
        source: where the base is loaded from.
        name: what an adapter calls it.

    Raises:
        ConfigError: says both.
    """
    try:
        known = json.loads((adapter / ADAPTER_FILE).read_text(encoding="utf-8")).get("base_model_name_or_path")
    except FileNotFoundError as error:
        raise ConfigError("start_adapter", f"{adapter} holds no {ADAPTER_FILE}; give an adapter's folder") from error
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError("start_adapter", f"{adapter / ADAPTER_FILE} cannot be read: {error}") from error
    if not known or known == name:
        return
    if Path(known).is_dir() and Path(source).is_dir():
        same = Path(known).samefile(source)
    else:
        same = _last_part(known) in {_last_part(name), _last_part(source)}
    if not same:
        raise ConfigError(
            "start_adapter",
            f"{adapter} is of the base {known}, and this run's is {name}; choose that base, or an adapter of this one "
            f"(if both are the same, say it in the configuration: base_name: {known})",
        )


def _last_part(base: str) -> str:
    """The default model's base has one name more in each cache."""
    last, default = Path(base).name, Path(BASE_NAME).name
    return default if last.startswith(default) else last


def adapter_of(model: PeftModel) -> Adapter:
    """What the adapter in a model is."""
    lora = model.peft_config["default"]
    names = [name for name, module in model.named_modules() if isinstance(module, BaseTunerLayer)]
    numbers = (next((int(part) for part in name.split(".") if part.isdigit()), None) for name in names)
    return Adapter(
        rank=lora.r,  # type: ignore[attr-defined]
        alpha=lora.lora_alpha,  # type: ignore[attr-defined]
        dropout=lora.lora_dropout,  # type: ignore[attr-defined]
        targets=sorted({name.rpartition(".")[2] for name in names}),
        layers=sorted({number for number in numbers if number is not None}),
        of=_layers_of(model),
    )


def _gone_on_from(model: PreTrainedModel, config: TrainConfig, folder: Path, known: set[str]) -> PeftModel:
    try:
        found = PeftModel.from_pretrained(model, str(folder), is_trainable=True)
    except (ValueError, RuntimeError) as error:
        raise ConfigError("start_adapter", f"{folder} does not fit the base: {error}") from error
    if not isinstance(found.peft_config["default"], LoraConfig):
        raise ConfigError("start_adapter", f"{folder} is no LoRA adapter, which alone can be gone on from")
    inside = {*text_part(model).modules(), model.get_output_embeddings()}
    if outside := [n for n, m in model.named_modules() if isinstance(m, BaseTunerLayer) and m not in inside]:
        raise ConfigError(
            "start_adapter",
            f"{folder} changes {len(outside)} layers that no text passes through ({outside[0]}, …), which can learn "
            "nothing here; choose an adapter of the text model alone",
        )
    own = adapter_of(found)
    has = {**own._asdict(), "first_layer": min(own.layers, default=0)}
    wanted = {name: getattr(config, name) for name in ("rank", "alpha", "dropout", "first_layer")}
    wanted["targets"] = sorted(config.targets or known)
    # What only a preset says, nobody meant for this adapter.
    other = [n for n in wanted if n in config.model_fields_set and wanted[n] != has[n]]
    if other:
        told = "; ".join(f"{name} is {has[name]} there and {wanted[name]} here" for name in other)
        raise ConfigError("start_adapter", f"{folder} goes on with its own values ({told}); leave these out")
    return found


def _layers_of(model: torch.nn.Module) -> int:
    return int(model.config.get_text_config().num_hidden_layers)  # type: ignore[operator, union-attr]


def text_part(model: PreTrainedModel) -> torch.nn.Module:
    """What text passes through before the output: of a model that also sees or hears, its decoder; else all of it."""
    plain = model.config.get_text_config() is model.config
    return model if plain else model.get_decoder()


def _outside(model: PreTrainedModel) -> str | None:
    """What PEFT must leave alone, as a pattern: layers of one name stand in all parts of a model."""
    text = text_part(model)
    if text is model:
        return None
    name = next(name for name, module in model.named_modules() if module is text)
    return rf"(?!{re.escape(name)}\.).*"


def _linears(model: PreTrainedModel) -> set[str]:
    """What the linear layers are called that text passes through, without the output."""
    output = model.get_output_embeddings()
    return {
        name.rpartition(".")[2]
        for name, module in text_part(model).named_modules()
        if isinstance(module, torch.nn.Linear) and module is not output
    }
