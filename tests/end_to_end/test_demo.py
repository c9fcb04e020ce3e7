# SPDX-License-Identifier: Apache-2.0
"""`agent-planner demo`, as a user types it."""

import json
import signal
import subprocess
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from tests.end_to_end.processes import CUBE_SCRIPT, RUN_SECONDS, finished
from tests.processes import COMMAND
from tests.waits import until


@pytest.mark.model
def test_the_default_model_puts_the_red_cube_in_the_blue_bin(tmp_path, clean_environ):
    done = finished(tmp_path, clean_environ, "demo", "--json")
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["verified"] is True
    assert result["goal"] == "in(red cube, blue bin)"
    assert "goal      in(red cube, blue bin)" in done.stderr
    files = result["files"]
    assert files.keys() == {"episode", "config", "video", "path", "logs"}
    episode = json.loads(Path(files["episode"]).read_text())
    assert episode["outcome"] == "succeeded"
    assert {turn["from"] for turn in episode["conversations"]} == {"human", "gpt"}
    video = iio.imread(files["video"])
    assert len(video) > 50
    assert np.abs(video[-1].astype(int) - video[0]).max() > 50  # something has moved
    assert iio.imread(files["path"]).std() > 10


# What a model should say to put the red cube in the blue bin with other robots.
FIXED_ARM = [
    "goal: in(red cube, blue bin)",
    'in(red cube, blue bin) needs holding(red cube)\npick(object="red cube")',
    'in(red cube, blue bin)\nplace_in(object="red cube", container="blue bin")',
]
DELIVERY_BASE = [
    "goal: in(red cube, blue bin)",
    'in(red cube, blue bin) needs holding(red cube) needs at(red cube)\nnavigate_to(target="red cube")',
    'in(red cube, blue bin) needs holding(red cube)\nload(object="red cube")',
    'in(red cube, blue bin) needs at(blue bin)\nnavigate_to(target="blue bin")',
    'in(red cube, blue bin)\nunload_in(object="red cube", container="blue bin")',
]


@pytest.mark.parametrize(("robot", "script"), [("fixed_arm", FIXED_ARM), ("delivery_base", DELIVERY_BASE)])
def test_the_other_shipped_robots_do_it_too(tmp_path, clean_environ, robot, script):
    (tmp_path / "script.json").write_text(json.dumps(script))
    model = f"scripted:{tmp_path / 'script.json'}"
    done = finished(tmp_path, clean_environ, "demo", "--robot", robot, "--model", model, "--json")
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["verified"] is True
    assert result["steps"] == [said.splitlines()[-1] for said in script[1:]]


def test_ctrl_c_stops_the_robot_and_ends_cleanly(tmp_path, clean_environ):
    (tmp_path / "script.json").write_text(json.dumps(CUBE_SCRIPT))
    log = tmp_path / "demo.log"
    with log.open("w") as out:
        demo = subprocess.Popen(
            [*COMMAND, "demo", "--model", f"scripted:{tmp_path / 'script.json'}"],
            env=clean_environ,
            cwd=tmp_path,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    until(lambda: "call     navigate_to" in log.read_text(), demo, RUN_SECONDS, log.read_text, every=0.1)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(120) == 130
    said = log.read_text()
    assert "CANCELED  cancelled" in said
    assert "Traceback" not in said
    (run,) = (tmp_path / "runs").iterdir()
    assert json.loads((run / "episode.json").read_text())["outcome"] == "cancelled"
    assert subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, check=False).stdout == b""
