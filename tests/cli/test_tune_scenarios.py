# SPDX-License-Identifier: Apache-2.0
"""`tune scenarios`, `collect` and `filter`, as a user types them."""

import json
import signal
import subprocess
import sys
import threading

import pytest
from typer.testing import CliRunner

from agent_planner.cli.main import app
from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.collect.work import WorkFile
from agent_planner.tuning.scenarios import failure_table


@pytest.fixture
def run():
    def call(*args):
        result = CliRunner().invoke(app, ["tune", *map(str, args)], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return call


@pytest.fixture
def drawn(run, tmp_path):
    path = tmp_path / "scenarios.jsonl"
    run("scenarios", path, "--count", 6, "--tasks", 4)
    return path


def manifest(path):
    return json.loads(path.with_suffix(".manifest.json").read_text())


def test_from_nothing_to_rewarded_trajectories(run, drawn, tmp_path):
    collected, kept = tmp_path / "collected.jsonl", tmp_path / "kept.jsonl"
    run("collect", drawn, collected, "--whole", 2)
    output = run("filter", collected, "--out", kept, "--cap", 3)
    records = [json.loads(line) for line in kept.read_text().splitlines()]
    counts = manifest(kept)["counts"]
    assert f"{len(records)} kept in" in output and "over_cap" in output
    assert counts["kept"] == len(records) > 10
    assert max(counts["families"].values()) == 3
    assert counts["kept"] + sum(counts["dropped"].values()) == manifest(collected)["counts"]["records"]
    assert {r["reward"] for r in records} == {1.0}


def test_an_ablation_leaves_out_a_part_and_takes_a_share(run, drawn, tmp_path):
    collected, kept = tmp_path / "collected.jsonl", tmp_path / "kept.jsonl"
    run("collect", drawn, collected, "--whole", 1)
    output = run("filter", collected, "--out", kept, "--leave-out", "twins", "--leave-out", "thoughts", "--share", 0.5)
    assert "not_in_share" in output and "without_twins" in output
    assert not any("/twin" in json.loads(line)["id"] for line in kept.read_text().splitlines())
    told = manifest(kept)["config"]
    assert (told["leave_out"], told["share"]) == (["twins", "thoughts"], 0.5)
    with pytest.raises(UserError, match="--share 0 leaves nothing"):
        run("filter", collected, "--out", kept, "--share", 0)


@pytest.mark.live
def test_a_collection_that_was_killed_goes_on(run, tmp_path):
    drawn, whole, broken = (tmp_path / name for name in ("scenarios.jsonl", "whole.jsonl", "broken.jsonl"))
    run("scenarios", drawn, "--count", 25)
    run("collect", drawn, whole)
    command = [sys.executable, "-m", "agent_planner.cli.main", "tune", "collect", str(drawn), str(broken)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    work, pause = broken.with_name("broken.jsonl.work"), threading.Event()
    while process.poll() is None and not (work.exists() and work.stat().st_size > 20_000):
        pause.wait(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = work.read_text().count("\n")
    assert 1 < done < whole.read_text().count("\n") and not broken.exists()
    run("collect", drawn, broken)
    assert broken.read_bytes() == whole.read_bytes()
    assert not work.exists()


def test_a_collection_does_not_go_on_with_other_rates_of_failure(run, drawn, tmp_path, monkeypatch):
    out, rates = tmp_path / "collected.jsonl", tmp_path / "failures.yaml"
    with monkeypatch.context() as patch:
        patch.setattr(WorkFile, "finish", lambda *_: pytest.fail("broken off"))
        with pytest.raises(pytest.fail.Exception):
            run("collect", drawn, out)
    rates.write_bytes(failure_table.MEASURED.read_bytes() + b"# changed\n")
    monkeypatch.setattr(failure_table, "MEASURED", rates)
    with pytest.raises(ConfigError, match="begun with another configuration"):
        run("collect", drawn, out)


def test_options_that_do_not_fit_the_teacher(drawn, tmp_path):
    with pytest.raises(UserError, match="the expert needs neither"):
        CliRunner().invoke(
            app, ["tune", "collect", str(drawn), str(tmp_path / "out.jsonl"), "--repeat", "2"], catch_exceptions=False
        )
