# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune gguf`: a model as a file for llama.cpp and Ollama."""

from pathlib import Path
from typing import Annotated

import typer

from agent_planner.cli.terminal import Terminal
from agent_planner.tuning.training.gguf_export import WeightType


def gguf(
    model: Annotated[str, typer.Argument(help="default, or the folder of a Llama model or of a LoRA adapter")],
    out: Annotated[Path, typer.Argument(help="the file to write, .gguf")],
    weights: Annotated[WeightType, typer.Option("--type", help="how the matrices are stored")] = WeightType.Q8_0,
) -> None:
    """Write a model, its adapter merged, as a GGUF file, which llama.cpp and Ollama load."""
    terminal = Terminal()
    with terminal.busy(f"reading {model}") as status:
        from agent_planner.tuning.training.gguf_export import export_gguf

        size = export_gguf(model, out, weights, lambda text, fraction: status.update(f"{text} {fraction:.0%}"))
    terminal.say(f"{out}: {size / 1e6:.0f} MB, {weights}; what to do with it: docs/tuning.md, For llama.cpp and Ollama")
