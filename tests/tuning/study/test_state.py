# SPDX-License-Identifier: Apache-2.0
"""What is kept of a study, and when a step counts as done."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent_planner.errors import ConfigError
from agent_planner.tuning.study.config import Training, load_study
from agent_planner.tuning.study.rates import Work
from agent_planner.tuning.study.state import State, hash_of
from agent_planner.tuning.study.steps import Step

STUDY = load_study("tiny")


def a_step(folder, name="draw"):
    out = folder / f"{name}.jsonl"
    return Step(name, Work.SCENARIOS, ("scenarios", str(out)), (), (out, out.with_suffix(".manifest.json")), 10.0)


def do(state, step, text="made"):
    whole = state.begin(step)
    for path in step.outputs:
        path.write_text(text)
    state.finish(step, 4.0, whole)


def again(folder, study=STUDY):
    state = State(study, folder)
    state.read()
    return state


def test_a_step_is_done_once_its_outputs_are_there_and_as_they_were(tmp_path):
    state, step = State(STUDY, tmp_path), a_step(tmp_path)
    assert state.record(step) is None
    do(state, step)
    found = again(tmp_path).record(step)
    assert found is not None and (found.command, found.seconds, found.whole) == (step.command, 4.0, True)
    assert again(tmp_path).record(replace(step, words=(*step.words, "--seed", "1"))) is None
    step.outputs[0].write_text("something else")
    assert again(tmp_path).record(step) is None
    step.outputs[0].write_text("made")
    step.outputs[1].unlink()
    assert again(tmp_path).record(step) is None


def test_a_step_is_done_again_when_what_it_was_made_from_has_changed(tmp_path):
    state, first = State(STUDY, tmp_path), a_step(tmp_path)
    second = replace(a_step(tmp_path, "second"), inputs=(first.outputs[0],))
    do(state, first)
    do(state, second)
    assert again(tmp_path).record(second) is not None
    do(state, first, "made otherwise")
    assert state.record(first) is not None and state.record(second) is None
    do(state, second)
    assert again(tmp_path).record(second) is not None


def test_what_was_broken_off_goes_on_and_what_has_changed_begins_anew(tmp_path):
    source, half = tmp_path / "source.jsonl", tmp_path / "half"
    step = replace(a_step(tmp_path), inputs=(source,), unfinished=half)
    source.write_text("one")
    half.write_text("somebody's")
    assert State(STUDY, tmp_path).changes(step) == []
    State(STUDY, tmp_path).begin(step)
    assert half.exists(), "this step has not made it"
    again(tmp_path).begin(step)
    assert half.exists() and again(tmp_path).changes(step) == []

    source.write_text("another")
    state = again(tmp_path)
    assert state.changes(step) == [f"{source} has changed"]
    state.begin(step)
    assert not half.exists()
    half.write_text("of the other")
    other = replace(step, words=(*step.words, "--seed", "1"))
    assert state.changes(other) == [f"its command was {step.command}"]
    state.begin(other)
    assert not half.exists()


def test_what_is_done_and_gone_is_not_gone_on_with(tmp_path):
    state, step = State(STUDY, tmp_path), replace(a_step(tmp_path), unfinished=tmp_path / "last")
    do(state, step)
    (tmp_path / "last").write_text("at its end")
    step.outputs[1].unlink()
    assert again(tmp_path).changes(step) == [f"{step.outputs[1]} is gone"]
    again(tmp_path).begin(step)
    assert not (tmp_path / "last").exists() and step.outputs[0].read_text() == "made"


def test_what_somebody_has_changed_is_kept(tmp_path):
    step = a_step(tmp_path)
    for text in ("mine", "mine again"):
        do(again(tmp_path), step)
        step.outputs[0].write_text(text)
    assert again(tmp_path).changes(step) == [f"{step.outputs[0]} has changed (it is kept as draw.jsonl.changed1)"]
    do(again(tmp_path), step)
    kept = [(tmp_path / f"draw.jsonl.changed{number}").read_text() for number in ("", 1)]
    assert kept == ["mine", "mine again"] and step.outputs[0].read_text() == "made"
    results = replace(a_step(tmp_path, "results"), words=("evaluate", "results.jsonl"))
    do(again(tmp_path), results)
    results.outputs[0].write_text("made, and more")
    assert again(tmp_path).changes(results) == [f"{results.outputs[0]} has changed"]
    again(tmp_path).begin(results)
    assert results.outputs[0].read_text() == "made, and more", "evaluate adds to it"


def test_a_choice_holds_as_long_as_the_results_that_it_rests_on(tmp_path):
    results = tmp_path / "eta.jsonl"
    results.write_text("one")
    State(STUDY, tmp_path).choose("eta", 0.5, {}, [results])
    assert again(tmp_path).chosen("eta", [results]) is not None
    assert again(tmp_path).chosen("eta", [tmp_path / "study.json"]) is None
    results.write_text("another")
    assert again(tmp_path).chosen("eta", [results]) is None


def test_of_what_was_broken_off_the_seconds_do_not_count(tmp_path):
    step, other = a_step(tmp_path), a_step(tmp_path, "other")
    assert State(STUDY, tmp_path).begin(step)
    state = again(tmp_path)
    do(state, step)
    do(state, other)
    records = [again(tmp_path).record(one) for one in (step, other)]
    assert [record and record.whole for record in records] == [False, True]


def test_what_runs_is_not_done_whatever_it_has_written_so_far(tmp_path):
    state, step, other = State(STUDY, tmp_path), a_step(tmp_path), a_step(tmp_path, "other")
    do(state, step)
    state.begin(step)
    state.begin(other)
    assert state.record(step) is None
    step.outputs[0].write_text("made anew")
    state.finish(step, 3.0, True)
    found = again(tmp_path).record(step)
    assert found is not None and found.seconds == 3.0
    assert not again(tmp_path).begin(other)


def test_a_command_that_ends_well_and_makes_nothing(tmp_path):
    state, step = State(STUDY, tmp_path), a_step(tmp_path)
    state.begin(step)
    with pytest.raises(ConfigError, match=r"draw\.jsonl: is not there, although this ended well: agent-planner tune"):
        state.finish(step, 1.0, True)


def test_a_study_goes_on_only_with_the_same_configuration(tmp_path):
    State(STUDY, tmp_path).choose("eta", 0.5, {"0.5": {"loss": 1.0}}, [])
    kept = again(tmp_path).chosen("eta", [])
    assert kept is not None and kept.value == 0.5
    other = STUDY.model_copy(update={"samples": 13, "seeds": (0, 5)})
    with pytest.raises(ConfigError, match=r"begun otherwise \(samples was 12, is 13; seeds was \[0\], is \[0, 5\]\)"):
        again(tmp_path, other)
    training = Training(config="tiny", changes=STUDY.training.changes | {"rank": 3})
    with pytest.raises(ConfigError, match=r"rank was 2, is 3.*hyper_parameters\.rank was 2, is 3"):
        again(tmp_path, STUDY.model_copy(update={"training": training}))
    with pytest.raises(ConfigError, match=r"data\.tasks was 4, is 9"):
        again(tmp_path, STUDY.model_copy(update={"data": STUDY.data.model_copy(update={"tasks": 9})}))


def test_from_another_place_its_commands_would_be_others(tmp_path, monkeypatch):
    State(STUDY, tmp_path).begin(a_step(tmp_path))
    monkeypatch.chdir(tmp_path.parent)
    with pytest.raises(ConfigError, match="begun with the folder given as"):
        again(Path(tmp_path.name))


def test_a_damaged_file_is_told(tmp_path):
    (tmp_path / "study.json").write_text("{")
    with pytest.raises(ConfigError, match=r"study\.json: is no state of a study"):
        again(tmp_path)
    (tmp_path / "study.json").write_text(json.dumps({"folder": "x"}))
    with pytest.raises(ConfigError, match="configuration: is missing"):
        again(tmp_path)


def test_the_hash_of_a_folder_is_that_of_its_files(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name / "in").mkdir(parents=True)
        (tmp_path / name / "in" / "file").write_text("x")
    assert hash_of(tmp_path / "a") == hash_of(tmp_path / "b")
    (tmp_path / "b" / "in" / "file").rename(tmp_path / "b" / "in" / "other")
    assert hash_of(tmp_path / "a") != hash_of(tmp_path / "b")
