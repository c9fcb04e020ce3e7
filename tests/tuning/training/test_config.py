# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.errors import ConfigError
from agent_planner.tuning.training.config import PRESETS, load_config


def test_presets_are_whole():
    assert {load_config(name).base for name in PRESETS} == {"default", "meta-llama/Llama-2-7b-chat-hf"}


def test_the_papers_preset_has_its_hyper_parameters():
    paper = load_config("agenttuning-7b")
    assert (paper.learning_rate, paper.final_fraction, paper.warmup, paper.weight_decay) == (5e-5, 0.1, 0.02, 0.1)
    assert (paper.betas, paper.epsilon, paper.clip, paper.batch, paper.max_tokens) == ((0.9, 0.95), 1e-8, 1.0, 64, 4096)
    assert paper.full


def test_a_file_stands_above_the_default_and_changes_above_the_file(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("base: some/base\nrank: 4\nseeds: {steps: 7}\n")
    config = load_config(str(file), {"rank": 5, "seeds": {"trees": 2}})
    default = load_config()
    assert (config.base, config.rank, config.alpha) == ("some/base", 5, default.alpha)
    assert config.seeds == default.seeds.model_copy(update={"steps": 7, "trees": 2})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("base: x\nrnak: 4\n", r"mine\.yaml:2: rnak: is no field that is known here"),
        ("base: x\nseeds: {branches: 0}\n", r"mine\.yaml:2: seeds\.branches: "),
        ("full: true\nmerge: true\n", r"full: learns no adapter"),
        ("- base\n", "must be a mapping"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path, text, fault):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=fault):
        load_config(str(file))


def test_what_somebody_said_is_told_from_what_a_preset_says(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("base: some/base\nrank: 4\n")
    assert load_config("tiny").model_fields_set == set()
    assert load_config("tiny", {"alpha": 3}).model_fields_set == {"alpha"}
    assert load_config(str(file), {"alpha": 3}).model_fields_set == {"base", "rank", "alpha"}


def test_an_unknown_preset_and_a_wrong_change_are_told():
    with pytest.raises(ConfigError, match="defualt: is neither a file nor a preset; did you mean 'default'"):
        load_config("defualt")
    with pytest.raises(ConfigError, match=r"training: learning_rate: "):
        load_config("tiny", {"learning_rate": 0.0})
