# SPDX-License-Identifier: Apache-2.0
"""Training tokens a second: trees, rows behind one another and rows of like length, against the padded way.

The padded way is the usual one: records in their order, filled up to the longest of the batch, and the scores of all
words computed at every place. Tokens are those of the records, however often or seldom they are computed, so that the
ratios within this run are ratios of time. All ways learn the same.

Without ``--data`` it is one tree of the expert's a step: six instructions about one scene, two of them whole episodes.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from agent_planner.llm.local import share_processors

share_processors()  # before torch is imported
import torch  # noqa: E402
from torch.nn.functional import cross_entropy  # noqa: E402
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel  # noqa: E402

from agent_planner.llm.weights import number_format, quieten  # noqa: E402
from agent_planner.tuning.training.config import load_config  # noqa: E402
from agent_planner.tuning.training.encode import Encoder, Sample  # noqa: E402
from agent_planner.tuning.training.loss import pass_loss  # noqa: E402
from agent_planner.tuning.training.model import find_base, load_tokenizer  # noqa: E402
from agent_planner.tuning.training.packing import Pass, padded_passes, rows_pass, tree_passes  # noqa: E402
from agent_planner.tuning.training.sources import RecordSource, SeedSource  # noqa: E402
from agent_planner.tuning.training.tree_attention import register  # noqa: E402

FORMAT = torch.bfloat16 if number_format("cpu") is torch.bfloat16 else torch.float32


def samples(data: Path | None, steps: int) -> list[list[Sample]]:
    """The samples of each step: of records, 16 a step, or of the expert's episodes."""
    config = load_config()
    encoder = Encoder(load_tokenizer(find_base(config, _silent)), config.forced_weight)
    if data is not None:
        items = RecordSource([data], encoder, config.max_tokens, True, _silent).items
        return [[s for item in items[i : i + 16] for s in item] for i in range(0, 16 * steps, 16)]
    source = SeedSource(config.seed, config.seeds.model_copy(update={"branches": 6, "episodes": 2}), encoder)
    return [source[index][0] for index in range(steps)]


def _silent(text: str, fraction: float) -> None:
    """Report to nobody."""


def padded(drawn: Sequence[Sample], limit: int) -> list[Pass]:
    """Batches in their order, filled up."""
    passes, rows = [], []
    for sample in drawn:
        if rows and (len(rows) + 1) * max(map(len, [*rows, sample])) > limit:
            passes.append(rows_pass(rows))
            rows = []
        rows.append(sample)
    return [*passes, rows_pass(rows)]


class Way(NamedTuple):
    """One way to compute the same: the attention, how samples are packed, and whether all scores are computed."""

    attention: str
    packed: Callable[[Sequence[Sample], int], list[Pass]]
    all_scores: bool = False


WAYS = {
    "padded": Way("sdpa", padded, all_scores=True),
    "padded, few scores": Way("sdpa", padded),
    "of like length": Way("sdpa", padded_passes),
    "one behind another": Way(register(), partial(tree_passes, worth=10**9)),
    "trees": Way(register(), tree_passes),
}


def learn(model: PreTrainedModel, packed: Pass, all_scores: bool) -> float:
    """Compute a pass forward and backward; returns its loss."""
    if not all_scores:
        loss = pass_loss(model, model.get_output_embeddings(), packed, FORMAT)  # type: ignore[arg-type]
    else:
        with torch.autocast("cpu", FORMAT, enabled=torch.float32 != FORMAT):
            scores = model(**packed.inputs, use_cache=False).logits.float().flatten(0, 1)
        targets = torch.full((len(scores),), -100)
        targets[packed.predictors] = packed.targets
        loss = (cross_entropy(scores, targets, reduction="none")[packed.predictors] * packed.weights).sum()
    loss.backward()
    return float(loss.detach())


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="records, of a mixture; the symbolic expert's episodes if left out")
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--layers", type=int, default=30, help="of the default model's widths, with random weights")
    parser.add_argument("--limit", type=int, default=2600, help="tokens computed at once")
    told = parser.parse_args()
    quieten()
    config = LlamaConfig(
        vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=told.layers,
        num_attention_heads=9, num_key_value_heads=3, tie_word_embeddings=True, max_position_embeddings=8192,
    )  # fmt: skip
    torch.manual_seed(0)
    model = LlamaForCausalLM(config)
    drawn = samples(told.data, told.steps)
    tokens = sum(len(s) for step in drawn for s in step)
    print(f"{FORMAT}, {torch.get_num_threads()} threads, {told.layers} layers, {tokens} tokens in {told.steps} steps")
    usual = 0.0
    for name, way in WAYS.items():
        model.set_attn_implementation(way.attention)
        passes = [packed for step in drawn for packed in way.packed(step, told.limit)]
        learn(model, min(passes, key=lambda p: p.inputs["input_ids"].numel()), way.all_scores)
        began = time.perf_counter()
        loss = sum(learn(model, packed, way.all_scores) for packed in passes)
        rate = tokens / (time.perf_counter() - began)
        usual = usual or rate
        places = sum(packed.inputs["input_ids"].numel() for packed in passes)
        print(f"{name:18} {rate:6.0f} tokens/s   ratio {rate / usual:5.2f}   {places:6} places   loss {loss:.1f}")
        model.zero_grad()


if __name__ == "__main__":
    main()
