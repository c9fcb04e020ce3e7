# SPDX-License-Identifier: Apache-2.0
"""A robot in which nothing moves."""

import json
import os
import subprocess
from pathlib import Path

from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills.library import DEFAULT_LIBRARY
from tests.processes import COMMAND, SECONDS, Process
from tests.waits import eventually

# What a script does to the jobs that it starts in the background.
IN_BACKGROUND = ("bash", "-c", "trap '' INT; exec \"$@\"", "bash")
SCENE = SceneGraph(
    objects=(SceneObject(name="red cube", size=(0.04, 0.04, 0.04)),),
    places=(ScenePlace(name="shelf", size=(0.6, 0.4, 0.5)),),
    relations=(Relation("on", "red cube", "shelf"),),
)
ANSWERS = [
    "goal: holding(red cube)",
    'holding(red cube) needs at(red cube)\nnavigate_to(target="red cube")',
    'holding(red cube)\npick(object="red cube")',
]
_PROFILE = f"""\
name: still
description: Nothing moves.
skills: {DEFAULT_LIBRARY}
policy: simulation
discovery: LOCALHOST
nodes:
- name: planner
  package: agent_planner
  executable: planner
  parameters:
    skills_file: "{{skills}}"
    policy_file: "{{policy}}"
    check_plan: "{{check_plan}}"
    model: "{{model}}"
    runs_folder: "{{runs}}"
- name: supervisor
  package: agent_planner
  executable: supervisor
  parameters: {{skills_file: "{{skills}}"}}
  respawn_parameters: {{start_stopped: true}}
"""


def run(folder: Path, *arguments: str, prefix: tuple[str, ...] = ()) -> Process:
    """`agent-planner run` with that robot, everything in the folder."""
    (folder / "still.yaml").write_text(_PROFILE)
    (folder / "script.json").write_text(json.dumps(ANSWERS))
    return Process(
        folder / "run.log",
        *("run", "--robot", str(folder / "still.yaml"), "--model", f"scripted:{folder / 'script.json'}"),
        *("--runs", str(folder / "runs"), *arguments),
        prefix=prefix,
    )


def output(*arguments: str) -> subprocess.CompletedProcess:
    """A command to its end."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=SECONDS, check=False)


def those_in(folder: Path) -> list[int]:
    """Processes of this user whose command line names the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if str(folder) in (entry / "cmdline").read_text().replace("\0", " "):
                    found.append(int(entry.name))
            except OSError:
                continue
    return [pid for pid in found if pid != os.getpid()]


def wait_for(met, seconds: float = SECONDS) -> None:
    assert eventually(met, seconds, every=0.05), "it did not come"
