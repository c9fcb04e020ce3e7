# SPDX-License-Identifier: Apache-2.0
"""Samples from a model: drawn again they are the same, a killed process loses and repeats none, faults are counted."""

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import torch

from agent_planner.errors import ModelError, UserError
from agent_planner.tuning.data.records import Record
from agent_planner.tuning.mixture.general import opening_key, split_of
from agent_planner.tuning.mixture.names import Split
from agent_planner.tuning.mixture.sampler import Said, Sampler
from agent_planner.tuning.mixture.synthesis import answer_fault, instruction_fault, synthesize
from agent_planner.tuning.mixture.synthesis_config import SynthesisConfig
from agent_planner.tuning.training.encode import Encoder, of_record
from tests.tuning.mixture.tiny import tiny_model
from tests.waits import until

CONFIG = SynthesisConfig(base="tiny", batch=6, instruction_tokens=40, answer_tokens=40)


@pytest.fixture(scope="module")
def sampler():
    return Sampler(tiny_model(), CONFIG.top_p)


def made(sampler, journal, count, config=CONFIG, model_sha256="one"):
    counts = Counter()
    return [item.plain() for item in synthesize(sampler, config, model_sha256, journal, count, counts)], counts


def test_the_same_seed_gives_the_same_set_and_leaves_torch_alone(sampler, tmp_path):
    torch.manual_seed(5)
    state = torch.get_rng_state()
    first, counts = made(sampler, tmp_path / "one", 4)
    assert torch.equal(torch.get_rng_state(), state)
    again, _ = made(sampler, tmp_path / "two", 4)
    other, _ = made(sampler, tmp_path / "three", 4, CONFIG.model_copy(update={"seed": 1}))
    held_out, _ = made(sampler, tmp_path / "four", 1, CONFIG.model_copy(update={"split": Split.DEV}))
    assert first == again and counts["kept"] == 4 < counts.total()
    texts = [{item["conversations"][0]["value"] for item in items} for items in (first, other, held_out)]
    assert len(texts[0]) == 4 and texts[0].isdisjoint(texts[1]) and texts[0].isdisjoint(texts[2])
    assert {(item["source"], item["split"]) for item in held_out} == {("synthesis", "dev")}


class _Scripted:
    """Says, whatever the seed, the same instructions, batch after batch."""

    system = ""

    def __init__(self):
        self.said, self.answered = 0, []

    def instructions(self, count, tokens, temperature, seed):
        self.said += count
        return [Said(f"Say the number {n}", True) for n in range(self.said - count, self.said)]

    def answers(self, asked, tokens, temperature, seed):
        self.answered += asked
        return [Said("Here it is.", True)] * len(asked)


def test_an_instruction_is_of_one_split_whoever_draws_it(tmp_path):
    found, batch = {}, CONFIG.model_copy(update={"batch": 300})
    for split in Split:
        sampler, counts = _Scripted(), Counter()
        config = batch.model_copy(update={"split": split})
        kept = synthesize(sampler, config, "", tmp_path / split, 20, counts)
        found[split] = {item.conversations[0].value for item in kept}
        assert all(split_of("synthesis", opening_key(text)) is split for text in sampler.answered)
        assert counts["other_split"] > 0 and len(found[split]) == 20
    assert len(set.union(*found.values())) == 60


_CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_DEFAULT = "{% if messages[0].role != 'system' %}<|im_start|>system\nyou tell where the cup is<|im_end|>\n{% endif %}"
_REFUSES = "{% if messages[0].role == 'system' %}{{ raise_exception('no system turn') }}{% endif %}"


@pytest.mark.parametrize(
    ("template", "system"),
    [
        (_DEFAULT + _CHATML, "you tell where the cup is"),
        # Not ChatML: training has this one written by the template itself, with the same words.
        (_DEFAULT + _CHATML.replace("|>\\n", "|> "), "you tell where the cup is"),
        (_CHATML, ""),
    ],
)
def test_what_the_model_was_given_is_what_training_reads(tmp_path, template, system):
    loaded = tiny_model()
    loaded.tokenizer.chat_template = template.replace("\\n", "\n")
    sampler = Sampler(loaded, CONFIG.top_p)
    asked, draw = [], sampler._draw
    sampler._draw = lambda prompts, *more: asked.extend(prompts) or draw(prompts, *more)
    items, _ = made(sampler, tmp_path / "drawn", 1)
    values = [turn["value"] for turn in items[0]["conversations"]]
    assert (sampler.system, values[:-2]) == (system, [system] if system else [])
    (sample,) = Encoder(loaded.tokenizer, 1.0).samples(of_record(Record.model_validate(items[0])))
    before = sample.tokens[: int((sample.weights > 0).argmax())].tolist()
    assert before in asked


def test_a_template_that_takes_no_system_turn_writes_none():
    loaded = tiny_model()
    loaded.tokenizer.chat_template = _REFUSES + _CHATML
    assert Sampler(loaded, 0.9).system == ""


def test_a_template_that_ends_no_user_turn_is_told():
    loaded = tiny_model()
    loaded.tokenizer.chat_template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
    with pytest.raises(UserError, match="writes nothing behind a user's turn"):
        Sampler(loaded, 0.9)


