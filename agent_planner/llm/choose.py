# SPDX-License-Identifier: Apache-2.0
"""From the value of ``--model`` to a model; nothing is loaded yet."""

import re
from pathlib import Path

from agent_planner.errors import UserError, did_you_mean
from agent_planner.llm.base import ChatModel
from agent_planner.llm.default_model import default_adapter, default_base
from agent_planner.llm.local import LocalModel
from agent_planner.llm.scripted import ScriptedModel

_WORDS = ("default", "base", "openai:MODEL@URL", "scripted:FILE", "a folder", "a Hugging Face name such as org/model")


def choose_model(choice: str) -> ChatModel:
    """Make the model that ``choice`` names.

    Args:
        choice: ``default`` (the shipped adapter on its base), ``base`` (the same untuned), a folder of a model
            or of a LoRA adapter, ``org/model`` of Hugging Face, ``openai:MODEL@http://host:port/v1``, or
            ``scripted:FILE``.

    Raises:
        UserError: there is no such thing; known choices are listed.
    """
    kind, _, rest = choice.partition(":")
    if choice == "default":
        adapter = default_adapter()
        return LocalModel(default_base, adapter, name="default" if adapter else "base")
    if choice == "base":
        return LocalModel(default_base, name="base")
    if kind == "openai":
        return _openai(rest)
    if kind == "scripted":
        return ScriptedModel.from_file(Path(rest).expanduser())
    return _local(choice)


def _openai(rest: str) -> ChatModel:
    from agent_planner.llm.openai import OpenAIModel  # imports httpx, which a local model does not need

    found = re.fullmatch("(.+?)@(https?://.+)", rest)  # a model's own name may hold an @, too
    if found is None:
        raise UserError(f"'openai:{rest}' is not of the form openai:MODEL@http://host:port/v1")
    return OpenAIModel(found[1], found[2])


def _local(choice: str) -> LocalModel:
    path = Path(choice).expanduser()
    if path.is_dir():
        if not any((path / name).is_file() for name in ("config.json", "adapter_config.json")):
            raise UserError(f"{path} holds neither a model (config.json) nor a LoRA adapter (adapter_config.json)")
        return LocalModel(str(path))
    if choice.startswith(("/", "./", "../", "~")):
        raise UserError(f"there is no folder '{choice}'; choose {', '.join(_WORDS)}")
    if choice.count("/") != 1:
        raise UserError(f"there is no model '{choice}'; {did_you_mean(choice, _WORDS)}")
    return LocalModel(choice)
