# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune import` and `tune export`, as a person calls them."""

import json

import pytest
from typer.testing import CliRunner

from agent_planner.cli.main import app
from agent_planner.errors import ConfigError, UserError


def run(*arguments):
    return CliRunner().invoke(app, ["tune", *map(str, arguments)], catch_exceptions=False)


def test_sharegpt_comes_in_and_goes_out_as_messages(tmp_path):
    talk, records, messages = tmp_path / "talk.json", tmp_path / "records.jsonl", tmp_path / "messages.jsonl"
    turns = [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]
    talk.write_text(json.dumps([{"id": "t", "conversations": turns}]))
    done = run("import", talk, "--out", records)
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, f"1 conversation written to {records} (agent)")
    done = run("export", records, "--out", messages, "--schema", "openai")
    assert done.exit_code == 0
    assert json.loads(messages.read_text()) == {
        "id": "t",
        "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}],
    }


def test_what_is_wrong_is_told_and_nothing_is_written(tmp_path):
    talk, out = tmp_path / "talk.jsonl", tmp_path / "out.jsonl"
    talk.write_text('{"conversations": [{"from": "human", "value": "hi"}]}\n{"conversations": 3}\n')
    with pytest.raises(ConfigError, match=r"talk\.jsonl:2: has neither"):
        run("import", talk, "--out", out)
    assert not out.exists()
    with pytest.raises(UserError, match="there is no folder"):
        run("import", talk, "--out", tmp_path / "nowhere" / "out.jsonl")
    with pytest.raises(UserError, match="known: agent, openai, sharegpt"):
        run("export", talk, "--out", out, "--schema", "auto")
