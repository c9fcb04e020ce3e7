# SPDX-License-Identifier: Apache-2.0
"""The commands of docs/tuning.md are carried out, on a small scale; and `make reproduce` runs the same."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from agent_planner.cli.main import app
from agent_planner.recording.episode import write_json
from agent_planner.skills.library import library_file
from agent_planner.tuning.collect.config import CollectConfig, Mistakes
from agent_planner.tuning.data.records import write_records

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tuning.md").read_text()
_COMMAND = re.compile(r"^agent-planner (tune .*)$", re.MULTILINE)
# What makes a command of the page small.
SMALL = {
    "--count": "4",
    "--tasks": "4",
    "--samples": "12",
    "--seeds": "0:1",
    "--processes": "1",
}
# What a command is told besides, to be small.
_MORE = {"train": ("--config", "tiny", "--steps", "1"), "evaluate": ("--max-turns", "3")}
_LLAMA, _QWEN = "meta-llama/Llama-2-7b-chat-hf", "Qwen/Qwen3-4B-Instruct-2507"
_LAUNCH = re.compile(r"^accelerate (launch (?:.*\\\n)*.*)$", re.MULTILINE)


def section(title):
    return PAGE.partition(f"## {title}")[2].partition("\n## ")[0]


def commands(title):
    return [shlex.split(line) for line in _COMMAND.findall(section(title))]


def small(words, out):
    """The command with its sizes cut down and its files in a folder."""
    words = [word.replace("OUT/", f"{out}/") for word in words]
    for option, value in SMALL.items():
        if option in words:
            words[words.index(option) + 1] = value
    return [*words, *_MORE.get(words[1], ())]


@pytest.fixture(scope="module")
def tiny_7b(tmp_path_factory):
    """A folder with all that the commands for 7B read: a tiny Llama, recorded episodes, agent and general data.

    One of the episodes succeeded, one failed, and in one a person took over.
    """
    from tests.recording.recorded import helped
    from tests.tuning.training.tiny import talk, tiny_base

    out = tmp_path_factory.mktemp("tiny_7b")
    tiny_base("llama", out / "base")
    scene = {
        "objects": [{"name": "red cube"}],
        "places": [{"name": "drawer"}],
        "relations": [["in", "red cube", "drawer"]],
    }
    known = {"goal": "in(red cube, drawer)", "steps": [], "scene": scene, "conversations": talk(3)["conversations"]}
    for name, outcome in (("mine", "succeeded"), ("failed", "timeout")):
        (out / "runs" / name).mkdir(parents=True)
        write_json(out / "runs" / name / "episode.json", {"id": name, "outcome": outcome} | known)
    helped(out / "runs", "taken-over")
    for name in ("agent", "mixture-7b"):
        write_records(out / f"{name}.jsonl", [talk(2, place) for place in ("shelf", "desk", "bin")])
    turns = [{"from": "human", "value": "what is 2 + 2"}, {"from": "gpt", "loss": True, "value": "4"}]
    write_records(out / "general.jsonl", [{"id": f"sum{n}", "conversations": turns} for n in range(3)])
    return out


def told(run_folder):
    """What a run was told, and its log."""
    config = json.loads((run_folder / "run.json").read_text())["config"]
    return config, [json.loads(line) for line in (run_folder / "log.jsonl").read_text().splitlines()]


def run(words):
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output


def test_every_command_of_the_page_is_carried_out():
    """Below, by sections; `agent-planner run` takes a robot, and is parsed alone (test_commands.py)."""
    sections = {"All steps once, small", "Scenarios", "General data", "Training", "Another base, and a server for it"}
    sections |= {"For llama.cpp and Ollama"}
    for title in re.findall(r"^## (.*)$", PAGE, re.MULTILINE):
        for block in re.findall(r"^```\n(.*?)^```$", section(title), re.MULTILINE | re.DOTALL):
            told = {shlex.split(line)[1] for line in block.splitlines() if line.startswith("agent-planner ")}
            assert told <= ({"run", "tune"} if title in sections else set()), f"{title}: a test has to carry these out"


def test_make_reproduce_runs_what_the_page_says():
    script = (ROOT / "scripts" / "reproduce.sh").read_text().replace("\\\n", " ").replace("$out/", "OUT/")
    steps = re.findall(r"^(?:tune OUT/\S+|step agent-planner tune) (.*)$", script, re.MULTILINE)
    assert [["tune", *shlex.split(step)] for step in steps] == commands("All steps once")


def test_the_defaults_of_a_collection_are_as_the_page_says():
    (text,) = re.findall(r"^```\n(teacher: .*?)^```$", section("Trajectories"), re.MULTILINE | re.DOTALL)
    told = yaml.safe_load(text)
    assert CollectConfig.model_validate(told) == CollectConfig()
    assert told["mistakes"].keys() == Mistakes.model_fields.keys()


@pytest.mark.model
@pytest.mark.timeout(900)
def test_all_steps_once(tmp_path):
    steps = commands("All steps once")
    assert [step[1] for step in steps] == [
        "scenarios", "collect", "filter", "general", "mix", "train", "evaluate", "report",
    ]  # fmt: skip
    for step in steps:
        run(small(step, tmp_path))
    assert "held_in" in (tmp_path / "report" / "report.md").read_text()


def test_scenarios_of_ones_own_robot(tmp_path):
    (step,) = commands("Scenarios")
    shutil.copy(library_file("nav2_moveit"), tmp_path / "my_robot.yaml")
    run([str(tmp_path / word) if word == "my_robot.yaml" else word for word in small(step, tmp_path)])
    assert (tmp_path / "own.jsonl").read_text().count("point_at") > 2


@pytest.mark.timeout(300)
def test_what_the_panel_asks_is_left_out(tiny_7b, tmp_path):
    for name in ("agent", "general"):
        shutil.copy(tiny_7b / f"{name}.jsonl", tmp_path)
    for step in commands("General data"):
        run(small(step, tmp_path))
    assert json.loads((tmp_path / "mixture.manifest.json").read_text())["counts"]["compared_with"] > 10


@pytest.mark.timeout(300)
def test_a_model_of_7b_as_an_adapter(tiny_7b):
    """With a tiny Llama in the place of Llama 2; the preset's own hyper-parameters but for the batch."""
    steps = commands("Training")
    assert steps[-1][1] == "train" and _LLAMA in steps[-1]
    for step in steps:
        words = [str(tiny_7b / "runs") if word == "runs" else word for word in step]
        words = [str(tiny_7b / "base") if word == _LLAMA else word.replace("OUT/", f"{tiny_7b}/") for word in words]
        for option, size in (("--samples", "12"), ("--count", "20")):
            if option in words:
                words[words.index(option) + 1] = size
        run([*words, *{"train": ("--steps", "2", "--batch", "4"), "general": ("--limit", "300")}.get(words[1], ())])
    kept = [json.loads(line) for line in (tiny_7b / "mine.jsonl").read_text().splitlines()]
    assert [record["id"] for record in kept] == ["mine", "taken-over"]
    dropped = json.loads((tiny_7b / "mine.manifest.json").read_text())["counts"]["dropped"]
    assert dropped == {"low_reward": 1, "nothing_to_learn": 1}
    counts = json.loads((tiny_7b / "mixture-7b.manifest.json").read_text())["counts"]
    assert counts["sources"]["agent"]["records"] == 5 and counts["agent_files"].keys() == {"agent", "mine"}
    config, log = told(tiny_7b / "llama")
    assert (config["full"], config["rank"], config["learning_rate"]) == (False, 64, 2e-4)
    assert (config["max_tokens"], config["dtype"], config["forced_weight"]) == (4096, "bfloat16", 1.0)
    assert [figures["step"] for figures in log] == [1, 2]
    assert (tiny_7b / "llama" / "adapter" / "adapter_model.safetensors").is_file()

    (export,) = [words for words in commands("For llama.cpp and Ollama") if "default" not in words]
    run([word.replace("OUT/model/", f"{tiny_7b}/llama/").replace("OUT/", f"{tiny_7b}/") for word in export])
    assert (tiny_7b / "mine.gguf").read_bytes()[:4] == b"GGUF"


