# SPDX-License-Identifier: Apache-2.0
"""Choice accuracy against plain forward passes, counted by hand."""

import json
from typing import Any

import pytest
import torch

from agent_planner.errors import ConfigError
from agent_planner.llm.base import Message
from agent_planner.llm.prompts import PromptEncoder
from agent_planner.llm.weights import Loaded, load_weights
from agent_planner.tuning.data.records import record
from agent_planner.tuning.panel.choices import ChoiceReader, Choices, groups_left, measure_choices, read_groups
from agent_planner.tuning.panel.document import write_report
from agent_planner.tuning.panel.results import ChoiceLine, Results, Subject, read_results
from agent_planner.tuning.panel.tables import choice_table
from agent_planner.tuning.training.encode import Encoder, of_record
from agent_planner.tuning.training.loss import pass_loss
from agent_planner.tuning.training.packing import padded_passes
from tests.tuning.panel.lines import RUN
from tests.tuning.training.tiny import FAMILIES, talk, tiny_base


@pytest.fixture(scope="module", params=FAMILIES)
def loaded(request, tmp_path_factory) -> Loaded:
    """A model that has learned a little, so that some of its first choices are right."""
    folder = tiny_base(request.param, tmp_path_factory.mktemp(request.param))
    found = load_weights(str(folder), None, lambda text, fraction: None)
    model: Any = found.model.float().requires_grad_(True)
    model.set_attn_implementation("sdpa")
    encoder = Encoder(found.tokenizer, forced_weight=1.0)
    samples = [sample for item in items() for sample in encoder.samples(of_record(item))]
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(12):
        for packed in padded_passes(samples, 10_000):
            pass_loss(model, model.get_output_embeddings(), packed, torch.float32).backward()
        optimizer.step()
        optimizer.zero_grad()
    return Loaded(model.eval().requires_grad_(False), found.tokenizer)


def by_hand(loaded, items) -> Choices:
    """One forward pass a turn, with the attention of transformers; every token with a letter, digit or line break."""
    prompts = PromptEncoder(loaded.tokenizer)
    tokens = right = 0
    loaded.model.set_attn_implementation("eager")
    for item in items:
        messages = [Message("system", item.conversations[0].value)]
        for turn in item.conversations[1:]:
            if turn.loss:
                prompt, said = prompts.encode(messages), prompts.answer(messages, turn.value)
                with torch.inference_mode():
                    best = loaded.model(input_ids=torch.tensor([prompt + said])).logits[0].argmax(-1).tolist()
                for place, token in enumerate(said):
                    text = loaded.tokenizer.decode([token])
                    if any(c.isalnum() or c == "\n" for c in text):
                        tokens += 1
                        right += best[len(prompt) + place - 1] == token
            messages.append(Message("user" if turn.loss is None else "assistant", turn.value))
    return Choices(tokens, right)


def items():
    plain = [talk(1), talk(3), talk(4), talk(2, place="shelf")]
    plain[2]["conversations"][4]["loss"] = False
    return [record("here", one) for one in plain]


def test_as_counted_by_hand(loaded):
    expected = by_hand(loaded, items())
    assert 0 < expected.right < expected.tokens and expected.tokens > 50
    assert ChoiceReader(loaded).read(items()) == expected


def test_what_the_model_cannot_read_is_told(loaded):
    reader = ChoiceReader(loaded)
    reader._context = 20
    with pytest.raises(ConfigError, match=r"talk-drawer-1: has \d+ tokens; the model reads 20"):
        reader.read(items()[:1])


def test_a_line_a_situation_and_once_only(loaded, tmp_path):
    path = tmp_path / "held_out.jsonl"
    plain = [talk(1) | {"group": "a"}, talk(2) | {"group": "b"}, talk(3) | {"group": "a"}]
    path.write_text("".join(json.dumps(one) + "\n" for one in plain))
    groups = read_groups(path)
    assert {name: len(found) for name, found in groups.items()} == {"a": 2, "b": 1}
    who = Subject(model="m", adapter="ab")
    results = Results(tmp_path / "r.jsonl", RUN)
    counted = list(measure_choices(results, who, loaded, "d", groups, ["b"]))
    again = Results(tmp_path / "r.jsonl", RUN)
    assert groups_left(again, who, "d", groups) == ["a"] and groups_left(again, who, "other", groups) == ["a", "b"]
    counted += measure_choices(again, who, loaded, "d", groups, ["a"])
    lines = [line for line in read_results([tmp_path / "r.jsonl"]) if isinstance(line, ChoiceLine)]
    assert [(line.group, line.tokens, line.right) for line in lines] == [
        (name, *found) for name, found in zip("ba", counted, strict=True)
    ]


def test_a_report_shows_choices(tmp_path):
    lines = [ChoiceLine(model="m", data="d", group="a", tokens=8, right=6)]
    text = write_report([RUN, *lines], tmp_path, "base").read_text()
    assert "## Choice accuracy" in text and choice_table({"m": lines}) in text


def test_the_table_counts_tokens():
    lines = [
        ChoiceLine(model="m", data="d", group=name, tokens=n, right=r) for name, n, r in (("a", 30, 10), ("b", 10, 5))
    ]
    lines.append(ChoiceLine(model="m", data="other", group="a", tokens=4, right=4))
    assert [[cell.strip() for cell in row.split("|")[1:-1]] for row in choice_table({"m": lines}).splitlines()[2:]] == [
        ["m", "d", "37.50 %", "40", "2"],
        ["m", "other", "100.00 %", "4", "1"],
    ]
