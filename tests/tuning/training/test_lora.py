# SPDX-License-Identifier: Apache-2.0
"""The adapter that is learned: an old one keeps what it is, and says it."""

import json

import pytest
import torch
import yaml
from peft import IA3Config, LoraConfig, get_peft_model
from transformers import GPT2Config, GPT2LMHeadModel

from agent_planner.errors import ConfigError
from agent_planner.llm.default_model import BASE_NAME, default_adapter
from agent_planner.tuning.training.config import load_config
from agent_planner.tuning.training.lora import Adapter, adapted, adapter_of, check_base
from tests.tuning.training.tiny import SEES, tiny_model

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


def test_of_a_model_that_also_sees_the_text_is_adapted(tmp_path):
    found = adapted(tiny_model(SEES, 90), load_config("tiny", {"first_layer": 0}))
    learned = [name for name, weight in found.named_parameters() if weight.requires_grad]
    assert learned and all(".language_model.layers." in name for name in learned)
    found.save_pretrained(str(tmp_path))
    on = adapted(tiny_model(SEES, 90), load_config("tiny", {"start_adapter": tmp_path}))
    assert [name for name, weight in on.named_parameters() if weight.requires_grad] == learned
    with pytest.raises(ConfigError, match=r"targets: the base has no linear layers \['fc1'\]"):
        adapted(tiny_model(SEES, 90), load_config("tiny", {"first_layer": 0, "targets": ["fc1"]}))


def test_an_adapter_on_what_sees_is_refused(tmp_path):
    model = get_peft_model(tiny_model(SEES, 90), LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM"))
    model.save_pretrained(str(tmp_path))
    with pytest.raises(ConfigError, match=r"changes 2 layers that no text passes through \(\S*vision_tower\S+, …\)"):
        adapted(tiny_model(SEES, 90), load_config("tiny", {"start_adapter": tmp_path}))


def named(folder, base):
    folder.mkdir(parents=True)
    (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": base}))
    return folder


@pytest.mark.parametrize(
    ("told", "source", "name"),
    [
        ("meta-llama/Llama-2-7b-hf", "meta-llama/Llama-2-7b-hf", "meta-llama/Llama-2-7b-hf"),
        ("meta-llama/Llama-2-7b-hf", "/models/Llama-2-7b-hf", "/models/Llama-2-7b-hf"),
        ("/theirs/Llama-2-7b-hf", "/models/Llama-2-7b-hf", "/models/Llama-2-7b-hf"),
        ("some/base", "/models/mine", "some/base"),
        ("/theirs/SmolLM2-135M-Instruct-0123abcd-1", "/cache/SmolLM2-135M-Instruct-4567cdef-2", BASE_NAME),
        (BASE_NAME, "/cache/SmolLM2-135M-Instruct-4567cdef-2", "/cache/SmolLM2-135M-Instruct-4567cdef-2"),
        ("", "/models/mine", "/models/mine"),
    ],
)
def test_a_base_is_known_by_its_name_wherever_it_lies(tmp_path, told, source, name):
    check_base(named(tmp_path / "adapter", told), source, name)


def test_the_shipped_adapter_is_one_of_the_default_base(tmp_path):
    shipped = default_adapter()
    assert shipped is not None
    check_base(shipped, str(tmp_path), BASE_NAME)
    with pytest.raises(ConfigError, match=rf"is of the base {BASE_NAME}, and this run's is meta-llama/Llama-2-7b-hf"):
        check_base(shipped, "meta-llama/Llama-2-7b-hf", "meta-llama/Llama-2-7b-hf")


def test_an_adapter_of_another_base_is_refused(tmp_path):
    other, chat = named(tmp_path / "other", "meta-llama/Llama-2-7b-hf"), "meta-llama/Llama-2-7b-chat-hf"
    fault = f"start_adapter: {other} is of the base meta-llama/Llama-2-7b-hf, and this run's is {chat}; choose"
    with pytest.raises(ConfigError, match=fault):
        check_base(other, chat, chat)


def test_of_folders_that_are_here_the_place_decides(tmp_path):
    mine, theirs = tmp_path / "mine" / "model", tmp_path / "theirs" / "model"
    adapter = named(tmp_path / "adapter", str(mine))
    for folder in (mine, theirs):
        folder.mkdir(parents=True)
    check_base(adapter, f"{theirs}/../../mine/model", "a name")
    with pytest.raises(ConfigError, match=f"is of the base {mine}, and this run's is {theirs}"):
        check_base(adapter, str(theirs), str(theirs))


def test_an_adapter_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"holds no adapter_config\.json; give an adapter's folder"):
        check_base(tmp_path, "a", "a")
    (tmp_path / "adapter_config.json").write_text("{")
    with pytest.raises(ConfigError, match=r"adapter_config\.json cannot be read: Expecting"):
        check_base(tmp_path, "a", "a")


def test_an_adapter_of_others_on_all_layers_is_understood():
    torch.manual_seed(0)
    model = get_peft_model(base(), LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM"))
    assert adapter_of(model).layers == [0, 1, 2]
