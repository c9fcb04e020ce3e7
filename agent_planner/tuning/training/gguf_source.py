# SPDX-License-Identifier: Apache-2.0
"""A Llama model that is to become a GGUF file: found, opened, and its tensors handed out one by one."""

import hashlib
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from agent_planner.errors import UserError
from agent_planner.llm.base import Progress
from agent_planner.llm.default_model import BASE_NAME, default_adapter, default_base

if TYPE_CHECKING:
    import torch

ARCHITECTURE = "llama"
_ADAPTER_WEIGHTS = "adapter_model.safetensors"
_OTHERWISE = "merge it into its base and use llama.cpp's own convert_hf_to_gguf.py"


class Origin(NamedTuple):
    """What a file is made of: ``base`` is for transformers to open, the names are for people."""

    base: str
    adapter: Path | None
    name: str
    base_name: str
    license: str = ""

    def description(self) -> str:
        """One sentence for whoever finds the file; the adapter is named by its hash."""
        text = self.base_name
        if self.adapter is not None:
            with (self.adapter / _ADAPTER_WEIGHTS).open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
            text += f" with the LoRA adapter {self.adapter.resolve().name} merged ({_ADAPTER_WEIGHTS}, sha256 {found})"
        return f"{text}; written by agent-planner {version('agent_planner')}"


class Part(NamedTuple):
    """A tensor: its name in GGUF, its shape, and what takes it out of the model (fp32, rows in GGUF's order)."""

    name: str
    shape: tuple[int, ...]
    take: "partial[torch.Tensor]"


class Opened(NamedTuple):
    """A model in memory, in the number format it is stored in."""

    origin: Origin
    config: Any
    tokenizer: Any
    parts: list[Part]


def open_source(source: str, progress: Progress) -> Opened:
    """Open a model whose adapter is merged while its parts are taken.

    Args:
        source: `default` (the shipped adapter on its base), or the folder of a model or of a LoRA adapter.
        progress: told what is going on.

    Raises:
        UserError: there is no such model, or it is none that can be written.
    """
    origin = _find(source, progress)
    config = _config(origin)
    progress(f"loading {origin.base_name}", 0.0)
    model, tokenizer = _load(origin)
    return Opened(origin, config, tokenizer, list(_parts(model, config)))


def _find(source: str, progress: Progress) -> Origin:
    from agent_planner.llm.weights import ADAPTER_FILE, base_of

    if source == "default":
        base = str(default_base(progress))
        return Origin(base, default_adapter(), "agent-planner default", BASE_NAME, "apache-2.0")
    folder = Path(source)
    if not folder.is_dir():
        raise UserError(f"there is no folder '{source}'; give default, or a folder that holds a model or an adapter")
    if not (folder / ADAPTER_FILE).is_file():
        return Origin(source, None, folder.resolve().name, folder.resolve().name)
    if not (folder / _ADAPTER_WEIGHTS).is_file():
        raise UserError(f"{folder}: holds no {_ADAPTER_WEIGHTS}; save the adapter with PEFT's save_pretrained")
    base_name = _public_base(folder)
    name = f"{Path(base_name).name} + {folder.resolve().name}"
    return Origin(base_of(folder, progress), folder, name, base_name)


def _public_base(adapter: Path) -> str:
    """The base's name as others may read it: of a folder on this machine only the last part."""
    from peft import PeftConfig

    said = str(PeftConfig.from_pretrained(str(adapter)).base_model_name_or_path)
    return Path(said).name if Path(said).is_dir() else said


def _config(origin: Origin) -> Any:
    """The model's configuration, if it is one that is written."""
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(origin.base)
    except (OSError, ValueError) as error:
        raise UserError(f"{origin.base}: holds no model that transformers knows: {_first_line(error)}") from error
    if config.model_type != ARCHITECTURE:
        raise UserError(
            f"{origin.name}: its architecture is '{config.model_type}', and only '{ARCHITECTURE}' is written as "
            f"GGUF; {_OTHERWISE}"
        )
    rope = config.rope_parameters["rope_type"]
    for what, found, wanted in (("rope_type", rope, "default"), ("hidden_act", config.hidden_act, "silu")):
        if found != wanted:
            raise UserError(f"{origin.name}: {what} is '{found}', and only '{wanted}' is written; {_OTHERWISE}")
    return config


def _load(origin: Origin) -> tuple[Any, Any]:
    """Model, its adapter not merged yet, and tokenizer."""
    from peft import PeftModel
    from transformers import AutoTokenizer, LlamaForCausalLM

    from agent_planner.llm.weights import quieten

    quieten()
    try:
        tokenizer = AutoTokenizer.from_pretrained(origin.base)
        model = LlamaForCausalLM.from_pretrained(origin.base, dtype="auto")
    except (OSError, ValueError) as error:
        raise UserError(f"{origin.base}: cannot be loaded: {_first_line(error)}") from error
    if origin.adapter is not None:
        try:
            PeftModel.from_pretrained(model, str(origin.adapter))  # its layers are put into the model in place
        except (OSError, ValueError, RuntimeError) as error:
            raise UserError(
                f"{origin.adapter}: this adapter does not fit {origin.base_name}: {_first_line(error)}"
            ) from error
    return model, tokenizer


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _parts(model: Any, config: Any) -> Iterator[Part]:
    """Every tensor of the model, a tied one once."""
    from gguf import MODEL_ARCH, get_tensor_name_map
    from peft.tuners.tuners_utils import BaseTunerLayer

    names = get_tensor_name_map(MODEL_ARCH.LLAMA, config.num_hidden_layers)
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    seen: set[int] = set()
    within = "\0"  # an adapted layer's path: what lies within is its adapter; at first none
    for path, module in model.named_modules():
        if path.startswith(f"{within}."):
            continue
        layer, adapted = module, None
        if isinstance(module, BaseTunerLayer):
            within, layer, adapted = path, module.get_base_layer(), module
        for kind, value in layer.named_parameters(recurse=False):
            if id(value) in seen:
                continue
            seen.add(id(value))
            name = names.get_name(f"{path}.{kind}", try_suffixes=(".weight", ".bias"))
            tied = config.tie_word_embeddings and ".layers." not in path
            if name is None or (adapted is not None and tied):
                raise UserError(f"the adapter or the model changes '{path}.{kind}', which is not written; {_OTHERWISE}")
            count = next((n for part, n in heads.items() if f".{part}." in name), None)
            yield Part(name, tuple(value.shape), partial(_take, layer, adapted, kind, count))


def _take(layer: Any, adapted: Any | None, kind: str, heads: int | None) -> "torch.Tensor":
    """Merge the layer's adapter, if it is an adapted one, and move a parameter out of the model."""
    if adapted is not None and not adapted.merged:
        adapted.float().merge()
    parameter = getattr(layer, kind)
    value = parameter.data.float()
    parameter.data = value.new_empty(0)
    return value if heads is None else _halves_to_pairs(value, heads)


def _halves_to_pairs(value: "torch.Tensor", heads: int) -> "torch.Tensor":
    """GGUF rotates neighbouring rows of a head, transformers its two halves."""
    return value.reshape(heads, 2, value.shape[0] // heads // 2, -1).transpose(1, 2).reshape(value.shape)
