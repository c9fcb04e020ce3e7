# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune failures`, as a person calls it."""

import json

from typer.testing import CliRunner

from agent_planner.cli.main import app
from agent_planner.tuning.scenarios.failure_table import load_failures


def test_the_episodes_of_several_folders_are_counted_into_one_table(tmp_path):
    for number, result in enumerate(("ok", "failed SLIPPED: it fell")):
        folder = tmp_path / f"runs{number}" / "a"
        folder.mkdir(parents=True)
        turns = [{"from": "human", "loss": None, "value": "do it"}]
        steps = [{"call": 'pick(object="cup")', "result": result}]
        (folder / "episode.json").write_text(json.dumps({"id": "a", "conversations": turns, "steps": steps}))
    out = tmp_path / "table.yaml"
    words = ["tune", "failures", str(tmp_path / "runs0"), str(tmp_path / "runs1"), "--out", str(out)]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0
    assert "2 episodes counted" in done.stdout and "SLIPPED 1+0" in done.stdout
    table = load_failures(out)
    assert (table.episodes, table.skills["pick"].calls, table.skills["pick"].failed) == (2, 2, 1)
