# SPDX-License-Identifier: Apache-2.0
"""`agent-planner skills`: check a library file, list its skills."""

from pathlib import Path
from typing import Annotated

import typer

from agent_planner.cli.terminal import Terminal
from agent_planner.errors import ConfigError, UserError

app = typer.Typer(help="The library of skills: check a file, list what is in it.", no_args_is_help=True)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="a skill library in YAML")],
    types: Annotated[bool, typer.Option(help="also compare with the installed ROS types")] = True,
) -> None:
    """Validate a library; what is wrong is named with file, line and field."""
    from agent_planner.skills import SkillLibrary

    library = SkillLibrary.load(file)
    terminal = Terminal()
    if types:
        from agent_planner.cli.ros_shell import enter_ros

        enter_ros()
        problems = _binding_problems(library)
        if problems:
            raise ConfigError(str(file), "; ".join(problems))
    seen = "and fit the installed ROS types" if types else "(ROS types not compared: --no-types)"
    terminal.say(f"{file}: {len(library.skills)} skills are valid {seen}")


@app.command("list")
def list_skills(
    file: Annotated[Path | None, typer.Argument(help="a skill library in YAML; the shipped one if left out")] = None,
) -> None:
    """Show the skills of a library: arguments, needs, effects, bindings."""
    from rich.table import Table

    from agent_planner.skills import SkillLibrary

    library = SkillLibrary.load(file) if file else SkillLibrary.load()
    table = Table("skill", "needs", "makes", "ROS", "description", box=None, header_style="bold", pad_edge=False)
    for skill in library:
        binding = skill.action or skill.service
        where = f"{binding.name} ({binding.type.rpartition('/')[2]})" if binding else "-"
        arguments = ", ".join(skill.parameters)
        table.add_row(
            f"{skill.name}({arguments})",
            ", ".join(map(str, skill.needs)),
            ", ".join(map(str, skill.makes)),
            where,
            skill.description,
        )
    Terminal().console.print(table, soft_wrap=False)


def _binding_problems(library: "object") -> list[str]:
    raise UserError("not yet")
