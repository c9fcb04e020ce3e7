# SPDX-License-Identifier: Apache-2.0
"""`tune scenarios`, `collect` and `filter`, as a user types them."""

import json
import re
import signal
import subprocess
import sys
import threading

import pytest
from typer.testing import CliRunner

from agent_planner.cli.main import app
from agent_planner.errors import ConfigError, ModelError, UserError
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import library_file
from agent_planner.tuning.collect.config import Mistakes
from agent_planner.tuning.collect.identity import model_hash
from agent_planner.tuning.collect.work import WorkFile
from agent_planner.tuning.data import manifest as data_manifest
from agent_planner.tuning.data.alone import alone
from agent_planner.tuning.data.manifest import sha256_of
from agent_planner.tuning.scenarios import failure_table
from agent_planner.tuning.scenarios.failure_table import FailureTable, Kept, write_failures
from agent_planner.tuning.scenarios.proposals import Proposer
from agent_planner.tuning.scenarios.situations import read_situations


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


def test_scenarios_of_ones_own_robot(run, tmp_path):
    out, library = tmp_path / "mine.jsonl", tmp_path / "robot.yaml"
    text = library_file("turtlebot4").read_text()
    library.write_text(text)
    output = run("scenarios", out, "--count", 3, "--tasks", 4, "--skills", library)
    assert "ask for what these make: navigate_to, dock, undock\n" in output and "writes some: turn, drive\n" in output
    assert manifest(out)["inputs"] == {str(library): sha256_of(library)}
    found = list(read_situations(out))
    assert found and all(s.library == SkillLibrary.load(library) for s in found if "/twin" not in s.id)
    library.write_text(re.sub("  makes: .*", "", text))
    with pytest.raises(ConfigError, match="robot.yaml: no skill makes anything that there are words to ask for"):
        run("scenarios", tmp_path / "other.jsonl", "--skills", library)


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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--repeat", 2), "--repeat: is for models"),
        (("--teacher", "some", "--whole", 2), "--whole: is for the expert"),
        (("--processes", 2, "--ray", "auto"), "give one of them"),
        (("--from-episodes", "--seed", 1, "--ray", "auto"), "--seed, --ray: --from-episodes"),
    ],
)
def test_options_that_do_not_apply(run, drawn, tmp_path, options, message):
    with pytest.raises(UserError, match=message):
        run("collect", drawn, tmp_path / "out.jsonl", *options)


def test_what_is_wrong_begins_nothing_and_takes_nothing_away(run, drawn, tmp_path):
    out, before = tmp_path / "out.jsonl", drawn.read_bytes()
    with pytest.raises(UserError, match="there is no model 'nobody'"):
        run("collect", drawn, out, "--teacher", "nobody")
    with pytest.raises(UserError, match="is read and would be written over"):
        run("collect", drawn, drawn)
    with pytest.raises(UserError, match="is read and would be written over"):
        run("filter", drawn, "--out", drawn)
    with pytest.raises(UserError, match="is a folder"):
        run("scenarios", tmp_path)
    assert drawn.read_bytes() == before
    run("collect", drawn, out, "--whole", 1)  # no half-done work of the wrong command stands in its way


def test_a_collection_is_told_in_a_file_and_options_win(run, drawn, tmp_path):
    out, config = tmp_path / "collected.jsonl", tmp_path / "collect.yaml"
    config.write_text("seed: 3\nwhole: 1\nmistakes: {wrong_goal: 0.5}\n")
    run("collect", drawn, out, "--config", config, "--whole", 2)
    told = manifest(out)["config"]
    assert (told["seed"], told["whole"], told["mistakes"]["wrong_goal"]) == (3, 2, 0.5)
    assert told["mistakes"]["wrong_call"] == Mistakes().wrong_call
    config.write_text("mistakes: {wrong_gaol: 0.5}\n")
    with pytest.raises(ConfigError, match="wrong_gaol"):
        run("collect", drawn, out, "--config", config)


def test_calls_fail_as_a_table_says(run, drawn, tmp_path):
    out, table = tmp_path / "collected.jsonl", tmp_path / "failures.yaml"
    kept = [Kept(code="LID_STUCK", message="the lid is stuck", weight=1.0, reason="seen here")]
    write_failures(table, FailureTable(episodes=1, provoked=0, skills={}, kept=tuple(kept)))
    run("collect", drawn, out, "--failures", table)
    failed = {line for line in re.findall(r"failed ([A-Z_]+):", out.read_text()) if line != "NEEDS"}
    assert failed == {"LID_STUCK"}
    assert manifest(out)["config"]["failures_sha256"] == sha256_of(table)


def test_a_half_done_collection_is_of_the_model_that_began_it(run, drawn, tmp_path, monkeypatch):
    out, model = tmp_path / "collected.jsonl", tmp_path / "answers.json"
    model.write_text(json.dumps(["hm"] * 50))
    with monkeypatch.context() as patch:
        patch.setattr(WorkFile, "finish", lambda *_: pytest.fail("broken off"))
        with pytest.raises(pytest.fail.Exception):
            run("collect", drawn, out, "--teacher", f"scripted:{model}")
    model.write_text('["hm", "hm"]')
    with pytest.raises(ConfigError, match="begun with another configuration"):
        run("collect", drawn, out, "--teacher", f"scripted:{model}")


