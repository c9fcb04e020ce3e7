# SPDX-License-Identifier: Apache-2.0
"""The number format that a processor computes in, and files that hold no model."""

import shutil
import time

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from agent_planner.errors import UserError
from agent_planner.llm import weights

SMALL = {
    "vocab_size": 64, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
    "num_key_value_heads": 2,
}  # fmt: skip


@pytest.fixture(autouse=True)
def measured_anew():
    weights._bf16_is_faster.cache_clear()
    yield
    weights._bf16_is_faster.cache_clear()


@pytest.mark.parametrize("slow", [torch.float32, torch.bfloat16])
def test_the_faster_format_is_taken_where_bf16_is_multiplied_in_hardware(monkeypatch, slow):
    def linear(left, right):
        time.sleep(0.002 if left.dtype is slow else 0)

    monkeypatch.setattr(weights, "_processor_flags", lambda: {"avx2", "avx512_bf16"})
    monkeypatch.setattr(torch.nn.functional, "linear", linear)
    assert weights.number_format("cpu") is ({torch.float32, torch.bfloat16} - {slow}).pop()


def test_without_such_hardware_nothing_is_timed(monkeypatch):
    monkeypatch.setattr(weights, "_processor_flags", lambda: {"avx2", "avx512f"})
    monkeypatch.setattr(torch.nn.functional, "linear", None)
    assert weights.number_format("cpu") is torch.float32


def test_a_file_that_was_cut_short_is_told(base_folder, tmp_path):
    LlamaForCausalLM(LlamaConfig(**SMALL)).save_pretrained(tmp_path)
    for file in base_folder.glob("tokenizer*"):
        shutil.copy(file, tmp_path)
    saved = tmp_path / "model.safetensors"
    saved.write_bytes(saved.read_bytes()[:-1])
    with pytest.raises(UserError, match=f"{tmp_path} holds no usable model: "):
        weights.load_weights(str(tmp_path), None, lambda text, done: None)


def test_an_adapter_that_was_cut_short_is_told(tmp_path):
    model = LlamaForCausalLM(LlamaConfig(**SMALL))
    get_peft_model(model, LoraConfig(target_modules=["q_proj"])).save_pretrained(tmp_path)
    saved = tmp_path / "adapter_model.safetensors"
    saved.write_bytes(saved.read_bytes()[:100])
    with pytest.raises(UserError, match=f"{tmp_path}: this adapter does not fit the model"):
        weights._merged(LlamaForCausalLM(LlamaConfig(**SMALL)), tmp_path)
