# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune collect-physical`: trajectories of a simulated robot, through the whole ROS stack."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent_planner.cli.evaluate import seed_range
from agent_planner.cli.new_file import ready_to_write
from agent_planner.cli.option_file import OptionFile
from agent_planner.cli.options import MODEL, ROBOT, RUNS, PolicyName, RobotName, Runs
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import InfrastructureError
from agent_planner.types import Level

if TYPE_CHECKING:
    from agent_planner.cli.evaluate_physical import Tried

_SPLIT = "train"


def collect_physical(
    out: Annotated[Path, typer.Argument(help="the file to write, JSON lines; OUT.manifest.json says what made it")],
    suite: Annotated[str, typer.Option(help="smoke, held_in, or failures (the robot's hand opens once)")] = "held_in",
    seeds: Annotated[str, typer.Option(help="A:B, from A up to but not including B")] = "0:50",
    teacher: Annotated[
        str, typer.Option(help="expert (told the goal, search), or a model as --model of other commands takes it")
    ] = "expert",
    robot: RobotName = ROBOT,
    scene: Annotated[str, typer.Option(help="scene to draw from; the robot's own if left out")] = "",
    policy: PolicyName = "",
    level: Annotated[Level, typer.Option(help="how far a model's decoding is constrained")] = Level.APPLICABLE,
    rtf: Annotated[float, typer.Option(min=0.1, help="simulated seconds per second at most")] = 4.0,
    runs: Runs = RUNS,
    config_file: OptionFile = None,
) -> None:
    """Let a teacher carry out tasks with a simulated robot, through the planner, its gate and the motion servers.

    Rewarded by the simulator's ground truth. Killed, the same command goes on after the last finished episode.
    """
    numbers = seed_range(seeds)
    ready_to_write(out)
    from agent_planner.cli.ros_shell import enter_ros

    enter_ros()
    from agent_planner.cli.physical_suite import scene_seed
    from agent_planner.cli.taught import Robot, taught_episodes
    from agent_planner.cli.wanted import wanted
    from agent_planner.tuning.collect.config import EXPERT
    from agent_planner.tuning.collect.identity import model_hash
    from agent_planner.tuning.collect.work import Records, open_work
    from agent_planner.tuning.data.manifest import write_manifest

    # Before anything is begun: a half-done file goes on with its own settings alone.
    scene_seed(suite, _SPLIT, 0)
    wanted(robot, MODEL if teacher == EXPERT else teacher, scene, policy)
    terminal = Terminal()
    bodied = Robot(robot, scene, policy, level.value, look_ahead=False, rtf=rtf)
    config = {"suite": suite, "split": _SPLIT, "seeds": seeds, "teacher": teacher, **asdict(bodied)}
    config["model_sha256"] = model_hash(teacher)
    lost: list[int] = []

    def tried(left: Mapping[str, int]) -> Iterator[tuple[str, Records]]:
        if left:
            for one in taught_episodes(terminal, bodied, teacher, runs, suite, _SPLIT, [*left.values()]):
                if one.record is None:
                    lost.append(one.seed)
                else:
                    yield str(one.seed), _records(one, one.record, teacher)

    with open_work(out, config) as work:
        for _ in work.run({str(seed): seed for seed in numbers}, tried):
            pass
        if lost:
            raise InfrastructureError(
                f"the episodes of seeds {', '.join(map(str, lost))} left no record; the same command tries these again"
            )
        count = work.finish([str(seed) for seed in numbers])
        write_manifest(out, "tune collect-physical", config, [], {"records": count})
    terminal.say(f"{count} trajectories written to {out}")


def _records(tried: "Tried", path: Path, teacher: str) -> list[dict[str, Any]]:
    """An episode's conversations as training has them; the scene that it ended in stays in the runs folder."""
    from agent_planner.goals import format_goal
    from agent_planner.tuning.data.conversations import conversations_of
    from agent_planner.tuning.data.records import read_plain, record

    ((where, data),) = read_plain(path)
    task = tried.score.scenario
    more = {"id": task.id, "group": task.id, "episode": data["id"], "teacher": teacher, "goal": format_goal(task.goal)}
    data = {key: data[key] for key in data if key != "scene"} | more
    return [record(where, one).plain() for one in conversations_of(data)]