def test_a_collection_whose_first_unit_fails_has_not_begun(run, drawn, tmp_path):
    out, model = tmp_path / "collected.jsonl", tmp_path / "answers.json"
    model.write_text('["hm"]')
    with pytest.raises(ModelError, match="1 answers"):
        run("collect", drawn, out, "--teacher", f"scripted:{model}")
    assert not list(tmp_path.glob("collected*"))
    run("collect", drawn, out, "--whole", 1)


@pytest.mark.parametrize("command", ["scenarios", "collect"])
def test_what_is_killed_before_its_manifest_goes_on(run, drawn, tmp_path, monkeypatch, command):
    """Nothing is done anew; the manifest that an older file of that name has left is no longer in the way."""
    out, made = tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    words, options = ([drawn], ["--whole", 1]) if command == "collect" else ([], ["--count", 3, "--tasks", 2])
    run(command, *words, made, *options)
    out.with_suffix(".manifest.json").write_text("{}")
    with monkeypatch.context() as patch:
        patch.setattr(data_manifest, "write_manifest", lambda *_: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            run(command, *words, out, *options)
    assert out.exists() and manifest(out) == {}
    monkeypatch.setattr(WorkFile, "run", _nothing_left)
    run(command, *words, out, *options)
    assert out.read_bytes() == made.read_bytes() and manifest(out) == manifest(made)
    assert not list(tmp_path.glob("*.work"))


def _nothing_left(self, units, runner):
    assert self.done.keys() == units.keys()
    return iter(())


@pytest.mark.parametrize("command", ["scenarios", "collect"])
def test_one_file_is_made_once_at_a_time(run, drawn, tmp_path, command):
    work = tmp_path / "out.jsonl.work"
    work.touch()
    words = [drawn] if command == "collect" else []
    with alone(work), pytest.raises(UserError, match=r"out\.jsonl\.work: another process works there"):
        run(command, *words, tmp_path / "out.jsonl")
    assert work.exists() and not work.stat().st_size
    assert not (tmp_path / "out.jsonl").exists()


def test_two_situations_of_one_id_are_an_error(run, drawn, tmp_path):
    drawn.write_text(drawn.read_text() * 2)
    with pytest.raises(ConfigError, match="has two situations 'train/0/0/written0'"):
        run("collect", drawn, tmp_path / "out.jsonl")


def test_what_was_drawn_and_proposed_is_not_done_again(run, tmp_path, monkeypatch):
    """A model is asked about each scene once, however often the command is broken off; what it costs stays counted."""
    asked, broken = [], {"train/0/1"}

    def propose(self, situation, count):
        asked.append(situation.id)
        if situation.id in broken:
            raise ModelError("the server is down")
        self.dropped["not_json"] += 1
        yield situation.tasks[0].model_copy(update={"id": f"{situation.id}/new", "source": "proposed by x"})

    monkeypatch.setattr(Proposer, "propose", propose)
    model, out = tmp_path / "model.json", tmp_path / "scenarios.jsonl"
    model.write_text('["hm"]')
    words = ("scenarios", out, "--count", 3, "--tasks", 2, "--propose", f"scripted:{model}")
    with pytest.raises(ModelError):
        run(*words)
    assert not out.exists()
    before = [name for name in asked if name not in broken]
    broken.clear()
    run(*words)
    again = asked[asked.index("train/0/1") + 1 :]
    assert not set(again) & set(before) and again[0] == "train/0/1"
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["id"] for line in lines] == before + again
    counts = manifest(out)["counts"]
    assert counts["proposals_dropped"] == {"not_json": len(lines)}
    assert (counts["situations"], counts["sources"]["proposed by x"]) == (len(lines), len(lines))
    assert manifest(out)["config"]["model"] == model_hash(f"scripted:{model}") != ""


def test_episodes_that_are_taken_as_they_are_have_a_manifest(run, tmp_path):
    episode = tmp_path / "runs" / "one" / "episode.json"
    episode.parent.mkdir(parents=True)
    turns = [{"from": "human", "loss": None, "value": "go"}, {"from": "gpt", "loss": True, "value": "goal: at(desk)"}]
    episode.write_text(json.dumps({"id": "one", "conversations": turns}))
    out = tmp_path / "collected.jsonl"
    run("collect", tmp_path / "runs", out, "--from-episodes")
    told = manifest(out)
    assert (told["counts"]["records"], told["inputs"]) == (1, {str(episode): sha256_of(episode)})


def test_two_models_of_one_name_are_told_apart(tmp_path):
    assert model_hash(str(tmp_path / "none")) == model_hash("org/model") == model_hash("openai:x@http://y/v1") == ""
    (tmp_path / "adapter_config.json").write_text("{}")
    weights = tmp_path / "adapter_model.safetensors"
    hashes = set()
    for content in (b"a", b"b"):
        weights.write_bytes(content)
        hashes.add(model_hash(str(tmp_path)))
    (tmp_path / "README.md").write_text("changes nothing")
    assert len(hashes | {model_hash(str(tmp_path)), ""}) == 3
