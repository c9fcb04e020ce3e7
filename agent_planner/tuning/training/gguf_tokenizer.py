# SPDX-License-Identifier: Apache-2.0
"""A byte-level BPE tokenizer as the keys of a GGUF file.

A GGUF file holds words and merges, but of how text is cut before them only a name, which llama.cpp knows.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agent_planner.errors import UserError

if TYPE_CHECKING:
    from gguf import GGUFWriter

# Tells the known ways of cutting apart: contractions, digits, letters and marks at the ends of words and lines.
_PROBE = "We'll SEE'LL 12345 x27 ½٣  \n\n  größe, ☺!?\r\n\tend.  "
# Llama 3's pattern, as its models have it in tokenizer.json and llama.cpp behind the name llama-bpe.
_LLAMA_3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def add_tokenizer(writer: "GGUFWriter", tokenizer: Any, rows: int) -> None:
    """Add everything that llama.cpp needs to tokenize and to lay out a conversation.

    Args:
        writer: its file is not begun yet.
        tokenizer: a fast one of transformers.
        rows: how many tokens the model's embedding has; what the tokenizer lacks is filled up.

    Raises:
        UserError: it is no byte-level BPE, or cuts text in a way that has no name here.
    """
    words, types = _words(tokenizer, rows)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(_way_of_cutting(tokenizer))
    writer.add_token_list(words)
    writer.add_token_types(types)
    writer.add_token_merges([" ".join(pair) for pair in _model(tokenizer)["merges"]])
    ids = (
        (tokenizer.bos_token_id, writer.add_bos_token_id),
        (tokenizer.eos_token_id, writer.add_eos_token_id),
        (tokenizer.unk_token_id, writer.add_unk_token_id),
        (tokenizer.pad_token_id, writer.add_pad_token_id),
    )
    for number, add in ids:
        if number is not None:
            add(number)
    writer.add_add_bos_token(tokenizer("a")["input_ids"][0] == tokenizer.bos_token_id)
    writer.add_add_space_prefix(False)
    if tokenizer.chat_template:
        writer.add_chat_template(tokenizer.chat_template)


def _words(tokenizer: Any, rows: int) -> tuple[Sequence[str], Sequence[int]]:
    from gguf import TokenType

    words, types = [f"[PAD{i}]" for i in range(rows)], [TokenType.UNUSED] * rows
    vocabulary = tokenizer.get_vocab()
    if max(vocabulary.values()) >= rows:
        raise UserError(f"the tokenizer knows {len(vocabulary)} tokens and the model {rows}; save both anew, together")
    for word, number in vocabulary.items():
        words[number], types[number] = word, TokenType.NORMAL
    for number, token in tokenizer.added_tokens_decoder.items():
        types[number] = TokenType.CONTROL if token.special else TokenType.USER_DEFINED
    return words, types


def _model(tokenizer: Any) -> dict[str, Any]:
    return json.loads(tokenizer.backend_tokenizer.to_str())["model"]


def _way_of_cutting(tokenizer: Any) -> str:
    """The name of how text is cut before merges, found by trying; `ignore_merges` goes with the name."""
    from tokenizers import Regex, pre_tokenizers

    bytes_alone = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    bytes_of_words = pre_tokenizers.ByteLevel(add_prefix_space=False)
    digits = pre_tokenizers.Digits(individual_digits=True)
    known = {
        "smollm": ([digits, bytes_of_words], False),
        "llama-bpe": ([pre_tokenizers.Split(Regex(_LLAMA_3), "isolated"), bytes_alone], True),
        "gpt-2": ([bytes_of_words], False),
    }
    core, model = tokenizer.backend_tokenizer, _model(tokenizer)
    if model["type"] == "BPE" and core.pre_tokenizer is not None and core.normalizer is None:
        cut = _pieces(core.pre_tokenizer)
        for name, (steps, ignores_merges) in known.items():
            if bool(model["ignore_merges"]) == ignores_merges and cut == _pieces(pre_tokenizers.Sequence(steps)):
                return name
    raise UserError(
        "the tokenizer is not a byte-level BPE that cuts text in one of these ways: "
        f"{', '.join(known)}; use llama.cpp's own convert_hf_to_gguf.py"
    )


def _pieces(pre_tokenizer: Any) -> list[str]:
    return [piece for piece, _ in pre_tokenizer.pre_tokenize_str(_PROBE)]
