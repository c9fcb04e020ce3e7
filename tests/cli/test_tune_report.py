# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune evaluate` and `tune report`, as a person calls them."""

import json

import pytest
import typer
from typer.testing import CliRunner

from agent_planner.cli import tune_evaluate, tune_report
from agent_planner.errors import UserError
from agent_planner.tuning.panel.results import EpisodeLine, RunLine, TaskLine, open_results, read_results
from tests.tuning.panel.lines import RUN

app = typer.Typer()
app.command("evaluate")(tune_evaluate.evaluate)
app.command("report")(tune_report.report)


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def silent_model(tmp_path):
    """A model that says the same to everything."""
    path = tmp_path / "script.json"
    path.write_text(json.dumps(["goal: none\nHello."] * 50))
    return f"scripted:{path}"


def test_measured_and_reported(tmp_path, silent_model):
    results, out = tmp_path / "r.jsonl", tmp_path / "report"
    cells = ("--cell", "held_in", "--cell", "renamed", "--cell", "ambiguous", "--cell", "general_tasks")
    levels = ("--level", "raw", "--level", "grammar")
    options = (*cells, *levels, "--seeds", "0:4", "--batch", "3")
    done = run("evaluate", results, "--model", "expert", "--model", silent_model, *options)
    assert done.exit_code == 0 and "expert renamed (raw)" in done.stdout
    lines = read_results([results])
    assert "expert is a reference row of the panel alone" in done.stdout
    assert [sum(isinstance(line, kind) for line in lines) for kind in (RunLine, EpisodeLine, TaskLine)] == [1, 48, 4]
    assert all(line.success for line in lines if isinstance(line, EpisodeLine) and line.model == "expert")
    assert isinstance(lines[0], RunLine) and "torch" in lines[0].versions
    told = f"agent-planner tune evaluate {results} --model expert --model {silent_model} {' '.join(cells)} --seeds 0:4"
    assert lines[0].command == f"{told} --split dev {' '.join(levels)} --no-look-ahead --max-turns 40 --batch 3"

    before = results.read_text()
    told = tmp_path / "panel.yaml"
    told.write_text(
        f"model: [expert, '{silent_model}']\ncell: [held_in, renamed, ambiguous, general_tasks]\n"
        "level: [raw, grammar]\nseeds: 0:4\nbatch: 3\n"
    )
    again = run("evaluate", results, "--config", told)
    assert again.exit_code == 0 and results.read_text() == before
    more = run("evaluate", results, "--model", "expert", *options[:-4], "--seeds", "0:5")
    assert more.exit_code == 0
    assert [line.seed for line in read_results([results])[len(lines) :] if isinstance(line, EpisodeLine)] == [4] * 6

    shared = tmp_path / "shared.jsonl"
    done = run("evaluate", shared, "--model", "expert", "--model", silent_model, *options, "--processes", "2")
    assert done.exit_code == 0 and shared.read_text().splitlines()[1:] == before.splitlines()[1:]
    assert "--batch 3 --processes 2" in shared.read_text().splitlines()[0]

    done = run("report", results, "--out", out)
    assert done.exit_code == 0 and f"report: {out / 'report.md'}" in done.stdout
    manifest = json.loads((out / "report.md.manifest.json").read_text())
    assert (manifest["made_by"], list(manifest["inputs"])) == ("tune report", [str(results)])
    assert sorted(path.name for path in out.iterdir()) == [
        "errors_dev.png", "report.md", "report.md.manifest.json", "success_dev_grammar.png", "success_dev_raw.png",
    ]  # fmt: skip
    assert "seeds 0:5" in (out / "report.md").read_text()


def test_halves_of_a_model(tmp_path, silent_model):
    results = tmp_path / "r.jsonl"
    rows = (f"goal+search:{silent_model}", f"search+calls:{silent_model}")
    options = ("--cell", "nothing_to_do", "--seeds", "0:8", "--look-ahead")
    assert run("evaluate", results, "--model", rows[0], "--model", rows[1], *options).exit_code == 0
    lines = [line for line in read_results([results]) if isinstance(line, EpisodeLine)]
    assert {line.model for line in lines} == set(rows) and all(line.look_ahead for line in lines)
    goals = {row: [line.goal_exact for line in lines if line.model == row and not line.twin] for row in rows}
    assert 0 < sum(goals[rows[0]]) < 4 and all(goals[rows[1]])


