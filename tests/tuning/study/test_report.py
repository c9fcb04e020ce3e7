# SPDX-License-Identifier: Apache-2.0
"""The page of a study whose results are made up."""

import json
import re

from PIL import Image

from agent_planner.tuning.panel.results import EpisodeLine, LikelihoodLine, read_results
from agent_planner.tuning.study.config import load_study
from agent_planner.tuning.study.driver import Driver
from agent_planner.tuning.study.gather import gather, lines_of
from agent_planner.tuning.study.report import write_report
from agent_planner.types import Level
from tests.tuning.study.made_up import do_all


def succeeds(model, cell, seed):
    if "hybrid" in model:
        return seed % 10 < 9
    return seed % 10 < {"agent_only": 6, "dagger": 8, "no_twins": 3}.get(
        model.split("/")[-4] if "/" in model else "", 1
    )


def written(driver, folder):
    lines = gather(driver.done, driver.study.evaluation.level, folder / "results.jsonl")
    return write_report(driver.study, folder, driver.done, lines, driver.choices).read_text()


def row(text, *cells):
    return re.search(r"^\| *" + r" *\| *".join(cells), text, re.MULTILINE)


def test_a_whole_study(tmp_path):
    driver = Driver(load_study("cores"), tmp_path)
    do_all(driver, succeeds)
    text = written(driver, tmp_path)
    assert re.findall(r"^##+ (.*)$", text, re.MULTILINE) == [
        "Eta: 0.8",
        "What was learned from",
        "Main arms",
        "Differences from hybrid",
        "By training seed",
        "Goals stated exactly, by kind",
        "Needless asks and refusals",
        "What was refused",
        "Errors",
        "Ablations (exploratory)",
        "On top of the best",
        "General tasks",
        "General likelihood",
        "Choice accuracy",
    ]
    assert row(text, r"expert +\| +10\.0 % \(.*n=300\)")
    assert row(text, r"base +\| +10\.0 % \(5\.5-17\.4, n=100\)")
    assert row(text, r"hybrid +\| +90\.0 % \(86\.1-92\.9, n=300\)")
    assert row(text, r"hybrid/2 +\| +90\.0 % \(82\.6-94\.5, n=100\)")
    assert row(text, "held_in", "hybrid", "agent_only", r"\+30\.0 \(.*\)", "300", "90:0", "<0.0001", "<0.0001")
    assert not row(text, "held_in", "agent_only", "general_only")
    assert row(
        text, "no_twins", r"leave_out: \['twins'\]", "infeasible", r"30\.0 % \(.*n=200\)", "agent_only", r"60\.0 %"
    )
    assert row(text, "infeasible", "agent_only", "no_twins", r"\+30\.0 \(.*\)", "200", "60:0")
    # What an arm was asked for its ablations alone is not compared with arms that were not.
    assert "failures_seen" not in text[text.index("## Main arms") : text.index("## Ablations")]
    assert "All rounds go on from hybrid/0 (start); hybrid has the highest mean success over cells" in text
    assert row(text, "held_in", "start", "dagger", r"\+10\.0 \(.*\)", "200", "20:0")
    assert row(text, "held_in", "dagger", "self_exploration", r"\+70\.0")
    assert row(text, "0.8", r"80\.00 %", r"-2\.1111", r"\+0\.00 %")
    for name in re.findall(r"!\[.+\]\((.+\.png)\)", text):
        with Image.open(tmp_path / name) as picture:
            assert picture.width > 500


def test_results_are_of_arms_and_seeds(tmp_path):
    driver = Driver(load_study("cores"), tmp_path, ["agent_only"])
    do_all(driver, succeeds)
    text = written(driver, tmp_path)
    lines = [line for line in read_results([tmp_path / "results.jsonl"]) if isinstance(line, EpisodeLine)]
    assert {line.model for line in lines} == {"expert", "agent_only/0", "agent_only/1", "agent_only/2"}
    assert {line.seed for line in lines if line.model == "agent_only/1"} == set(range(100, 200))
    assert row(text, r"agent_only +\| +60\.0 % \(.*n=300\)")  # the episodes for the ablations are not the arm's
    assert "### Differences" not in text and "exploratory" not in text


def test_what_is_not_of_the_model_as_it_is_now_does_not_count(tmp_path):
    driver = Driver(load_study("cores"), tmp_path, ["agent_only"])
    do_all(driver, succeeds)
    place = driver.places.results("agent_only", 1)
    first = next(line for line in read_results([place]) if isinstance(line, EpisodeLine))
    others = [{"adapter": "another"}, {"level": "raw"}, {"look_ahead": True}]
    kept = place.read_text()
    plain = [json.dumps(first.model_copy(update=other).model_dump(mode="json")) for other in others]
    place.write_text("\n".join([kept.strip(), *plain]) + "\n")
    model = str(driver.places.model("agent_only", 1))
    found = [line for line in lines_of(place, model, Level.GRAMMAR, ()) if isinstance(line, EpisodeLine)]
    assert len(found) == 200 and {(line.adapter, line.level, line.look_ahead) for line in found} == {
        (first.adapter, "grammar", False)
    }


def test_what_was_read_of_other_held_out_data_does_not_count(tmp_path):
    driver = Driver(load_study("cores"), tmp_path, ["agent_only"])
    do_all(driver, succeeds)
    place = driver.places.results("agent_only", 1)
    first = next(line for line in read_results([place]) if isinstance(line, LikelihoodLine))
    of_others = first.model_copy(update={"data": "held_out_general.jsonl 01234567"})
    place.write_text(place.read_text() + json.dumps(of_others.model_dump(mode="json")) + "\n")
    lines = gather([step for step in driver.steps if place in step.outputs], Level.GRAMMAR, tmp_path / "results.jsonl")
    assert {line.data for line in lines if isinstance(line, LikelihoodLine)} == {first.data}


def test_before_anything_was_measured(tmp_path):
    assert written(Driver(load_study("cores"), tmp_path), tmp_path).startswith("# Report of the study")
