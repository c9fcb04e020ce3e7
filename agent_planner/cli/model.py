# SPDX-License-Identifier: Apache-2.0
"""`agent-planner model`: the language model that ships with this package."""

import typer

from agent_planner.cli.terminal import Terminal

app = typer.Typer(help="The default language model.", no_args_is_help=True)


@app.callback()
def _several() -> None:
    """The default language model."""


@app.command()
def prepare() -> None:
    """Convert the default model's weights into the cache, so that the first run need not."""
    from agent_planner.llm.default_model import default_base

    terminal = Terminal()
    with terminal.busy("looking for the default model") as status:
        folder = default_base(lambda text, fraction: status.update(f"{text} {fraction:.0%}"))
    terminal.say(f"the default model's base is ready: {folder}")
