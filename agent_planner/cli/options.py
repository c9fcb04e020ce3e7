# SPDX-License-Identifier: Apache-2.0
"""Options that several commands have."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


class SceneSource(Enum):
    """Where a simulated robot's scene comes from."""

    TRUTH = "truth"
    CAMERA = "camera"


class Simulator(Enum):
    """What simulates a robot."""

    MUJOCO = "mujoco"
    GAZEBO = "gazebo"


# Higher ones have ports that there are not.
LAST_DOMAIN = 232

RobotName = Annotated[str, typer.Option(help="name or file of a robot profile")]
SceneName = Annotated[str, typer.Option(help="tidy, apartment or table_top, for a simulated robot")]
SceneFrom = Annotated[
    SceneSource,
    typer.Option(
        "--scene-source", help="what a simulated robot knows: what its simulator tells, or what its camera sees"
    ),
]
SceneSeed = Annotated[int, typer.Option(min=0, help="number of the scene")]
ModelName = Annotated[
    str, typer.Option(help="default, base, a folder, a Hugging Face name, openai:MODEL@URL, scripted:FILE")
]
Factor = Annotated[float, typer.Option("--rtf", min=0.1, help="simulated seconds per second, at most")]
Runs = Annotated[Path, typer.Option(help="where the run's folder is made")]
PolicyName = Annotated[
    str, typer.Option("--policy", help="a shipped safety policy (simulation) or a file; the robot's own if left out")
]
CheckPlan = Annotated[
    bool, typer.Option("--check-plan", help="check the whole plan before the first motion (twice the thinking)")
]
Domain = Annotated[int | None, typer.Option(min=0, max=101, help="ROS_DOMAIN_ID; a free one if left out")]
RunningDomain = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=LAST_DOMAIN,
        help="ROS_DOMAIN_ID; the shell's if left out, or else that of the newest running robot",
    ),
]
Namespace = Annotated[str, typer.Option(help="namespace of the robot")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object as the last line of stdout")]

ROBOT = "mobile_manipulator"
MODEL = "default"
RUNS = Path("runs")
