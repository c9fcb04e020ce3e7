# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.panel.results import LikelihoodLine, Results, open_results, read_results
from tests.tuning.panel.lines import RUN, episode, task

LIKELIHOOD = LikelihoodLine(model="base", data="talk.jsonl 12345678", conversation="c", tokens=9, log_likelihood=-1.5)


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "made" / "r.jsonl"
    results = Results(path, RUN)
    assert path.read_text() == ""
    lines = [episode(), episode(seed=1, twin=True, steps=('pick(object="cup"): ok',)), task(), LIKELIHOOD]
    for line in lines:
        results.add(line)
    assert read_results([path]) == [RUN, *lines]
    assert [json.loads(line)["type"] for line in path.read_text().splitlines()] == [
        "run", "episode", "episode", "task", "likelihood",
    ]  # fmt: skip


def test_it_goes_on_where_it_was_killed(tmp_path):
    path = tmp_path / "r.jsonl"
    results = Results(path, RUN)
    results.add(episode())
    results.add(episode(seed=1))
    whole = path.read_text()
    path.write_text(whole[:-20])
    again = Results(path, RUN)
    assert episode().key in again.done and episode(seed=1).key not in again.done
    again.add(episode(seed=1))
    assert path.read_text() == whole


def test_it_may_be_killed_inside_a_character(tmp_path):
    path = tmp_path / "r.jsonl"
    results = Results(path, RUN)
    results.add(episode(instruction="stelle die Tasse auf den Küchentisch"))
    whole = path.read_bytes()
    path.write_bytes(whole + whole.splitlines()[-1].split("ü".encode())[0] + "ü".encode()[:1])
    again = Results(path, RUN)
    assert path.read_bytes() == whole and episode().key in again.done


def test_what_is_measured_apart_has_another_key():
    base = episode()
    others = [
        episode(model="base"), episode(adapter="ab"), episode(level="raw"), episode(look_ahead=True),
        episode(cell="renamed"), episode(split="test"), episode(seed=1),
    ]  # fmt: skip
    assert len({line.key for line in (base, *others)}) == 8
    assert base.key == episode(False).key
    assert base.column == "held_in" and episode(twin=True).column == "held_in (twins)"


def test_other_files_are_left_alone(tmp_path):
    notes = tmp_path / "notes.jsonl"
    notes.write_text("my thoughts")
    with pytest.raises(ConfigError, match="something else than results"):
        Results(notes, RUN)
    records = tmp_path / "records.jsonl"
    records.write_text('{"id": "a", "conversations": []}\n')
    with pytest.raises(ConfigError, match=r"records\.jsonl:1: .*does not say of what type it is"):
        Results(records, RUN)
    assert notes.read_text() == "my thoughts" and records.read_text().startswith('{"id"')
    with pytest.raises(UserError, match=r"ends in \.jsonl"):
        Results(tmp_path / "r.json", RUN)


def test_nothing_counts_twice(tmp_path):
    for name in ("a.jsonl", "b.jsonl"):
        Results(tmp_path / name, RUN.model_copy(update={"date": name})).add(episode())
    with pytest.raises(ConfigError, match=r"b\.jsonl:2: was measured in .*a\.jsonl:2 already"):
        read_results([tmp_path / "a.jsonl", tmp_path / "b.jsonl"])


def test_a_seed_is_the_same_scenario_in_all_files(tmp_path):
    for name, model in (("a.jsonl", "base"), ("b.jsonl", "default")):
        results = Results(tmp_path / name, RUN.model_copy(update={"date": name}))
        results.add(episode(model=model, seed=1))
        results.add(task(model=model, instruction=f"What is {len(model)} + 2?"))
        results.add(episode(model=model, seed=7, truth="in(cup, bin)" if model == "base" else "in(cup, box)"))
    with pytest.raises(ConfigError, match=r"b\.jsonl:3: seed 0 of general_tasks .*a\.jsonl:3"):
        read_results([tmp_path / "a.jsonl", tmp_path / "b.jsonl"])
    (tmp_path / "b.jsonl").write_text((tmp_path / "b.jsonl").read_text().replace("7 + 2", "4 + 2"))
    said = r"b\.jsonl:4: seed 7 of held_in \(dev\) is '.*' with in\(cup, box\) here .* in\(cup, bin\) .*a\.jsonl:4"
    with pytest.raises(ConfigError, match=said):
        read_results([tmp_path / "a.jsonl", tmp_path / "b.jsonl"])


def test_a_seed_has_as_many_turns_in_all_files(tmp_path):
    for name, model, turns in (("a.jsonl", "base", 20), ("b.jsonl", "default", 40), ("c.jsonl", "old", None)):
        results = Results(tmp_path / name, RUN.model_copy(update={"date": name}))
        results.add(episode(model=model, max_turns=turns))
    told = r"b\.jsonl:2: seed 0 of held_in \(dev\) may take 40 turns here and 20 there \(.*a\.jsonl:2\)"
    with pytest.raises(ConfigError, match=told):
        read_results([tmp_path / "a.jsonl", tmp_path / "b.jsonl"])
    older = (tmp_path / "c.jsonl").read_text().replace(', "max_turns": null', "")
    (tmp_path / "c.jsonl").write_text(older)
    assert "max_turns" not in older and len(read_results([tmp_path / "a.jsonl", tmp_path / "c.jsonl"])) == 4


def test_a_file_goes_on_with_as_many_turns(tmp_path):
    path = tmp_path / "r.jsonl"
    results = Results(path, RUN)
    results.add(episode(max_turns=20))
    results.add(episode(cell="written"))
    again = Results(path, RUN)
    again.check_limit(["held_in", "written"], "dev", 20)
    again.check_limit(["written"], "dev", 40)
    again.check_limit(["held_in"], "test", 40)
    with pytest.raises(ConfigError, match=r"r\.jsonl: its episodes of held_in \(dev\) may take 20 turns, .* 40; go on"):
        again.check_limit(["held_in"], "dev", 40)


def test_two_evaluations_do_not_write_into_one_file(tmp_path):
    path = tmp_path / "r.jsonl"
    with open_results(path, RUN) as results:
        results.add(episode())
        with pytest.raises(UserError, match=r"r\.jsonl: another process works there"), open_results(path, RUN):
            pass
        with open_results(tmp_path / "other.jsonl", RUN):
            pass
    with open_results(path, RUN) as again:
        assert episode().key in again.done
    assert sorted(file.name for file in tmp_path.iterdir()) == ["other.jsonl", "r.jsonl"]


def test_a_wrong_line_is_named(tmp_path):
    path = tmp_path / "r.jsonl"
    line = json.dumps({**episode().model_dump(mode="json"), "level": 3})
    path.write_text(f"{line}\n")
    with pytest.raises(ConfigError, match=r"r\.jsonl:1: episode\.level"):
        read_results([path])
