# SPDX-License-Identifier: Apache-2.0
from types import SimpleNamespace

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from agent_planner.errors import ModelError
from agent_planner.llm.attention import Span, Step, attend, check_layers, running
from agent_planner.llm.cache import RowCache

HEADS, KEY_HEADS, WIDTH = 6, 2, 8
LAYER = SimpleNamespace(layer_idx=0)


def qkv(tokens: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shape = {h: torch.randn(1, h, tokens, WIDTH, generator=generator) for h in (HEADS, KEY_HEADS)}
    return shape[HEADS], shape[KEY_HEADS], torch.randn(1, KEY_HEADS, tokens, WIDTH, generator=generator)


def reference(query, key, value, window=None):
    """One sequence, everything at once, key heads repeated."""
    n = query.shape[2]
    mask = torch.ones(n, n, dtype=torch.bool).tril()
    if window:
        mask &= ~torch.ones(n, n, dtype=torch.bool).tril(-window)
    key, value = (x.repeat_interleave(HEADS // KEY_HEADS, dim=1) for x in (key, value))
    return scaled_dot_product_attention(query, key, value, attn_mask=mask).transpose(1, 2)


@pytest.mark.parametrize("window", [None, 3])
@pytest.mark.parametrize(("number", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 0.02)])
def test_rows_in_pieces_equal_each_row_alone(window, number, tolerance):
    rows = [[part.to(number) for part in qkv(*row)] for row in ((7, 1), (5, 2))]
    caches = [RowCache(), RowCache()]
    found: list[list[torch.Tensor]] = [[], []]
    for cuts in (((0, 4), (0, 1)), ((4, 5), (1, 4)), ((5, 7), (4, 5))):
        joint = [
            torch.cat([part[:, :, a:b] for part, (a, b) in zip(parts, cuts, strict=True)], dim=2)
            for parts in zip(*rows, strict=True)
        ]
        sizes = [b - a for a, b in cuts]
        step = Step([Span(caches[0], 0, sizes[0]), Span(caches[1], sizes[0], sum(sizes))])
        with running(step):
            out, _ = attend(LAYER, *joint, None, sliding_window=window)
        for number, span in enumerate(step.spans):
            found[number].append(out[:, span.begin : span.end])
            span.cache.tokens += [0] * sizes[number]
    for row, pieces in zip(rows, found, strict=True):
        wanted = reference(*(part.float() for part in row), window)
        torch.testing.assert_close(torch.cat(pieces, dim=1).float(), wanted, atol=tolerance, rtol=tolerance)


def test_a_layer_that_went_elsewhere_is_noticed():
    step = Step([Span(RowCache(), 0, 2)])
    with running(step):
        attend(LAYER, *qkv(2, 0), None)
    check_layers(step, 1)
    with pytest.raises(ModelError, match="openai:MODEL@URL"):
        check_layers(step, 2)


def test_attention_of_another_kind_is_refused():
    with running(Step([Span(RowCache(), 0, 2)])), pytest.raises(ModelError, match="softcap"):
        attend(LAYER, *qkv(2, 0), None, softcap=30.0)
