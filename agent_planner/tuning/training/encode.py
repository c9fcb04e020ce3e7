# SPDX-License-Identifier: Apache-2.0
"""Trees as tokens, positions, branch numbers and loss weights."""

from dataclasses import dataclass

import torch
from transformers import PreTrainedTokenizerBase

from agent_planner.tuning.training.trees import Tree

# Loss on tokens that hold no choice (brackets, quotes, commas of a call); everything else counts 1.
SYNTAX_WEIGHT = 0.3


@dataclass(frozen=True)
class Encoded:
    """All tensors have shape (n,). ``branch`` is 0 in the prefix; ``weight`` is that of predicting this token."""

    tokens: torch.Tensor  # int64
    positions: torch.Tensor  # int64
    branch: torch.Tensor  # int64
    weight: torch.Tensor  # float32

    def bounds(self) -> tuple[int, ...]:
        """Where the prefix and each branch begin, and the end."""
        starts = (self.branch[1:] != self.branch[:-1]).nonzero()[:, 0] + 1
        return (0, *starts.tolist(), len(self.branch))


def encode(tree: Tree, tokenizer: PreTrainedTokenizerBase, limit: int) -> Encoded:
    """Encode a tree in ChatML; branches that would go beyond ``limit`` tokens are left out whole."""
    prefix = _ids(tokenizer, f"{_open('system')}{tree.system}{_CLOSE}{_open('user')}{tree.opening}")
    tokens, positions, branch = list(prefix), list(range(len(prefix))), [0] * len(prefix)
    weight = [0.0] * len(prefix)
    for number, item in enumerate(tree.branches, start=1):
        ids, weights = _branch(tokenizer, item.opening, [(t.role, t.content, bool(t.loss)) for t in item.turns])
        if len(tokens) + len(ids) > limit:
            continue
        positions += range(len(prefix), len(prefix) + len(ids))
        branch += [number] * len(ids)
        tokens += ids
        weight += weights
    return Encoded(torch.tensor(tokens), torch.tensor(positions), torch.tensor(branch), torch.tensor(weight))


_CLOSE = "<|im_end|>\n"


def _open(role: str) -> str:
    return f"<|im_start|>{role}\n"


def _branch(
    tokenizer: PreTrainedTokenizerBase, opening: str, turns: list[tuple[str, str, bool]]
) -> tuple[list[int], list[float]]:
    ids = _ids(tokenizer, opening + _CLOSE)
    weights = [0.0] * len(ids)
    for role, content, learned in turns:
        head = _ids(tokenizer, _open(role))
        body = _ids(tokenizer, content + "<|im_end|>")
        tail = _ids(tokenizer, "\n")
        ids += head + body + tail
        counted = [_weight(tokenizer, i) if learned else 0.0 for i in body]
        weights += [0.0] * len(head) + counted + [0.0] * len(tail)
    return ids, weights


def _ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    return tokenizer(text, add_special_tokens=False).input_ids


def _weight(tokenizer: PreTrainedTokenizerBase, token: int) -> float:
    text = tokenizer.decode([token])
    return SYNTAX_WEIGHT if not any(c.isalnum() or c == "\n" for c in text) else 1.0
