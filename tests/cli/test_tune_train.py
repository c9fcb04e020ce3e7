# SPDX-License-Identifier: Apache-2.0
"""`agent-planner tune train`, as a person calls it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from agent_planner.cli import tune_train
from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.data.alone import alone
from agent_planner.tuning.training.config import load_config
from tests.tuning.training.tiny import talk, tiny_base

APP = typer.Typer()
APP.command()(tune_train.train)


def run(*arguments):
    return CliRunner().invoke(APP, [*map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def told(monkeypatch):
    """The configurations of runs that are not carried out."""
    found = []
    monkeypatch.setattr(tune_train, "_run", lambda config, out: found.append((config, out)))
    return found


def test_records_become_an_adapter_and_the_same_command_goes_on(tmp_path):
    base, data = tiny_base("llama", tmp_path / "base"), tmp_path / "data.jsonl"
    data.write_text("".join(json.dumps(talk(turns)) + "\n" for turns in (1, 2, 3, 2)))
    file = tmp_path / "mine.yaml"
    file.write_text(f"base: {base}\nfirst_layer: 0\nbatch: 2\nrank: 2\n")
    command = ("--out", tmp_path / "run", "--config", file, "--data", data, "--epochs", 2, "--eval-data", data)
    done = run(*command)
    assert done.exit_code == 0
    assert "\nrecords: 4, too long: 0, template refuses: 0, nothing to learn: 0, tokens: " in done.stdout
    assert "\nevaluation: records: 4, too long: 0, " in done.stdout
    assert "\nlearned: adapter on layers 0 to 2 of 3 (0 is the first), rank 2\n" in done.stdout
    assert "training: 4/4 loss" in done.stdout and "eval_loss" in done.stdout
    assert done.stdout.splitlines()[-1].endswith(f"agent-planner eval --model {tmp_path / 'run' / 'adapter'}")
    assert (tmp_path / "run" / "adapter" / "adapter_model.safetensors").is_file()
    before = (tmp_path / "run" / "log.jsonl").read_text()
    assert run(*command).exit_code == 0
    assert (tmp_path / "run" / "log.jsonl").read_text() == before
    ran = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (ran["steps"], ran["packing"], ran["config"]["rank"]) == (4, "tree", 2)
    assert ran["eval_counts"] == ran["counts"]


def test_two_do_not_train_in_one_folder(tmp_path):
    with alone(tmp_path), pytest.raises(UserError, match=f"{tmp_path}: another process works there"):
        run("--out", tmp_path, "--base", "./nowhere")


def test_counts_are_told_with_their_parts():
    counts = {"records": 9, "too_long": {"sharegpt": 2, "agent": 1}, "tokens": 3}
    assert tune_train._counted(counts) == "records: 9, too long: 3 (agent 1, sharegpt 2), tokens: 3"


def test_the_published_recipe_is_understood(told, tmp_path):
    run("--out", tmp_path / "first", "--steps", 760, "--seed", 0)
    run("--out", "x", "--start", "y", "--steps", 100, "--seed", 1, "--episodes", 8, "--learning-rate", "3e-4")
    (first, out), (second, _) = told
    default = load_config()
    assert (first, out) == (default.model_copy(update={"steps": 760}), tmp_path / "first")
    assert (second.start_adapter, second.steps, second.seed, second.learning_rate) == (Path("y"), 100, 1, 3e-4)
    assert second.seeds == default.seeds.model_copy(update={"episodes": 8})


def test_options_stand_above_the_preset(told):
    run("--out", "x", "--config", "agenttuning-7b", "--lora", "--data", "a", "--data", "b", "--refuse-too-long")
    ((config, _),) = told
    assert (config.full, config.data, config.too_long) == (False, (Path("a"), Path("b")), "error")
    assert config.learning_rate == 5e-5


def test_what_is_evaluated_has_a_length_too(told):
    run("--out", "x", "--eval-data", "a", "--max-tokens", 900, "--drop-too-long")
    ((config, _),) = told
    assert (config.data, config.max_tokens, config.too_long) == ((), 900, "drop")


def test_what_is_wrong_is_told(tmp_path):
    with pytest.raises(UserError, match="leave them out with data"):
        run("--out", tmp_path, "--data", "a", "--episodes", 3)
    for option in (("--epochs", 2), ("--batch", 8)):
        with pytest.raises(UserError, match="--epochs and --batch are of records; give --data, or take --steps"):
            run("--out", tmp_path, *option, "--eval-data", "a")
    for option in (("--max-tokens", 900), ("--drop-too-long",), ("--refuse-too-long",)):
        with pytest.raises(UserError, match="are of records; give --data or --eval-data, or leave them out"):
            run("--out", tmp_path, *option)
    with pytest.raises(UserError, match="--rank is of an adapter, and all weights are to be learned"):
        run("--out", tmp_path, "--full", "--rank", 4)
    with pytest.raises(ConfigError, match="did you mean 'tiny'"):
        run("--out", tmp_path, "--config", "tinny")
    with pytest.raises(ConfigError, match="nowhere.jsonl: cannot be read"):
        run("--out", tmp_path, "--base", tiny_base("llama", tmp_path / "base"), "--data", "nowhere.jsonl")
