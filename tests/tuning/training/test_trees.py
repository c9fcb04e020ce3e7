# SPDX-License-Identifier: Apache-2.0
"""A tree trains each of its conversations exactly as if it stood alone."""

from copy import deepcopy

import pytest
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

from agent_planner.llm.base import Message
from agent_planner.llm.chatml import encode_conversation
from agent_planner.llm.default_model import default_base
from agent_planner.tuning.training.encode import encode
from agent_planner.tuning.training.tree_attention import register
from agent_planner.tuning.training.trees import trees

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(default_base())


def conversation(tree, branch) -> list[Message]:
    head = [Message("system", tree.system), Message("user", tree.opening + branch.opening)]
    return head + [Message(t.role, t.content) for t in branch.turns]


def test_a_branch_reads_as_the_run_times_own_conversation(tokenizer):
    tree = next(trees(0, 3))
    encoded = encode(tree, tokenizer, 10_000)
    for number, branch in enumerate(tree.branches, start=1):
        chosen = (encoded.branch == 0) | (encoded.branch == number)
        ids, _ = encode_conversation(tokenizer, conversation(tree, branch))
        assert encoded.tokens[chosen].tolist() == ids
        assert encoded.positions[chosen].tolist() == list(range(len(ids)))


def test_loss_is_on_the_models_turns_and_their_end_alone(tokenizer):
    for index in range(6):
        for tree in trees(0, index):
            encoded = encode(tree, tokenizer, 10_000)
            for number, branch in enumerate(tree.branches, start=1):
                learned = "".join(t.content + "<|im_end|>" for t in branch.turns if t.loss)
                chosen = (encoded.branch == number) & (encoded.weight > 0)
                assert tokenizer.decode(encoded.tokens[chosen]) == learned


def test_branches_over_the_limit_are_left_out_whole(tokenizer):
    tree = next(trees(0, 3))
    whole = encode(tree, tokenizer, 10_000)
    cut = encode(tree, tokenizer, len(whole.tokens) - 1)
    assert len(cut.tokens) < len(whole.tokens)
    assert set(cut.branch.tolist()) < set(whole.branch.tolist())


def test_tree_attention_equals_each_conversation_alone(tokenizer):
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=48, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2,
    )  # fmt: skip
    alone = LlamaForCausalLM._from_config(config, attn_implementation="eager").eval()
    packed = LlamaForCausalLM._from_config(deepcopy(config), attn_implementation=register()).eval()
    packed.load_state_dict(alone.state_dict())
    tree = next(trees(0, 3))
    encoded = encode(tree, tokenizer, 10_000)
    with torch.no_grad():
        together = packed.model(
            input_ids=encoded.tokens[None],
            position_ids=encoded.positions[None],
            use_cache=False,
            bounds=(encoded.bounds(),),
        ).last_hidden_state[0]
        for number in range(1, len(tree.branches) + 1):
            chosen = (encoded.branch == 0) | (encoded.branch == number)
            apart = alone.model(input_ids=encoded.tokens[chosen][None], use_cache=False).last_hidden_state[0]
            assert torch.allclose(together[chosen], apart, atol=1e-4)
