# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune export`: records in another schema, or a model as a file for llama.cpp and Ollama."""

from pathlib import Path
from typing import Annotated

import typer

from agent_planner.cli.new_file import ready_to_write
from agent_planner.cli.terminal import Terminal
from agent_planner.cli.tune_records import convert, write_manifest_of
from agent_planner.errors import UserError
from agent_planner.tuning.data.schema import Schema
from agent_planner.tuning.training.gguf_export import WeightType

_SOURCE = (
    "JSON lines, JSON, or a folder of recorded episodes; with --gguf: default, or the folder of a Llama model or of a "
    "LoRA adapter"
)


def export(
    source: Annotated[str, typer.Argument(help=_SOURCE)],
    out: Annotated[Path, typer.Option(help="the file to write; of records, OUT.manifest.json says what made it")],
    schema: Annotated[Schema | None, typer.Option(help="of records: sharegpt, openai (the default) or agent")] = None,
    gguf: Annotated[bool, typer.Option("--gguf", help="write a model, its adapter merged, as a GGUF file")] = False,
    weights: Annotated[
        WeightType | None, typer.Option("--type", help="how --gguf stores the matrices; q8_0 is the default")
    ] = None,
) -> None:
    """Write training records or recorded episodes in another schema, or a model for llama.cpp and Ollama."""
    if gguf and schema:
        raise UserError("--schema is for records, --gguf for a model; give one of them")
    if weights and not gguf:
        raise UserError("--type tells how a model is stored; give --gguf, too")
    if gguf:
        _export_model(source, out, weights or WeightType.Q8_0)
    else:
        _export_records(Path(source), out, schema or Schema.OPENAI)


def _export_records(source: Path, out: Path, schema: Schema) -> None:
    if not source.exists():
        raise UserError(f"there is no file or folder '{source}'; a model is exported with --gguf")
    count = convert([source], out, None, schema)
    write_manifest_of(source, out, "tune export", {"schema": schema.value}, {"records": count})


def _export_model(source: str, out: Path, weights: WeightType) -> None:
    terminal = Terminal()
    ready_to_write(out)
    with terminal.busy(f"reading {source}") as status:
        from agent_planner.tuning.training.gguf_export import export_gguf

        size = export_gguf(source, out, weights, lambda text, fraction: status.update(f"{text} {fraction:.0%}"))
    terminal.say(f"{out}: {size / 1e6:.0f} MB, {weights}; what to do with it: docs/tuning.md, For llama.cpp and Ollama")
