# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune`: train an adapter, and what its data go through."""

from pathlib import Path
from typing import Annotated

import typer

from agent_planner.cli import tune_records, tune_scenarios
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError
from agent_planner.tuning.training.train_config import TrainConfig

_DEFAULTS = {name: field.default for name, field in TrainConfig.model_fields.items()}

app = typer.Typer(help="Train adapters for the language model, and convert what they learn from.", no_args_is_help=True)
app.command()(tune_scenarios.scenarios)
app.command()(tune_scenarios.collect)
app.command("filter")(tune_scenarios.filter_records)
app.command("import")(tune_records.import_records)
app.command("export")(tune_records.export_records)


@app.command()
def train(
    out: Annotated[Path, typer.Option(help="folder of the run: checkpoint, log and adapter")],
    base: Annotated[str, typer.Option(help="base model: default (SmolLM2-135M-Instruct) or a folder")] = "default",
    steps: Annotated[int, typer.Option(min=1, help="optimizer steps")] = _DEFAULTS["steps"],
    seed: Annotated[int, typer.Option(help="of data and weights")] = _DEFAULTS["seed"],
    start: Annotated[Path | None, typer.Option(help="an adapter to go on from, with new data")] = None,
    trees: Annotated[
        int, typer.Option(min=1, help="trees (a scene with its instructions) in a step; 2: a scene and its twin")
    ] = _DEFAULTS["trees_per_step"],
    branches: Annotated[int, typer.Option(min=1, help="instructions in a tree")] = _DEFAULTS["branches"],
    episodes: Annotated[
        int, typer.Option(min=0, help="whole episodes in a tree; the rest are goals alone")
    ] = _DEFAULTS["episodes"],
    max_tokens: Annotated[
        int, typer.Option(min=512, help="of a tree; the instructions that go beyond are left out")
    ] = _DEFAULTS["max_tokens"],
    learning_rate: Annotated[float, typer.Option(min=0, help="the highest; less with --start")] = _DEFAULTS[
        "learning_rate"
    ],
) -> None:
    """Train a LoRA adapter on the symbolic expert's episodes. Killed, it goes on from its last checkpoint."""
    terminal = Terminal()
    for folder in (start, None if base == "default" else Path(base)):
        if folder is not None and not folder.is_dir():
            raise UserError(f"there is no folder '{folder}'; give one that holds a model or an adapter")
    with terminal.busy("loading the base model"):
        from agent_planner.llm.default_model import BASE_NAME, default_base
        from agent_planner.llm.local import share_processors

        share_processors()
        from agent_planner.tuning.training.train import Trainer

        folder, name = (str(default_base()), BASE_NAME) if base == "default" else (base, None)
        config = TrainConfig(
            base=folder,
            base_name=name,
            out=out,
            steps=steps,
            seed=seed,
            start_adapter=start,
            trees_per_step=trees,
            branches=branches,
            episodes=episodes,
            max_tokens=max_tokens,
            learning_rate=learning_rate,
        )
        trainer = Trainer(config)
        trainer.setup()
    with terminal.counting("training", steps) as counter:
        for _ in range(trainer.step):
            counter.advance()
        for figures in trainer.run():
            counter.advance(f"loss {figures['loss']:.3f}")
    terminal.say(f"adapter: {out / 'adapter'}; measure it with: agent-planner eval --model {out / 'adapter'}")
