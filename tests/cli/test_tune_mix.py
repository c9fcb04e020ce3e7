# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune general` and `tune mix`, as a person calls them."""

import json
import re

import pytest
import typer
from typer.testing import CliRunner

from agent_planner.cli import tune_mix
from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.collect.identity import model_hash
from agent_planner.tuning.data.records import write_records
from agent_planner.tuning.mixture import sharegpt
from tests.tuning.mixture.tiny import tiny_model

app = typer.Typer()
app.command()(tune_mix.general)
app.command()(tune_mix.mix)


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def general(tmp_path):
    path = tmp_path / "general.jsonl"
    assert run("general", path, "--source", "generated", "--count", 30).exit_code == 0
    return path


@pytest.fixture
def agent(tmp_path):
    path = tmp_path / "agent.jsonl"
    turns = [{"from": "human", "loss": None, "value": "pick it"}, {"from": "gpt", "loss": True, "value": "pick()"}]
    write_records(path, [{"id": str(n), "conversations": turns, "instruction": f"pick up {n}"} for n in range(20)])
    return path


def test_a_generated_set_says_what_made_it(general):
    manifest = json.loads(general.with_suffix(".manifest.json").read_text())
    assert manifest["made_by"] == "tune general"
    assert manifest["config"] == {"source": "generated", "count": 30, "seed": 0, "split": "train"}
    assert manifest["counts"]["records"] == len(lines(general)) == 30


def test_sharegpt_is_drawn_from_the_split(tmp_path, monkeypatch):
    source, out = tmp_path / "installed.json", tmp_path / "out.jsonl"
    turns = [[{"from": "human", "value": f"question {n}"}, {"from": "gpt", "value": "answer"}] for n in range(300)]
    source.write_text(json.dumps([{"id": f"{n}_0", "conversations": t} for n, t in enumerate(turns)])[:-30])
    monkeypatch.setattr(sharegpt, "installed_file", lambda: source)
    done = run("general", out, "--source", "sharegpt", "--count", 10, "--split", "dev")
    assert done.exit_code == 0 and "broken_tail 1" in done.stdout
    assert [item["split"] for item in lines(out)] == ["dev"] * 10
    first = out.read_bytes()
    run("general", out, "--source", "sharegpt", "--count", 10, "--split", "dev", "--seed", 1)
    assert out.read_bytes() != first
    run("general", out, "--source", "sharegpt", "--count", 500, "--split", "dev")
    assert 10 < len(lines(out)) < 60


def test_sharegpt_may_come_from_a_file(tmp_path):
    source, out = tmp_path / "mine.json", tmp_path / "out.jsonl"
    turns = [[{"from": "human", "value": f"question {n}"}, {"from": "gpt", "value": "answer"}] for n in range(30)]
    source.write_text(json.dumps([{"id": f"{n}_0", "conversations": t} for n, t in enumerate(turns)]))
    assert run("general", out, "--source", "sharegpt", "--file", source).exit_code == 0
    assert {(item["source"], item["split"]) for item in lines(out)} == {("sharegpt", "train")}
    assert list(json.loads((tmp_path / "out.manifest.json").read_text())["inputs"]) == [str(source)]
    assert json.loads((tmp_path / "out.manifest.json").read_text())["config"]["limit"] == 4000


@pytest.mark.parametrize(
    ("source", "option", "of"),
    [
        ("generated", ("--file", "FILE"), "sharegpt"),
        ("synthesis", ("--file", "FILE"), "sharegpt"),
        ("generated", ("--limit", 5), "sharegpt"),
        ("generated", ("--base", "default"), "synthesis"),
        ("sharegpt", ("--batch", 7), "synthesis"),
        ("sharegpt", ("--config", "FILE"), "synthesis"),
    ],
)
def test_an_option_of_another_source_is_refused(tmp_path, source, option, of):
    file, out = tmp_path / "file", tmp_path / "out.jsonl"
    file.write_text("{}")
    with pytest.raises(UserError, match=f"{option[0]} is for --source {of}; leave it out"):
        run("general", out, "--source", source, *(file if word == "FILE" else word for word in option))
    assert not out.exists()


