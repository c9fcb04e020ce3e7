# SPDX-License-Identifier: Apache-2.0
"""What is measured is written at once and once only."""

import hashlib
import signal
import subprocess
import sys

import pytest

from agent_planner.agent.limits import LoopConfig
from agent_planner.errors import ConfigError
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.tuning.data.records import record
from agent_planner.tuning.panel.measure import Measurement, asked, subject
from agent_planner.tuning.panel.reference_models import ExpertModel
from agent_planner.tuning.panel.results import EpisodeLine, LikelihoodLine, Results, Subject, TaskLine, read_results
from agent_planner.types import Level
from tests.tuning.panel.lines import RUN
from tests.waits import until

CONFIG = LoopConfig(level=Level.GRAMMAR, look_ahead=False)


def measurement(path, told=lambda success: None) -> Measurement:
    return Measurement(Results(path, RUN), Subject(model="m", adapter="ab"), "dev", 4, told)


def test_episodes_are_written_with_all_that_reports_need(tmp_path):
    told = []
    one = measurement(tmp_path / "r.jsonl", told.append)
    one.episodes(ExpertModel, "ambiguous", [0, 1, 2, 3], CONFIG)
    lines = sorted(
        (line for line in read_results([tmp_path / "r.jsonl"]) if isinstance(line, EpisodeLine)),
        key=lambda line: line.seed,
    )
    assert [(line.seed, line.twin) for line in lines] == [(0, False), (1, True), (2, False), (3, True)]
    assert lines[0].pair == lines[1].pair != lines[2].pair
    assert {line.max_turns for line in lines} == {CONFIG.max_turns}
    assert {(line.model, line.adapter, line.level, line.look_ahead, line.cell) for line in lines} == {
        ("m", "ab", "grammar", False, "ambiguous")
    }
    assert all(line.success and line.goal_exact and not line.error and not line.category for line in lines)
    assert lines[0].truth.startswith("which(") and lines[0].goal != lines[0].truth and lines[0].calls > 0
    assert len(lines[1].steps) == lines[1].calls > 0 and lines[1].steps[0].endswith(": ok")
    assert told == [True] * 4


def test_what_failed_has_its_category(tmp_path):
    one = measurement(tmp_path / "r.jsonl")
    one.episodes(lambda cases: ScriptedModel(lambda request: "goal: none\nHello."), "held_in", [0, 1], CONFIG)
    _, *lines = read_results([tmp_path / "r.jsonl"])
    assert {(line.success, line.error, line.category) for line in lines} == {(False, "misread_goal", "wrong goal")}


def test_only_what_is_left_is_run(tmp_path):
    one = measurement(tmp_path / "r.jsonl")
    one.episodes(ExpertModel, "held_in", [0, 2], CONFIG)
    again = measurement(tmp_path / "r.jsonl")
    assert again.episodes_left("held_in", range(4), CONFIG) == [1, 3]
    assert again.episodes_left("renamed", range(2), CONFIG) == [0, 1]
    assert again.episodes_left("held_in", range(1), LoopConfig(level=Level.RAW, look_ahead=False)) == [0]
    again.tasks(ScriptedModel(lambda request: "4"), [5])
    assert measurement(tmp_path / "r.jsonl").tasks_left(range(4, 7)) == [4, 6]
    assert [type(line) for line in read_results([tmp_path / "r.jsonl"])][3:] == [TaskLine]


def test_conversations_are_read_once(tmp_path):
    # torch, which the process of the last test need not import
    from agent_planner.llm.weights import load_weights
    from tests.tuning.training.tiny import talk, tiny_base

    loaded = load_weights(str(tiny_base("llama", tmp_path / "tiny")), None, lambda text, fraction: None)
    records = [record("here", talk(2, place)) for place in ("drawer", "shelf")]
    one = measurement(tmp_path / "r.jsonl")
    one.conversations(loaded, records[:1], "talk")
    again = measurement(tmp_path / "r.jsonl")
    assert again.conversations_left(records, "talk") == records[1:]
    assert again.conversations_left(records, "other") == records
    [_, line] = read_results([tmp_path / "r.jsonl"])
    assert isinstance(line, LikelihoodLine) and line.conversation == records[0].id and line.log_likelihood < 0


