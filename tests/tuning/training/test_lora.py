# SPDX-License-Identifier: Apache-2.0
"""The adapter that is learned: an old one keeps what it is, and says it."""

import pytest
import torch
import yaml
from peft import IA3Config, LoraConfig, get_peft_model
from transformers import GPT2Config, GPT2LMHeadModel

from agent_planner.errors import ConfigError
from agent_planner.tuning.training.config import load_config
from agent_planner.tuning.training.lora import Adapter, adapted, adapter_of
from tests.tuning.training.tiny import tiny_model

OTHER = {"rank": 3, "alpha": 5, "dropout": 0.25, "first_layer": 1, "targets": ["q_proj", "v_proj"]}
REAL = Adapter(3, 5, 0.25, ["q_proj", "v_proj"], [1, 2], 3)


def base():
    return tiny_model("llama", 90)


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """An adapter that no preset would make."""
    folder = tmp_path_factory.mktemp("old")
    adapted(base(), load_config("tiny", OTHER)).save_pretrained(str(folder))
    return folder


def test_a_new_adapter_is_as_the_configuration_says():
    assert adapter_of(adapted(base(), load_config("tiny", OTHER))) == REAL
    found = adapter_of(adapted(base(), load_config("tiny", {"first_layer": 0})))
    assert (found.rank, found.alpha, found.layers) == (8, 16, [0, 1, 2])
    assert found.targets == ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]


def test_a_base_without_linear_layers_is_told():
    model = GPT2LMHeadModel(GPT2Config(vocab_size=90, n_embd=8, n_layer=2, n_head=2))
    with pytest.raises(ConfigError, match=r"base: a gpt2 model has no linear layers .*; learn all weights \(full\)"):
        adapted(model, load_config("tiny", {"first_layer": 0}))


def test_layers_are_told():
    assert str(REAL) == "adapter on layers 1 to 2 of 3 (0 is the first), rank 3"
    assert str(REAL._replace(layers=[0, 2])).startswith("adapter on 2 layers of 3")


def test_an_old_adapter_keeps_what_it_is_whatever_a_preset_says(old):
    found = adapted(base(), load_config("tiny", {"start_adapter": old}))
    assert adapter_of(found) == REAL
    assert any(weight.requires_grad for weight in found.parameters())


def test_what_agrees_with_an_old_adapter_may_be_said_again(old, tmp_path):
    file = tmp_path / "all.yaml"
    every = load_config("tiny", OTHER).model_dump(mode="json")
    file.write_text(yaml.safe_dump(every))  # as `tune study` writes it
    assert adapter_of(adapted(base(), load_config(str(file), {"start_adapter": old}))) == REAL


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("rank", 4, "rank is 3 there and 4 here"),
        ("alpha", 8, "alpha is 5 there and 8 here"),
        ("dropout", 0.0, "dropout is 0.25 there and 0.0 here"),
        ("first_layer", 0, "first_layer is 1 there and 0 here"),
        ("targets", ["q_proj"], r"targets is \['q_proj', 'v_proj'\] there and \['q_proj'\] here"),
    ],
)
@pytest.mark.parametrize("by_file", [True, False])
def test_another_value_is_refused_where_somebody_said_it(old, tmp_path, by_file, name, value, fault):
    source, changes = "tiny", {name: value}
    if by_file:
        source, changes = str(tmp_path / "mine.yaml"), {}
        (tmp_path / "mine.yaml").write_text(yaml.safe_dump({"base": "x", name: value}))
    config = load_config(source, changes | {"start_adapter": old})
    with pytest.raises(ConfigError, match=rf"start_adapter: {old} goes on with its own values \({fault}\)"):
        adapted(base(), config)


def test_only_lora_is_gone_on_from(tmp_path):
    other = get_peft_model(base(), IA3Config(target_modules=["k_proj"], feedforward_modules=[]))
    other.save_pretrained(str(tmp_path))
    with pytest.raises(ConfigError, match="is no LoRA adapter"):
        adapted(base(), load_config("tiny", {"start_adapter": tmp_path}))


def test_an_adapter_of_others_on_all_layers_is_understood():
    torch.manual_seed(0)
    model = get_peft_model(base(), LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM"))
    assert adapter_of(model).layers == [0, 1, 2]
