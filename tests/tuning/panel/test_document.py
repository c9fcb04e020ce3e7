# SPDX-License-Identifier: Apache-2.0
import re

import pytest
from PIL import Image

from agent_planner.errors import UserError
from agent_planner.tuning.panel.document import write_report
from agent_planner.tuning.panel.results import LikelihoodLine
from tests.tuning.panel.lines import RUN, episode, episodes, task


def panel(model, wins, **known):
    twins = [episode(cell="ambiguous", seed=s, twin=True, model=model, **known) for s in (1, 3)]
    return [
        *episodes(wins, model=model, **known),
        *episodes(wins[::-1], model=model, cell="renamed", **known),
        *twins,
    ]


def read(model, *values, **known):
    return [
        LikelihoodLine(model=model, data="talk", conversation=str(i), tokens=5, log_likelihood=value, **known)
        for i, value in enumerate(values)
    ]


def test_a_report_of_everything(tmp_path):
    lines = [
        RUN,
        *panel("base", "+---"),
        *panel("default", "+++-", adapter="ab" * 32),
        *panel("default", "++++", adapter="ab" * 32, look_ahead=True),
        *(task(model="base", seed=seed) for seed in range(4)),
        *(task(model="default", adapter="ab" * 32, seed=seed) for seed in range(4)),
        *read("base", -1.0, -2.0),
        *read("default", -1.01, -2.01, adapter="ab" * 32),
    ]
    told = []
    page = write_report(lines, tmp_path / "out", "base", told.append)
    text = page.read_text()
    assert told == ["the dev panel"]
    assert re.findall(r"^##+ (.*)$", text, re.MULTILINE) == [
        "The dev panel",
        "Success by cell (dev)",
        "Differences between models (dev, grammar)",
        "Differences from held_in (dev, grammar)",
        "Differences from held_in (dev, grammar + look-ahead)",
        "Goals stated exactly, by kind (dev)",
        "Errors (dev)",
        "Needless asks and refusals (dev)",
        "What was invalid (dev)",
        "General tasks (dev)",
        "General likelihood",
    ]
    assert f"- `{RUN.command}` (2026-01-02; torch 2)" in text and f"- default: `{'ab' * 32}`" in text
    assert "30 episodes, seeds 0:4;" in text
    assert re.search(r"^\| NEEDS +\|", text, re.MULTILINE)
    assert re.search(r"^\| default, grammar +\| +75\.0 % \(30\.1-95\.4, n=4\) \|", text, re.MULTILINE)
    pictures = re.findall(r"!\[.+\]\((.+\.png)\)", text)
    assert pictures == ["success_dev_grammar.png", "success_dev_grammar_look_ahead.png", "errors_dev.png"]
    for picture in pictures:
        assert Image.open(page.parent / picture).format == "PNG"


def test_adapters_and_levels_are_rows_of_their_own_wherever_they_were_measured(tmp_path):
    lines = [
        *episodes("+-", adapter="a" * 64),
        *episodes("++", adapter="b" * 64, level="raw"),
        *episodes("--", adapter="b" * 64, split="test"),
        task(adapter="a" * 64),
        *read("default", -1.0, adapter="b" * 64),
    ]
    text = write_report(lines, tmp_path, "base").read_text()
    named = re.findall(r"default [ab]{8}(?:, \w+)?", text)
    assert set(named) == {"default aaaaaaaa, grammar", "default bbbbbbbb, raw", "default bbbbbbbb, grammar"} | {
        "default aaaaaaaa", "default bbbbbbbb",
    }  # fmt: skip
    assert not re.search(r"default(?! [ab]{8}|: `)", text)


def test_dev_and_test_are_never_mixed(tmp_path):
    lines = [*episodes("++"), *episodes("--", split="test"), episode(seed=7, split="test")]
    text = write_report(lines, tmp_path, "base").read_text()
    assert "2 episodes, seeds 0:2;" in text and "3 episodes, seeds 0:2, 7:8;" in text
    assert "100.0 % (34.2-100.0, n=2)" in text and "33.3 % (6.1-79.2, n=3)" in text
    assert "commands that the files do not tell" in text


def test_a_model_of_other_tokens_takes_nothing_from_the_page(tmp_path):
    other = [line.model_copy(update={"tokens": 4}) for line in read("llama", -1.2)]
    text = write_report([*read("base", -1.0), *read("default", -1.1), *other], tmp_path, "base").read_text()
    assert re.search(r"^\| llama +\| talk +\| +-1\.2000 \| +other tokens \|", text, re.MULTILINE)
    assert "+10.00 %" in text and "other tokens: its tokenizer cuts the same text otherwise" in text


def test_what_was_not_measured_is_said(tmp_path):
    text = write_report(read("default", -1.0), tmp_path, "base").read_text()
    assert "measure `--model base` on the same data, too" in text and "panel\n\n###" not in text
    assert re.search(r"^\| default +\| talk +\| +-1\.0000 \|", text, re.MULTILINE)
    with pytest.raises(UserError, match="there is no result in these files"):
        write_report([RUN], tmp_path, "base")
