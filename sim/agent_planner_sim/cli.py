# SPDX-License-Identifier: Apache-2.0
"""The command `agent-planner-sim`: scenes and robots for other programs. Exit codes as of `agent-planner`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from agent_planner.errors import InfrastructureError, UserError

app = typer.Typer(
    name="agent-planner-sim",
    help="Scenes and robots of the simulator, written for other programs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _commands() -> None:
    """Scenes and robots of the simulator, written for other programs."""


@app.command()
def export(
    scene: Annotated[str, typer.Option(help="tidy, apartment or table_top")] = "tidy",
    seed: Annotated[int, typer.Option(min=0, help="number of the scene")] = 0,
    robot: Annotated[str, typer.Option(help="name of a simulated robot")] = "mobile_manipulator",
    kind: Annotated[
        str,
        typer.Option("--format", help="sdf: world and bridge.yaml for Gazebo; mjcf: for MuJoCo; urdf: the robot alone"),
    ] = "sdf",
    out: Annotated[Path, typer.Option(help="folder that the files are written to")] = Path("."),
) -> None:
    """Write a scene with its robot as files; the same names and seed make the same files."""
    from agent_planner_sim.export import export as write

    for path in write(scene, seed, robot, kind, out):
        print(path)


def main() -> None:
    """Run the command line and exit."""
    try:
        app()
    except UserError as error:
        _fail(error, 2)
    except InfrastructureError as error:
        _fail(error, 1)


def _fail(error: Exception, code: int) -> None:
    print(f"agent-planner-sim: {error}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
