# SPDX-License-Identifier: Apache-2.0
"""However samples are packed, the loss and its gradients are those of each sample alone."""

import numpy as np
import pytest
import torch
from transformers import MistralConfig, MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM

from agent_planner.tuning.training.encode import Sample
from agent_planner.tuning.training.loss import pass_loss
from agent_planner.tuning.training.packing import padded_passes, rows_pass, tree_passes
from agent_planner.tuning.training.tree_attention import KNOWN, register
from tests.tuning.training.tiny import FAMILIES, SIZES, tiny_model

WORDS = 90


def sample(name: str, *parts: tuple[int, int], learned: slice = slice(-5, None)) -> Sample:
    """Tokens in pieces, each drawn from a seed: (seed, length)."""
    tokens = np.concatenate([np.random.default_rng(seed).integers(1, WORDS, length) for seed, length in parts])
    weights = np.zeros(len(tokens), dtype=np.float32)
    weights[learned] = np.linspace(0.3, 1.0, len(weights[learned]))
    return Sample(name, tokens.astype(np.int32), weights)


SAMPLES = [
    sample("a scene's first", (1, 30), (2, 20), (3, 10)),
    sample("stranger", (9, 44), learned=slice(20, 30)),
    sample("its second, learned before the fork", (1, 30), (2, 20), (4, 18), learned=slice(40, None)),
    sample("and after", (1, 30), (2, 20), (4, 18), (5, 3), learned=slice(45, None)),
    sample("the same library", (1, 30), (6, 25)),
    sample("the same again", (1, 30), (6, 25)),
    sample("too few in common", (1, 7), (8, 12)),
    sample("learned from the fork on", (1, 30), (2, 20), (7, 9), learned=slice(50, None)),
]


def model(family: str, attention: str):
    sizes = SIZES | {"vocab_size": WORDS}
    torch.manual_seed(0)
    if family == "mistral":
        made = MistralForCausalLM(MistralConfig(sliding_window=24, **sizes))
    elif family == "qwen2":
        made = Qwen2ForCausalLM(Qwen2Config(**sizes))
    else:
        made = tiny_model(family.removesuffix("_text"), WORDS)
    made.set_attn_implementation(attention)
    return made


def loss_and_gradients(made, passes):
    loss = sum(pass_loss(made, made.get_output_embeddings(), packed, torch.float32) for packed in passes)
    return float(loss.detach()), torch.autograd.grad(loss, list(made.parameters()))


@pytest.mark.parametrize("family", sorted(KNOWN))
@pytest.mark.parametrize("limit", [60, 100, 1000])
def test_trees_equal_each_sample_alone(family, limit):
    passes = tree_passes(SAMPLES, limit)
    alone = loss_and_gradients(model(family, "eager"), [rows_pass([s]) for s in SAMPLES])
    packed = loss_and_gradients(model(family, register()), passes)
    assert packed[0] == pytest.approx(alone[0], rel=1e-5)
    assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(packed[1], alone[1], strict=True))


@pytest.mark.parametrize("family", FAMILIES)
def test_padded_rows_equal_each_sample_alone(family):
    made = model(family, "sdpa")
    alone = loss_and_gradients(made, [rows_pass([s]) for s in SAMPLES])
    padded = loss_and_gradients(made, padded_passes(SAMPLES, 150))
    assert padded[0] == pytest.approx(alone[0], rel=1e-5)
    assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(padded[1], alone[1], strict=True))


@pytest.mark.filterwarnings("ignore:.*gradient_checkpointing_enable:FutureWarning")
@pytest.mark.parametrize("family", ["llama", "gemma3"])
def test_gradient_checkpointing_changes_nothing(family):
    made = model(family, register())
    passes = tree_passes(SAMPLES, 1000)
    kept = loss_and_gradients(made, passes)
    made.train().gradient_checkpointing_enable({"use_reentrant": False})
    again = loss_and_gradients(made, passes)
    assert again[0] == kept[0]
    assert all(torch.equal(a, b) for a, b in zip(kept[1], again[1], strict=True))


def test_what_is_shared_is_computed_once():
    (packed,) = tree_passes(SAMPLES, 1000)
    found = [(s.end - s.begin, s.parent) for s in packed.inputs["segments"]]
    tokens = packed.inputs["input_ids"].numel()
    # 30 of the library, below it 20 of the scene and 25 - 1 of what stands twice; 18 - 1 that end alike.
    assert sorted(n for n, _ in found) == [1, 1, 1, 4, 9, 10, 17, 19, 20, 24, 30, 44]
    assert tokens == sum(n for n, _ in found) < sum(map(len, SAMPLES)) / 2
    assert float(packed.weights.sum()) == pytest.approx(sum(float(s.weights.sum()) for s in SAMPLES))


def test_a_pass_keeps_its_limit_unless_one_sample_is_longer():
    for passes in (tree_passes(SAMPLES, 80), padded_passes(SAMPLES, 80)):
        assert len(passes) > 2
        assert all(p.inputs["input_ids"].numel() <= 80 for p in passes)
    assert len(padded_passes(SAMPLES, 10)) == len(SAMPLES)
    assert tree_passes([], 10) == padded_passes([], 10) == []