def test_options_win_over_the_file(tmp_path, general, agent):
    out, file = tmp_path / "mixture.jsonl", tmp_path / "mix.yaml"
    file.write_text(f"agent: [{agent}]\ngeneral: [{general}]\neta: 0.9\nsamples: 40\n")
    done = run("mix", out, "--config", file, "--eta", 0.5, "--weight", "generated=2")
    assert done.exit_code == 0 and "40 samples written" in done.stdout.replace("\n", " ")
    assert "without --against nothing was checked" in done.stdout and "clean" not in done.stdout
    assert "of the robot's records 0 have a reward below 1, 20 have none" in done.stdout
    config = json.loads((tmp_path / "mixture.manifest.json").read_text())["config"]
    assert (config["eta"], config["samples"], config["weights"]) == (0.5, 40, {"generated": 2.0})
    assert {item["source"] for item in lines(out)} == {"agent", "generated"}


def test_what_is_gone_through_again_and_again_is_told(tmp_path, general, agent):
    mine = tmp_path / "mine.jsonl"
    mine.write_text(agent.read_text())
    asked = ("mix", tmp_path / "mixture.jsonl", "--agent", agent, "--agent", mine, "--general", general)
    told = run(*asked, "--eta", 0.6, "--samples", 300, "--weight", "mine=9", "--weight", "agent=1").stdout
    assert re.findall(r"^(\w+) is gone through [\d.]+ times; more than 5", told, re.MULTILINE) == ["mine"]
    assert "is gone through" not in run(*asked, "--eta", 0.6, "--samples", 100).stdout


def test_what_is_wrong_is_told(tmp_path, general, agent):
    out, file = tmp_path / "mixture.jsonl", tmp_path / "mix.yaml"
    file.write_text("eta: 0.2\nsample: 4\n")
    with pytest.raises(ConfigError, match=r"mix\.yaml:2: sample: is no field that is known here"):
        run("mix", out, "--config", file)
    file.write_text(f"agent: [{agent}]\n")
    with pytest.raises(UserError, match="is read and would be written over"):
        run("mix", agent, "--config", file, "--general", general)
    with pytest.raises(UserError, match="--weight generated: is not of the form NAME=NUMBER"):
        run("mix", out, "--agent", agent, "--general", general, "--weight", "generated")
    with pytest.raises(UserError, match="--base .*nowhere/there: no tokenizer can be loaded"):
        run("mix", out, "--agent", agent, "--general", general, "--base", tmp_path / "nowhere/there")


def test_synthesis_and_counted_tokens_of_a_model_in_a_folder(tmp_path, agent):
    model, out, mixture = tmp_path / "model", tmp_path / "own.jsonl", tmp_path / "mixture.jsonl"
    for part in tiny_model():
        part.save_pretrained(model)
    told = tmp_path / "synthesis.yaml"
    told.write_text(f"base: {model}\nbatch: 3\nanswer_temperature: 0.9\nanswer_tokens: 40\n")
    asked = ("general", out, "--source", "synthesis", "--config", told, "--batch", 8, "--count")
    assert run(*asked, 2).exit_code == 0
    config = json.loads((tmp_path / "own.manifest.json").read_text())["config"]
    assert (config["batch"], config["answer_temperature"], config["top_p"]) == (8, 0.9, 0.9)
    assert config["model_sha256"] == model_hash(str(model))
    first = lines(out)
    assert run(*asked, 3).exit_code == 0
    assert len(first) == 2 and lines(out)[:2] == first and len(lines(out)) == 3
    assert run("mix", mixture, "--agent", agent, "--general", out, "--samples", 10, "--base", model).exit_code == 0
    assert run("mix", mixture, "--agent", agent, "--eta", 1, "--base", model, "--max-tokens", 900).exit_code == 0
    run("mix", mixture, "--agent", agent, "--general", out, "--samples", 10, "--base", model)
    counts = json.loads((tmp_path / "mixture.manifest.json").read_text())["counts"]
    assert 0 < counts["agent_token_share"] < 1
    (model / "generation_config.json").write_text(json.dumps({"eos_token_id": 0}))
    with pytest.raises(UserError, match=r"own\.jsonl\.drawn was begun with other settings \(model_sha256 was"):
        run(*asked, 4)
