# SPDX-License-Identifier: Apache-2.0
"""Training goes on from where it was killed, and changes nothing but the adapter."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from agent_planner.llm.default_model import default_base
from agent_planner.tuning.training.train import Trainer
from agent_planner.tuning.training.train_config import TrainConfig

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> str:
    """A Llama of two narrow layers with random weights and the default model's tokenizer."""
    folder = tmp_path_factory.mktemp("base")
    tokenizer = AutoTokenizer.from_pretrained(default_base())
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def trained(base: str, out: Path, steps: int) -> Path:
    config = TrainConfig(
        base=base, base_name="some/base", out=out, steps=6, warmup_steps=2, save_every=3, first_layer=1, branches=4
    )
    trainer = Trainer(config)
    trainer.setup()
    for figures in trainer.run():
        if figures["step"] == steps:
            break
    return out / "adapter"


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "adapter_model.safetensors")


def test_a_run_that_was_killed_ends_as_one_that_was_not(base, tmp_path):
    whole = weights(trained(base, tmp_path / "whole", 6))
    trained(base, tmp_path / "parts", 4)  # killed one step after its checkpoint
    parts = weights(trained(base, tmp_path / "parts", 6))
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    learned = [v for k, v in whole.items() if "lora_B" in k]
    assert any(bool(v.abs().max() > 0) for v in learned)
    assert {v.dtype for v in whole.values()} == {torch.bfloat16}
    steps = [json.loads(line)["step"] for line in (tmp_path / "parts" / "log.jsonl").read_text().splitlines()]
    assert steps == [1, 2, 3, 4, 4, 5, 6]


def test_an_adapter_names_its_base_and_no_folder(base, tmp_path):
    folder = trained(base, tmp_path / "run", 3)
    saved = (folder / "adapter_config.json").read_text()
    assert json.loads(saved)["base_model_name_or_path"] == "some/base"
    assert str(tmp_path) not in saved and base not in saved
