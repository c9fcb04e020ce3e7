# SPDX-License-Identifier: Apache-2.0
"""`agent-planner skills`: check a library file, list its skills."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent_planner.cli.new_file import write_new
from agent_planner.cli.skills_from_graph import from_graph
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import ConfigError

if TYPE_CHECKING:
    from agent_planner.skills import SkillLibrary

app = typer.Typer(help="The library of skills: check a file, list what is in it, begin one.", no_args_is_help=True)
app.command("from-graph")(from_graph)
_Choice = Annotated[str, typer.Argument(metavar="LIBRARY", help="a file in YAML, or the name of a shipped library")]


@app.command()
def check(
    library: _Choice,
    types: Annotated[bool, typer.Option(help="compare with the installed ROS types, too")] = True,
) -> None:
    """Validate a library; what is wrong is named with file, line and field."""
    from agent_planner.skills import SkillLibrary
    from agent_planner.skills.library import library_file

    file = library_file(library)
    read = SkillLibrary.load(file)
    if not types:
        Terminal().say(f"{file}: {len(read.skills)} skills are valid (not compared with ROS types)")
        return
    from agent_planner.cli.ros_shell import enter_ros

    enter_ros()
    faults, absent = _binding_problems(read)
    if faults:
        raise ConfigError(str(file), "; ".join(faults))
    terminal = Terminal()
    n = len(read.skills)
    terminal.say(f"{file}: {n} skills are valid, and {n - len(absent)} of them fit the installed ROS types")
    if absent:
        terminal.say(f"not compared, since their packages are not installed here: {', '.join(absent)}", "yellow")


@app.command("list")
def list_skills(
    library: _Choice = "mobile_manipulator",
) -> None:
    """Show the skills of a library: arguments, needs, effects, bindings."""
    from rich.table import Table

    from agent_planner.skills import SkillLibrary
    from agent_planner.skills.library import library_file, shipped_libraries

    read = SkillLibrary.load(library_file(library))
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("skill", no_wrap=True)
    table.add_column("what it does")
    table.add_column("ROS", overflow="fold")
    for skill in read:
        binding = skill.action or skill.service
        lines = [skill.description]
        lines += [f"needs {', '.join(map(str, skill.needs))}"] if skill.needs else []
        lines += [f"makes {', '.join(map(str, skill.makes))}"] if skill.makes else []
        where = f"{binding.name}: {binding.type.rpartition('/')[2]}" if binding else "not bound"
        table.add_row(f"{skill.name}({', '.join(skill.parameters)})", "\n".join(lines), where)
    terminal = Terminal()
    terminal.console.print(table, soft_wrap=False)
    terminal.say(f"shipped: {', '.join(shipped_libraries())}", "dim")


@app.command()
def copy(
    library: _Choice,
    out: Annotated[Path, typer.Argument(help="the new file")],
) -> None:
    """Copy a library, to make one's own of it."""
    from agent_planner.skills.library import library_file

    write_new(out, library_file(library).read_text(encoding="utf-8"))
    Terminal().say(f"{out} is yours; check it with: agent-planner skills check {out}")


def _binding_problems(library: "SkillLibrary") -> tuple[list[str], list[str]]:
    """What is wrong with the bindings; and which skills' types are of packages that are not installed here."""
    from agent_planner.ros.binding import check_binding

    faults, absent = [], []
    for skill in library:
        binding = skill.action or skill.service
        if binding is not None and find_spec(binding.type.partition("/")[0]) is None:
            absent.append(f"{skill.name} ({binding.type})")
        else:
            faults += [f"{skill.name}: {problem}" for problem in check_binding(skill)]
    return faults, absent