@pytest.mark.timeout(300)
def test_another_base(tiny_7b, tmp_path):
    """With a tiny Qwen3 in its place."""
    from tests.tuning.training.tiny import tiny_base

    base = tiny_base("qwen3", tmp_path / "base")
    for name in ("agent", "general"):
        shutil.copy(tiny_7b / f"{name}.jsonl", tmp_path)
    for step in commands("Another base, and a server for it"):
        words = small([str(base) if word == _QWEN else word for word in step], tmp_path)
        run([*words[: -len(_MORE["train"])], "--steps", "2", "--batch", "4"] if words[1] == "train" else words)
    config, _ = told(tmp_path / "qwen")
    assert (config["full"], config["first_layer"], config["dtype"]) == (False, 0, "bfloat16")
    assert (tmp_path / "qwen" / "model" / "model.safetensors").is_file()


@pytest.mark.timeout(300)
def test_a_model_of_7b_on_several_devices(tiny_7b):
    """Two processors for the eight GPUs, with the shipped file.

    accelerate splits a model over accelerators only (`AcceleratorState`): on processors each process holds all of it,
    whatever the file says. The splitting itself is tested in tests/tuning/training/test_checkpoint.py.
    """
    (found,) = _LAUNCH.findall(section("Training"))
    words = [word.replace("OUT/", f"{tiny_7b}/") for word in shlex.split(found.replace("\\\n", " "))]
    config_file = ROOT / words[words.index("--config_file") + 1]
    assert re.search(r"^distributed_type: FSDP\n(.*\n)*num_processes: 8$", config_file.read_text(), re.MULTILINE)
    words[1:1] = ["--num_processes", "2", "--main_process_port", "0"]
    done = subprocess.run(
        [sys.executable, "-m", f"accelerate.commands.{words[0]}", *words[1:]]
        + ["--base", str(tiny_7b / "base"), "--steps", "2", "--batch", "2"],
        cwd=ROOT,
        env=os.environ | {"ACCELERATE_USE_CPU": "true"},
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    config, log = told(tiny_7b / "llama-full")
    assert (config["full"], config["learning_rate"], config["batch"]) == (True, 5e-5, 2)
    assert [figures["step"] for figures in log] == [1, 2]
    assert done.stdout.count("training: 2/2") == 1  # one of the processes speaks
    assert (tiny_7b / "llama-full" / "model" / "model.safetensors").is_file()