def test_the_test_panel_is_for_what_is_shipped(tmp_path):
    results = tmp_path / "r.jsonl"
    options = ("--cell", "held_in", "--seeds", "0:1", "--split", "test")
    assert "for a candidate that is to be shipped" in run("evaluate", results, "--model", "expert", *options).stdout
    assert read_results([results])[-1].split == "test"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--model", "expert", "--cell", "held-in"), "there is no cell 'held-in'; did you mean 'held_in'"),
        (("--model", "goal+search"), "write goal\\+search:MODEL, e.g. goal\\+search:default"),
        (("--model", "search+calls:nothing"), "there is no model 'nothing'"),
        (("--model", "expert", "--seeds", "4"), "--seeds 4: write A:B"),
        (("--model", "expert", "--cell", "general_likelihood"), "--data FILE .* go together"),
        (("--model", "expert", "--cell", "choice_accuracy"), "--records FILE .* go together"),
        (("--model", "expert", "--ray", "auto", "--processes", "2"), "--ray auto and --processes 2 .* choose one"),
        (("--model", "default", "--cell", "general_tasks", "--seeds", "0:291"), "no 291 different .* fewer --seeds"),
        (("--model", "default", "--cell", "written", "--seeds", "0:200"), "has 113 instructions on dev, .* --seeds"),
    ],
)
def test_what_is_wrong_is_told_before_anything_runs(tmp_path, options, message):
    with pytest.raises(UserError, match=message):
        run("evaluate", tmp_path / "r.jsonl", *options)
    assert not (tmp_path / "r.jsonl").exists()


def test_likelihoods_need_their_data(tmp_path):
    data = tmp_path / "talk.jsonl"
    data.write_text("{}\n")
    with pytest.raises(UserError, match="go together"):
        run("evaluate", tmp_path / "r.jsonl", "--model", "base", "--cell", "held_in", "--data", data)


def conversation(**more):
    turns = [{"from": "human", "value": "What is the sea?"}, {"from": "gpt", "loss": True, "value": "Salty water."}]
    return {"id": "sea", "conversations": turns} | more


@pytest.mark.parametrize(
    ("cell", "option", "more", "message"),
    [
        ("general_likelihood", "--data", {"conversations": 4}, r"held\.jsonl:2: has neither"),
        ("general_likelihood", "--data", {"split": "test"}, r"held\.jsonl:2: split: is 'test'"),
        ("choice_accuracy", "--records", {"conversations": 4}, r"held\.jsonl:2: has neither"),
        ("general_likelihood", "--data", {}, "scripted:.*: likelihoods need a model's weights"),
        ("choice_accuracy", "--records", {"split": "train"}, "scripted:.*: likelihoods need a model's weights"),
    ],
)
def test_what_cannot_be_read_is_told_before_anything_runs(tmp_path, silent_model, cell, option, more, message):
    held = tmp_path / "held.jsonl"
    held.write_text(f"{json.dumps(conversation())}\n{json.dumps(conversation(id='b', **more))}\n")
    model = silent_model if message.startswith("scripted") else "expert"
    with pytest.raises(UserError, match=message):
        run("evaluate", tmp_path / "r.jsonl", "--model", model, "--cell", "held_in", "--cell", cell, option, held)
    assert not (tmp_path / "r.jsonl").exists()


def test_a_file_of_another_panel_or_process_is_left_alone(tmp_path):
    results = tmp_path / "r.jsonl"
    options = ("--model", "expert", "--cell", "held_in", "--seeds", "0:2")
    assert run("evaluate", results, *options).exit_code == 0
    held = results.read_text()
    with open_results(results, RUN), pytest.raises(UserError, match="another process works there"):
        run("evaluate", results, *options[:-1], "0:3")
    with pytest.raises(UserError, match=r"of held_in \(dev\) may take 40 turns, those of this command 20; go on with"):
        run("evaluate", results, *options, "--max-turns", "20")
    line = read_results([results])[1]
    results.write_text(held.replace(line.instruction, "sing a song"))
    with pytest.raises(UserError, match=r"of held_in \(dev\) is 'sing a song' .* this version of the panel"):
        run("evaluate", results, *options[:-1], "0:3")
    assert results.read_text().count("\n") == held.count("\n")


@pytest.mark.model
def test_likelihoods_of_the_base_and_the_default(tmp_path):
    results, data, out = tmp_path / "r.jsonl", tmp_path / "talk.jsonl", tmp_path / "report"
    data.write_text(json.dumps(conversation()) + "\n")
    options = ("--cell", "general_likelihood", "--data", data)
    assert run("evaluate", results, "--model", "base", "--model", "default", *options).exit_code == 0
    assert run("report", results, "--out", out).exit_code == 0
    rows = [line for line in (out / "report.md").read_text().splitlines() if line.startswith("| default")]
    assert len(rows) == 1 and " to " in rows[0]
