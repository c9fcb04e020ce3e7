# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune study`, as a person calls it: killed, broken off by Ctrl-C, and to its end."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from agent_planner.cli import tune_study
from agent_planner.cli.main import app
from agent_planner.errors import ConfigError, InfrastructureError, UserError
from agent_planner.tuning.data.alone import alone
from agent_planner.tuning.data.manifest import sha256_of
from agent_planner.tuning.data.records import write_records
from agent_planner.tuning.panel.results import EpisodeLine, read_results
from agent_planner.tuning.study.config import load_study
from agent_planner.tuning.study.driver import Driver
from agent_planner.tuning.study.rates import Work
from agent_planner.tuning.training.journal import read_log
from tests.tuning.study.made_up import make
from tests.tuning.training.tiny import talk, tiny_base
from tests.waits import eventually, until

_LONG_S = 900


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A model that can read an episode in which it says nonsense."""
    folder = tiny_base("llama", tmp_path_factory.mktemp("base"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 32_768}))
    return folder


def words(folder, *more):
    return ["tune", "study", str(folder), "--config", "tiny", *map(str, more)]


def called(*given):
    return CliRunner().invoke(app, [*given], catch_exceptions=False)


def started(folder, *more):
    command = [sys.executable, "-m", "agent_planner.cli.main", *words(folder, *more)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def of_study(folder):
    """Processes that work in the folder."""
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                if str(folder).encode() in file.read():
                    found.append(int(name))
        except OSError:
            continue
    return found


@pytest.mark.live
@pytest.mark.timeout(2 * _LONG_S)
def test_a_study_that_is_killed_goes_on_to_its_end(base, tmp_path):
    """Of two arms; the others are made in the same way."""
    folder = tmp_path / "study"
    told = ("--base", base, "--only", "hybrid", "--only", "no_thoughts")
    run = folder / "arms" / "hybrid-0.5" / "0" / "model"
    process = started(folder, *told)
    until(lambda: read_log(run), process, _LONG_S / 2)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert eventually(lambda: not of_study(folder), 60), "the step outlives the study"
    kept = json.loads((folder / "study.json").read_text())
    assert list(kept["begun"]) == ["train arms/hybrid-0.5/0"] and len(kept["steps"]) == 9
    drawn = (folder / "data" / "scenarios.jsonl").stat().st_mtime_ns

    done = subprocess.run(
        [sys.executable, "-m", "agent_planner.cli.main", *words(folder, *told, "--jobs", 2)],
        capture_output=True,
        text=True,
        timeout=1.5 * _LONG_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "step 10 of 18: train arms/hybrid-0.5/0" in done.stdout and "step 9 of 18" not in done.stdout
    assert (folder / "data" / "scenarios.jsonl").stat().st_mtime_ns == drawn
    state = json.loads((folder / "study.json").read_text())
    assert len(state["steps"]) == 18
    assert [name for name, step in state["steps"].items() if not step["whole"]] == ["train arms/hybrid-0.5/0"]
    eta = state["choices"]["eta"]
    assert eta["value"] in (0.5, 0.8) and set(eta["figures"]) == {"0.5", "0.8"}
    lines = [line for line in read_results([folder / "results.jsonl"]) if isinstance(line, EpisodeLine)]
    assert [(line.model, line.seed) for line in lines] == [("expert", 0), ("hybrid/0", 0), ("no_thoughts/0", 0)]
    assert len({line.adapter for line in lines}) == 3
    page = (folder / "report.md").read_text()
    for heading in ("## Eta: ", "## Main arms", "## Ablations (exploratory)"):
        assert heading in page
    # What each was told is what was asked for.
    ran = json.loads((folder / "arms" / "no_thoughts" / "0" / "model" / "run.json").read_text())
    assert ran["config"]["forced_weight"] == 1.0 and ran["config"]["base"] == str(base)
    learned = (folder / "arms" / "no_thoughts" / "agent.jsonl").read_text()
    assert " needs " in (folder / "data" / "agent.jsonl").read_text() and ") needs " not in learned

    again = called(*words(folder, *told, "--dry-run"))
    assert len(re.findall(r"^ *\d+ done", again.stdout, re.MULTILINE)) == 18
    assert "18 steps" in again.stdout and " 0.0 minutes left" in again.stdout


@pytest.mark.live
def test_ctrl_c_ends_the_step_and_says_how_to_go_on(tmp_path):
    folder = tmp_path / "study"
    process = started(folder)
    log = folder / "logs" / "collect_data_collected.log"
    until(log.exists, process, _LONG_S / 2)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "ended within collect data/collected: what is begun resumes; the same command goes on" in told
    assert eventually(lambda: not of_study(folder), 60), "the step outlives the study"
    assert list(json.loads((folder / "study.json").read_text())["begun"]) == ["collect data/collected"]


def test_a_dry_run_shows_commands_and_touches_nothing(tmp_path):
    folder = tmp_path / "study"
    told = called("tune", "study", str(folder), "--dry-run").stdout
    assert f"agent-planner tune filter {folder}/data/collected.jsonl --out {folder}/data/agent.jsonl\n" in told
    assert "  # eta and best: to be chosen" in told
    assert re.search(r"^100 steps, 1[789]\.\d hours in all, 1[789]\.\d hours left", told, re.MULTILINE)
    assert not folder.exists()


def test_after_so_many_minutes_nothing_new_is_begun(tmp_path):
    told = called(*words(tmp_path / "study", "--until", 0)).stdout
    assert "0 minutes are over; left: " in told
    assert list((tmp_path / "study").iterdir()) == []


def test_a_step_that_fails_is_told_with_its_command(tmp_path, monkeypatch):
    folder = tmp_path / "study"
    monkeypatch.setattr(tune_study.sys, "executable", "/bin/false")
    with pytest.raises(
        InfrastructureError, match=r"scenarios data/scenarios ended with exit code 1(.|\n)*tune scenarios"
    ):
        called(*words(folder))


def test_side_by_side_each_step_has_its_share_and_none_outlives_the_one_that_fails(tmp_path, monkeypatch):
    """Two steps rest on nothing: the drawing of situations and the general data. The first to end fails."""
    folder, program = tmp_path / "study", tmp_path / "program"
    program.write_text(
        "#!/bin/sh\n"
        f"echo $OMP_NUM_THREADS $CUDA_VISIBLE_DEVICES $4 >> {tmp_path}/told\n"
        f"test $4 = scenarios && while ! grep -q general {tmp_path}/told; do sleep 0.05; done && exit 1\n"
        "exec sleep 600\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(tune_study.sys, "executable", str(program))
    monkeypatch.setattr(tune_study.os, "sched_getaffinity", lambda pid: set(range(6)))
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,6,7")
    with pytest.raises(InfrastructureError, match=r"scenarios data/scenarios ended with exit code 1"):
        called(*words(folder, "--jobs", 2))
    assert sorted((tmp_path / "told").read_text().splitlines()) == ["3 5 scenarios", "3 6 general"]
    assert not of_study(folder)
    begun = json.loads((folder / "study.json").read_text())["begun"]
    assert list(begun) == ["scenarios data/scenarios", "general data/general_generated"]


def test_what_is_done_anew_is_told_and_why(tmp_path, monkeypatch):
    folder = tmp_path / "study"
    driver = Driver(load_study("tiny"), folder)
    step = driver.steps[0]
    driver.begin(step)
    make(step, lambda model, cell, seed: True)
    driver.finish(step, 1.0, True)
    drawn = folder / "data" / "scenarios.jsonl"
    drawn.write_text("mended")
    monkeypatch.setattr(tune_study.sys, "executable", "/bin/false")
    told = CliRunner().invoke(app, words(folder)).stdout
    assert f"scenarios data/scenarios is done anew: {drawn} has changed (it is kept as scenarios.jsonl.changed)" in told


def test_a_training_begins_anew_with_data_that_have_changed(base, tmp_path):
    """With the real command, which goes on with no other data than it has begun with."""
    driver = Driver(load_study("tiny", str(base)), tmp_path)
    step = next(step for step in driver.steps if step.work is Work.TRAIN)
    for place in ("drawer", "oven"):
        step.inputs[0].parent.mkdir(parents=True, exist_ok=True)
        write_records(step.inputs[0], [talk(2, place) for _ in range(4)])
        driver = Driver(driver.study, tmp_path)
        driver.setup()
        whole = driver.begin(step)
        assert called("tune", *step.words).exit_code == 0
        driver.finish(step, 1.0, whole)
    ran = json.loads((step.outputs[1]).read_text())
    assert ran["data"] == {str(step.inputs[0]): sha256_of(step.inputs[0])}


def test_two_do_not_work_in_one_folder(tmp_path):
    with alone(tmp_path), pytest.raises(UserError, match="another process works there"):
        called(*words(tmp_path))


def test_a_changed_configuration_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "study"
    monkeypatch.setattr(tune_study.sys, "executable", "/bin/false")
    with pytest.raises(InfrastructureError):
        called(*words(folder))
    with pytest.raises(ConfigError, match=r"begun otherwise \(training\.changes\.base was null, is \"other\""):
        called(*words(folder, "--base", "other"))
