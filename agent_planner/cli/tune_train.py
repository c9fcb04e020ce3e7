# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune train`: tune a language model on records, or its adapter on the expert's episodes."""

import os
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from agent_planner.cli.new_file import made_folder
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError
from agent_planner.tuning.training.config import PRESETS, TrainConfig, load_config


def train(
    out: Annotated[Path, typer.Option(help="folder of the run: checkpoint, log, loss curve, adapter or model")],
    config: Annotated[
        str, typer.Option(help=f"a preset ({', '.join(PRESETS)}) or a YAML file; the options below stand above it")
    ] = "default",
    data: Annotated[
        list[Path] | None,
        typer.Option(help="records, as `tune mix` writes them (JSON lines); several times for several files"),
    ] = None,
    eval_data: Annotated[
        list[Path] | None, typer.Option(help="records whose loss is computed now and then (eval_every)")
    ] = None,
    base: Annotated[
        str | None, typer.Option(help="base model: default (SmolLM2-135M-Instruct), a folder, a Hugging Face name")
    ] = None,
    start: Annotated[Path | None, typer.Option(help="an adapter to go on from, with its own rank and layers")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="with --data: how often they are gone through")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="optimizer steps; with --data, at most")] = None,
    batch: Annotated[int | None, typer.Option(min=1, help="with --data: records in a step")] = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="of a record of --data or --eval-data; see --drop-too-long")
    ] = None,
    drop_too_long: Annotated[
        bool | None,
        typer.Option(
            "--drop-too-long/--refuse-too-long",
            help="what to do with longer records, and with those that the base's chat template refuses",
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="of weights and dropout and, without --data, of the data")] = None,
    learning_rate: Annotated[float | None, typer.Option(min=0, help="the highest; less with --start")] = None,
    full: Annotated[bool | None, typer.Option("--full/--lora", help="learn all weights, or an adapter")] = None,
    rank: Annotated[int | None, typer.Option(min=1, help="of the adapter")] = None,
    merge: Annotated[bool | None, typer.Option("--merge/--no-merge", help="write the merged model, too")] = None,
    trees: Annotated[
        int | None, typer.Option(min=1, help="without --data: scenes with their instructions in a step")
    ] = None,
    branches: Annotated[int | None, typer.Option(min=1, help="without --data: instructions of a scene")] = None,
    episodes: Annotated[
        int | None, typer.Option(min=0, help="without --data: whole episodes of a scene; the rest are goals alone")
    ] = None,
) -> None:
    """Tune a model on records, or, without --data, on the symbolic expert's episodes.

    Killed, the same command goes on from its last checkpoint. On several GPUs: `accelerate launch --config_file
    agent_planner/tuning/training/presets/fsdp.yaml -m agent_planner.cli.main tune train …`.
    """
    seeds = {"trees": trees, "branches": branches, "episodes": episodes}
    given: dict[str, Any] = {
        "data": data,
        "eval_data": eval_data,
        "base": base,
        "start_adapter": start,
        "epochs": epochs,
        "steps": steps,
        "batch": batch,
        "max_tokens": max_tokens,
        "too_long": None if drop_too_long is None else "drop" if drop_too_long else "error",
        "seed": seed,
        "learning_rate": learning_rate,
        "full": full,
        "rank": rank,
        "merge": merge,
        "seeds": {name: value for name, value in seeds.items() if value is not None} or None,
    }
    told = load_config(config, {name: value for name, value in given.items() if value is not None and value != []})
    if told.data and given["seeds"]:
        raise UserError("--trees, --branches and --episodes are of the expert's episodes; leave them out with data")
    if not told.data and (epochs is not None or batch is not None):
        raise UserError("--epochs and --batch are of records; give --data, or take --steps and --trees")
    if not (told.data or told.eval_data) and (max_tokens is not None or drop_too_long is not None):
        raise UserError(
            "--max-tokens, --drop-too-long and --refuse-too-long are of records; give --data or --eval-data, or leave "
            "them out"
        )
    if told.full and rank is not None:
        raise UserError("--rank is of an adapter, and all weights are to be learned; give --lora, too, or leave it out")
    _run(told, made_folder(out))


def _run(config: TrainConfig, out: Path) -> None:
    from agent_planner.tuning.data.alone import alone

    # Of several processes that accelerate launches, one speaks, and keeps others out.
    first = os.environ.get("RANK", "0") == "0"
    terminal = Terminal()
    terminal.console.quiet = not first
    with alone(out) if first else nullcontext():
        _train(config, out, terminal)


def _train(config: TrainConfig, out: Path, terminal: Terminal) -> None:
    with terminal.busy("reading data and base model") as status:
        from agent_planner.llm.local import share_processors

        share_processors()
        from agent_planner.tuning.training.train import Trainer

        trainer = Trainer(config, out)
        trainer.setup(lambda text, fraction: status.update(text))
    if trainer.counts:
        terminal.say(_counted(trainer.counts))
    if trainer.held_counts:
        terminal.say(f"evaluation: {_counted(trainer.held_counts)}")
    terminal.say(f"learned: {trainer.adapter or 'all weights'}")
    with terminal.counting("training", trainer.steps) as counter:
        for _ in range(trainer.step):
            counter.advance()
        for figures in trainer.run():
            shown = [name for name in ("loss", "eval_loss") if name in figures]
            counter.advance(", ".join(f"{name} {figures[name]:.3f}" for name in shown))
    result = trainer.result
    terminal.say(f"{result.name}: {result}; measure it with: agent-planner eval --model {result}")


def _counted(counts: Mapping[str, Any]) -> str:
    """Counts in words; one that is counted by something has its parts behind it."""
    parts = []
    for name, count in counts.items():
        by = count if isinstance(count, dict) else {}
        told = f" ({', '.join(f'{part} {number}' for part, number in sorted(by.items()))})" if by else ""
        parts.append(f"{name.replace('_', ' ')}: {sum(by.values()) if isinstance(count, dict) else count}{told}")
    return ", ".join(parts)
