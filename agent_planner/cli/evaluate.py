# SPDX-License-Identifier: Apache-2.0
"""`agent-planner eval`: a suite of scenarios, scored by their own goals."""

from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from agent_planner.cli.new_file import ready_to_write
from agent_planner.cli.options import (
    MODEL,
    ROBOT,
    AsJson,
    ModelName,
    PolicyName,
    RobotName,
    SceneFrom,
    SceneSource,
    Simulator,
)
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError
from agent_planner.tuning.mixture.names import Split
from agent_planner.types import Level


class Backend(Enum):
    """The world that the scenarios run in."""

    SYMBOLIC = "symbolic"
    MUJOCO = "mujoco"
    GAZEBO = "gazebo"


def _held_out(split: Split) -> Split:
    if split is Split.TRAIN:
        raise typer.BadParameter("what was trained on measures nothing; choose dev or test")
    return split


_BACKEND = (
    "symbolic: no physics, in batches; mujoco, gazebo: a simulator with the whole ROS stack; Gazebo, which a stock ROS "
    "brings, takes the profile ROBOT_gazebo"
)
HeldOut = Annotated[
    Split,
    typer.Option(help="dev for every choice; test once, for what is shipped", metavar="[dev|test]", callback=_held_out),
]

# Nothing is harmed at these. Pictures are looked at in wall time: a faster robot would see the past.
_RTF = {SceneSource.TRUTH: 4.0, SceneSource.CAMERA: 2.0}


def evaluate(
    suite: Annotated[str, typer.Option(help="smoke or held_in; in a simulator also failures: a hand opens")] = "smoke",
    seeds: Annotated[str, typer.Option(help="A:B, from A up to but not including B")] = "0:20",
    backend: Annotated[Backend, typer.Option(help=_BACKEND)] = Backend.SYMBOLIC,
    model: ModelName = MODEL,
    split: HeldOut = Split.DEV,
    level: Annotated[Level, typer.Option(help="how far decoding is constrained")] = Level.APPLICABLE,
    look_ahead: Annotated[bool, typer.Option(help="refuse calls that do not bring the goal nearer")] = True,
    batch: Annotated[int, typer.Option(min=1, max=512, help="episodes side by side (symbolic)")] = 16,
    robot: RobotName = ROBOT,
    policy: PolicyName = "",
    scene: Annotated[str, typer.Option(help="scene to draw from (simulators); the robot's own if left out")] = "",
    scene_source: SceneFrom = SceneSource.TRUTH,
    rtf: Annotated[
        float | None,
        typer.Option(
            min=0.1, help="simulated seconds per second at most (simulators); 4, with the camera 2, if left out"
        ),
    ] = None,
    runs: Annotated[Path, typer.Option(help="where the run's folder is made (simulators)")] = Path("runs"),
    as_json: AsJson = False,
    out: Annotated[Path | None, typer.Option(help="write the report and every episode's outcome to this file")] = None,
) -> None:
    """Measure a model on a suite: success with its 95 % interval, outcomes, goals stated exactly, calls refused."""
    numbers = seed_range(seeds)
    if out is not None:
        ready_to_write(out)
    from agent_planner.agent.limits import LoopConfig
    from agent_planner.tuning.panel.evaluate import report

    terminal = Terminal(as_json)
    config = LoopConfig(level=level, look_ahead=look_ahead)
    if backend is Backend.SYMBOLIC:
        _refuse_a_simulators(robot, policy, scene, scene_source, rtf)
        from agent_planner.cli.evaluate_symbolic import run

        scores, took, name = run(terminal, suite, split.value, numbers, model, config, batch)
    else:
        from agent_planner.cli.ros_shell import enter_ros

        enter_ros()
        from agent_planner.cli.evaluate_physical import run

        if rtf is None:
            rtf = _RTF[scene_source]
        where = (Simulator(backend.value), robot, scene)
        scores, took, name = run(
            terminal, suite, split.value, numbers, model, config, *where, rtf, runs, policy, scene_source
        )
    figures = report(
        scores,
        took,
        suite=suite,
        split=split.value,
        seeds=seeds,
        backend=backend.value,
        model=name,
        level=level.value,
        look_ahead=look_ahead,
    ).as_dict()
    if backend is not Backend.SYMBOLIC:
        figures |= {"robot": robot, "scene_source": scene_source.value}
    show(terminal, figures)
    if out is not None:
        write(out, figures, scores)
    terminal.result(figures)


def _refuse_a_simulators(robot: str, policy: str, scene: str, scene_source: SceneSource, rtf: float | None) -> None:
    """Raise UserError where the symbolic world is given what it has not: its figures would pass for the simulator's."""
    source = "" if scene_source is SceneSource.TRUTH else scene_source.value
    given = {"robot": "" if robot == ROBOT else robot, "scene": scene, "scene-source": source, "policy": policy}
    told = [f"--{name} {value}" for name, value in (given | {"rtf": rtf}).items() if value]
    if told:
        raise UserError(
            f"{', '.join(told)}: the symbolic world draws its own robots and scenes, and has no gate, camera or clock; "
            "add --backend mujoco or gazebo"
        )


def seed_range(text: str) -> range:
    """Read ``A:B``.

    Raises:
        UserError: it has another form, or nothing is in it.
    """
    first, colon, last = text.partition(":")
    if not (colon and first.isdecimal() and last.isdecimal() and int(first) < int(last)):
        raise UserError(f"--seeds {text}: write A:B with A < B, e.g. 0:20 for the seeds 0 to 19")
    return range(int(first), int(last))


def show(terminal: Terminal, figures: dict[str, Any]) -> None:
    """Print the figures as tables."""
    low, high = figures["ci95"]
    title = (
        f"{figures['backend']} {figures['suite']} ({figures['split']}, seeds {figures['seeds']}), {figures['model']}"
    )
    table = Table("", "", title=title, title_justify="left", show_header=False, box=None)
    table.add_row("success", f"{figures['success']:.1%} of {figures['n']} (95 %: {low:.1%} to {high:.1%})")
    table.add_row("goal exact", f"{figures['goal_exact']:.1%}")
    table.add_row("refused calls", f"{figures['refused_call_rate']:.1%}")
    table.add_row("raw invalid", f"{figures['raw_invalid_rate']:.1%}")
    for name in ("outcomes", "errors", "refusals"):
        counted = sorted(figures[name].items(), key=lambda item: -item[1])
        table.add_row(name, ", ".join(f"{kind} {count}" for kind, count in counted) or "none")
    table.add_row("decoding", f"{figures['level']}, look-ahead {'on' if figures['look_ahead'] else 'off'}")
    table.add_row("time", f"{figures['seconds']:.0f} s")
    terminal.console.print(table, soft_wrap=False)


def write(path: Path, figures: dict[str, Any], scores: list) -> None:
    """Write the report with a line for every episode."""
    from agent_planner.recording.episode import write_json

    episodes = [
        {
            "id": score.scenario.id,
            "instruction": score.scenario.instruction,
            "truth": str(score.scenario.goal),
            "goal": str(score.result.goal) if score.result.goal is not None else None,
            "outcome": score.result.outcome.value,
            "success": score.success,
            "error": score.error,
            "message": score.result.message,
            "steps": [f"{call}: {text}" for call, text in score.result.steps],
        }
        for score in scores
    ]
    write_json(path, {**figures, "episodes": episodes})