def test_a_larger_count_goes_on_where_it_was(sampler, tmp_path):
    few, _ = made(sampler, tmp_path / "drawn", 2)
    lines = (tmp_path / "drawn").read_text().splitlines()
    more, _ = made(sampler, tmp_path / "drawn", 6)
    assert more[:2] == few
    assert (tmp_path / "drawn").read_text().splitlines()[: len(lines)] == lines
    with pytest.raises(UserError, match=r"was begun with other settings \(seed was 0, is 1\)"):
        made(sampler, tmp_path / "drawn", 6, CONFIG.model_copy(update={"seed": 1}))
    with pytest.raises(UserError, match=r"was begun with other settings \(model_sha256 was 'one', is 'another'\)"):
        made(sampler, tmp_path / "drawn", 6, model_sha256="another")


_CHILD = """
import sys, time
from collections import Counter
from pathlib import Path
from agent_planner.tuning.mixture.sampler import Sampler
from agent_planner.tuning.mixture.synthesis import synthesize
from tests.tuning.mixture.test_synthesis import CONFIG
from tests.tuning.mixture.tiny import tiny_model
synthesize(Sampler(tiny_model(), CONFIG.top_p), CONFIG, "one", Path(sys.argv[1]), 10_000, Counter())
"""


def test_a_killed_process_goes_on_to_the_same_set(sampler, tmp_path):
    whole, _ = made(sampler, tmp_path / "whole", 8)
    journal = tmp_path / "killed"
    root = Path(__file__).parents[3]
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(journal)], cwd=root)
    until(lambda: journal.exists() and journal.read_text().count("\n") >= 3, child, 120)
    child.send_signal(signal.SIGKILL)
    assert child.wait(20) == -signal.SIGKILL
    # As if it had been killed in the middle of a line.
    text = journal.read_text()
    kept = text[: [place for place, c in enumerate(text) if c == "\n"][2] + 1]
    journal.write_bytes(kept.encode() + '[{"instruction": "half a ü'.encode()[:-1])
    again, _ = made(sampler, journal, 8)
    assert again == whole
    assert journal.read_text().startswith(kept + "[{")


def test_a_template_without_an_end_of_turn_ends_at_the_opening_of_the_answer(monkeypatch):
    loaded = tiny_model()
    loaded.tokenizer.chat_template = None  # the form of Llama 2
    sampler = Sampler(loaded, 0.9)
    prompts = []

    def drawn(asked, *_):
        prompts.extend(loaded.tokenizer.decode(ids) for ids in asked)
        return [loaded.tokenizer("where is the cup [/INST] on the table")["input_ids"]] * len(asked)

    monkeypatch.setattr(sampler, "_draw", drawn)
    assert sampler.instructions(1, 9, 1.0, 0) == [Said("where is the cup", True)]
    sampler.answers(["tell me"], 9, 1.0, 0)
    assert [prompt.split() for prompt in prompts] == [
        ["<|im_start|>", "[INST]"],
        ["<|im_start|>", "[INST]", "tell", "me", "[/INST]"],
    ]


@pytest.mark.parametrize(
    ("text", "ended", "fault"),
    [
        ("Name three fruits.", True, None),
        ("Name three fruits.", False, "not_ended"),
        ("Fruits?", True, "short"),
        ("one two three four " * 5, True, "repeats"),
        ("请告诉我 今天 的天气", True, "script"),
        ("2 + 2 =", True, None),
    ],
)
def test_faults_of_instructions(text, ended, fault):
    assert instruction_fault(Said(text, ended)) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("4.", None),
        ("", "short"),
        ("I'm sorry, but that is nothing for me.", "refusal"),
        ("As an AI language model I have no taste.", "refusal"),
        ("I cannot help with that.", "refusal"),
        ("Sure. However, I'm a text-based AI and cannot see it.", "refusal"),
        ("The man said that he cannot swim.", None),
    ],
)
def test_faults_of_answers(text, fault):
    assert answer_fault(Said(text, True)) == fault


def test_a_model_that_gives_nothing_of_use_is_told(sampler, tmp_path):
    config = CONFIG.model_copy(update={"instruction_tokens": 2, "batch": 100})
    with pytest.raises(ModelError, match=r"of 500 samples of tiny only 0 are of use \(short: \d+"):
        made(sampler, tmp_path / "drawn", 5, config)


@pytest.mark.model
def test_the_default_base_writes_instructions_and_answers(tmp_path):
    from agent_planner.llm.default_model import default_base
    from agent_planner.llm.weights import load_weights

    sampler = Sampler(load_weights(str(default_base()), None, lambda text, fraction: None), 0.9)
    config = SynthesisConfig(base="base", batch=4, instruction_tokens=40, answer_tokens=8)
    said = sampler.instructions(4, 48, config.temperature, 0)
    assert sum(instruction_fault(item) is None for item in said) >= 2
    assert not any("<|im_" in item.text for item in said if item.ended)
    answers = sampler.answers([item.text for item in said[:2]], 8, config.answer_temperature, 0)
    assert all(item.text for item in answers)
