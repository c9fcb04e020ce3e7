# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune evaluate` and `tune report`, as a person calls them."""

import json

import pytest
import typer
from typer.testing import CliRunner

from agent_planner.cli import tune_evaluate, tune_report
from agent_planner.cli.alone import alone
from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.panel.results import EpisodeLine, RunLine, TaskLine, read_results

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
    assert lines[0].command == f"{told} --split dev {' '.join(levels)} --no-look-ahead --batch 3"

    before = results.read_text()
    again = run("evaluate", results, "--model", "expert", "--model", silent_model, *options)
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
    assert sorted(path.name for path in out.iterdir()) == [
        "errors_dev.png", "report.md", "success_dev_grammar.png", "success_dev_raw.png",
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
        (("--model", "expert", "--cell", "general_tasks", "--seeds", "0:300"), "0:300: there are 290 general tasks"),
        (("--model", "expert", "--processes", "2", "--ray", "local"), "--ray and --processes are two ways of the same"),
    ],
)
def test_what_is_wrong_is_told_before_anything_runs(tmp_path, options, message):
    with pytest.raises(UserError, match=message):
        run("evaluate", tmp_path / "r.jsonl", *options)
    assert not (tmp_path / "r.jsonl").exists()


def test_what_is_read_is_looked_at_before_anything_runs(tmp_path):
    results, data, good = (tmp_path / name for name in ("r.jsonl", "talk.jsonl", "good.jsonl"))
    turns = [{"from": "human", "value": "What is the sea?"}, {"from": "gpt", "loss": True, "value": "Salty water."}]
    good.write_text(json.dumps({"id": "sea", "conversations": turns}) + "\n")
    data.write_text(good.read_text() + '{"id": "land"}\n')
    options = ("--model", "expert", "--cell", "held_in", "--cell", "general_likelihood", "--seeds", "0:1")
    with pytest.raises(ConfigError, match=r"talk\.jsonl:2"):
        run("evaluate", results, *options, "--data", data)
    model = "openai:m@http://127.0.0.1:9/v1"
    with pytest.raises(UserError, match="need a model's weights; measure it without these"):
        run("evaluate", results, *options, "--model", model, "--data", good)
    assert not results.exists()


def test_two_do_not_write_into_one_file(tmp_path):
    results = tmp_path / "r.jsonl"
    results.touch()
    with alone(results), pytest.raises(UserError, match=r"r\.jsonl: another process works there"):
        run("evaluate", results, "--model", "expert", "--cell", "held_in", "--seeds", "0:1")
    assert run("evaluate", results, "--model", "expert", "--cell", "held_in", "--seeds", "0:1").exit_code == 0


def test_lines_of_another_panel_are_not_gone_on_with(tmp_path):
    results = tmp_path / "r.jsonl"
    options = ("--model", "expert", "--cell", "held_in")
    run("evaluate", results, *options, "--seeds", "0:1")
    run_line, line = map(json.loads, results.read_text().splitlines())
    results.write_text("\n".join(map(json.dumps, (run_line, line | {"instruction": "wave"}))) + "\n")
    with pytest.raises(ConfigError, match=r"another version of the panel \(held_in, dev 0: 'wave', now "):
        run("evaluate", results, *options, "--seeds", "0:2")


def test_likelihoods_need_their_data(tmp_path):
    data = tmp_path / "talk.jsonl"
    data.write_text("{}\n")
    with pytest.raises(UserError, match="go together"):
        run("evaluate", tmp_path / "r.jsonl", "--model", "base", "--cell", "held_in", "--data", data)


@pytest.mark.model
def test_likelihoods_of_the_base_and_the_default(tmp_path):
    results, data, out = tmp_path / "r.jsonl", tmp_path / "talk.jsonl", tmp_path / "report"
    turns = [{"from": "human", "value": "What is the sea?"}, {"from": "gpt", "loss": True, "value": "Salty water."}]
    data.write_text(json.dumps({"id": "sea", "conversations": turns}) + "\n")
    options = ("--cell", "general_likelihood", "--data", data)
    assert run("evaluate", results, "--model", "base", "--model", "default", *options).exit_code == 0
    assert run("report", results, "--out", out).exit_code == 0
    rows = [line for line in (out / "report.md").read_text().splitlines() if line.startswith("| default")]
    assert len(rows) == 1 and " to " in rows[0]