def test_the_adapter_is_known_by_its_weights(tmp_path):
    (tmp_path / "adapter_model.safetensors").write_bytes(b"weights")
    assert subject("half:mine", str(tmp_path)) == Subject(
        model="half:mine", adapter=hashlib.sha256(b"weights").hexdigest()
    )
    assert subject("base", "base").adapter == "" and len(subject("default", "default").adapter) == 64


def test_a_model_without_an_adapter_is_known_by_its_files(tmp_path, monkeypatch):
    def known(weights: bytes) -> str:
        (tmp_path / "model.safetensors").write_bytes(weights)
        return subject(str(tmp_path), str(tmp_path)).adapter

    first = known(b"weights")
    assert len(first) == 64 and known(b"trained anew") != first == known(b"weights")
    monkeypatch.chdir(tmp_path)
    assert subject("expert", "") == Subject(model="expert")
    assert subject("org/model", "org/model") == Subject(model="org/model")


def test_general_tasks_are_asked_in_the_same_batches_after_a_break(tmp_path):
    model = ScriptedModel(lambda request: "4")
    one = measurement(tmp_path / "r.jsonl")
    one.tasks(model, [5])
    one.tasks(model, range(10))  # side by side: 0 to 3, 4 to 7, 8 and 9
    assert [request.conversation_id for request in model.heard] == [f"general/{n}" for n in (5, *range(10))]
    one.tasks(model, range(12))
    assert [request.conversation_id for request in model.heard[11:]] == [f"general/{n}" for n in (8, 9, 10, 11)]
    assert sorted(line.seed for line in read_results([tmp_path / "r.jsonl"])[1:]) == [*range(12)]


def test_what_stands_in_a_file_is_what_would_be_asked(tmp_path):
    path = tmp_path / "r.jsonl"
    one = measurement(path)
    one.episodes(ExpertModel, "held_in", [0, 1], CONFIG)
    one.tasks(ScriptedModel(lambda request: "4"), [5])
    Results(path, RUN).check_same(["held_in", "general_tasks"], "dev", range(9), asked)
    path.write_text(path.read_text().replace(asked("held_in", "dev", 1).instruction, "sing a song"))
    again = Results(path, RUN)
    again.check_same(["held_in"], "dev", [0], asked)
    again.check_same(["held_in"], "test", [1], asked)
    again.check_same(["general_tasks"], "dev", range(9), asked)
    with pytest.raises(
        ConfigError, match=r"r\.jsonl: seed 1 of held_in \(dev\) is 'sing a song' .* choose another file"
    ):
        again.check_same(["held_in"], "dev", range(9), asked)


def run_all(path):
    """Sixty episodes, as far as they are not there yet."""
    one = measurement(path)
    for cell in ("held_in", "compositions", "infeasible"):
        one.episodes(ExpertModel, cell, one.episodes_left(cell, range(20), CONFIG), CONFIG)


RUN_IT = "import sys, pathlib; from tests.tuning.panel.test_measure import run_all; run_all(pathlib.Path(sys.argv[1]))"


def test_killed_it_goes_on_to_the_same_results(tmp_path):
    path, whole = tmp_path / "r.jsonl", tmp_path / "whole.jsonl"
    process = subprocess.Popen([sys.executable, "-c", RUN_IT, str(path)])
    try:
        until(lambda: path.exists() and path.read_text().count("\n") >= 10, process, 120, every=0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    held = path.read_text()
    assert held.count("\n") < 61
    with path.open("a") as file:
        file.write('{"type": "episode", "model"')  # it may be killed while it writes
    run_all(path)
    run_all(whole)
    assert path.read_text().startswith(held)
    lines = [sorted(map(str, read_results([out])[1:])) for out in (path, whole)]
    assert lines[0] == lines[1] and len(lines[0]) == 60
