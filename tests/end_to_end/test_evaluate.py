# SPDX-License-Identifier: Apache-2.0
"""`agent-planner eval --backend mujoco`, as a user types it."""

import json
import subprocess

from tests.end_to_end.processes import finished

KEYS = {
    *("suite", "backend", "model", "n", "success", "ci95", "outcomes", "goal_exact"),
    *("refused_call_rate", "raw_invalid_rate", "seconds"),
}


def test_two_seeds_give_one_line_of_figures(tmp_path, clean_environ):
    """The model takes both instructions for a greeting, so that nothing moves."""
    (tmp_path / "script.json").write_text(json.dumps(["goal: none\nHello."]))
    model = f"scripted:{tmp_path / 'script.json'}"
    suite = ("--suite", "smoke", "--seeds", "0:2")
    done = finished(tmp_path, clean_environ, "eval", "--backend", "mujoco", *suite, "--model", model, "--json")
    (line,) = done.stdout.splitlines()
    figures = json.loads(line)
    assert figures.keys() >= KEYS
    assert (figures["suite"], figures["backend"], figures["model"]) == ("smoke", "mujoco", model)
    assert (figures["n"], figures["success"], figures["outcomes"]) == (2, 0.0, {"answered": 2})
    assert figures["errors"] == {"misread_goal": 2}
    said = done.stderr
    assert said.index("loading the model") < said.index("   0 FAIL") < said.index("smoke: 1/2")
    assert subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, check=False).stdout == b""
