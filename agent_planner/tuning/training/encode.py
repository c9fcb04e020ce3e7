# SPDX-License-Identifier: Apache-2.0
"""Conversations as tokens and loss weights, by the renderer of run time.

What stands before a learned turn are exactly the tokens that `PromptEncoder.encode` gives for the turns before it; the
turn's own are those of `PromptEncoder.answer`, its end included. Nothing else carries loss, and what follows the last
learned turn is left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerFast

from agent_planner.agent.conversation import RULES
from agent_planner.llm.base import Message
from agent_planner.llm.chatml import encode_conversation, speaks_chatml
from agent_planner.llm.prompts import PromptEncoder
from agent_planner.tuning.data.formats import with_system
from agent_planner.tuning.data.records import Record
from agent_planner.tuning.training.trees import Tree

# A need, and whether it holds, in a thought as `agent.conversation.thought_text` writes it.
_TOLD = re.compile(r"(?<=[:,] )(?P<need>(?:not )?\w[\w ]*(?:\([^()\n]*\))?)(?= (?P<verdict>yes|no)(?:,| by |\n))")


@dataclass(frozen=True)
class Conversation:
    """Messages, and for each whether it is to be learned."""

    id: str
    messages: tuple[Message, ...]
    learned: tuple[bool, ...]


def of_record(record: Record) -> Conversation:
    """The conversation of a record."""
    turns = with_system(record, "user", "assistant")
    messages = tuple(Message(role, turn.value) for role, turn in turns)  # type: ignore[arg-type]
    return Conversation(record.id, messages, tuple(turn.loss is True for _, turn in turns))


def of_tree(tree: Tree) -> list[Conversation]:
    """The conversations of a tree, one a branch."""
    found = []
    for number, branch in enumerate(tree.branches):
        head = Message("system", tree.system), Message("user", tree.opening + branch.opening)
        said = tuple(Message(t.role, t.content) for t in branch.turns)  # type: ignore[arg-type]
        learned = (False, False, *(t.loss is True for t in branch.turns))
        found.append(Conversation(f"{tree.id}/{number}", head + said, learned))
    return found


@dataclass(frozen=True)
class Sample:
    """A sequence to learn from.

    Attributes:
        id: of the conversation.
        tokens: (n,), int32.
        weights: (n,), float32: how much predicting each token counts; 0 where nothing is learned.
    """

    id: str
    tokens: NDArray[np.int32]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.tokens)


class Encoder:
    """Encodes conversations for one tokenizer.

    Args:
        tokenizer: the model's.
        forced_weight: of tokens without a letter, digit or line break, and of what follows from the rest of a robot's
            thought; all others count 1. A piece of a letter of several bytes decodes to U+FFFD, which is none of these:
            it has this weight, too.
        verdict_weight: of the words *yes* and *no* where a thought of the robot's tells whether a need holds.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast, forced_weight: float, verdict_weight: float = 1.0):
        self._tokenizer = tokenizer
        self._forced = forced_weight
        self._verdict = verdict_weight
        self._chatml = speaks_chatml(tokenizer)
        self._prompts = PromptEncoder(tokenizer)
        # SentencePiece's decoder takes the space from what comes first: a token is decoded behind a letter.
        self._ahead: list[int] = tokenizer("a", add_special_tokens=False)["input_ids"]
        self._words: dict[int, str] = {}

    def samples(self, conversation: Conversation) -> list[Sample]:
        """One sample; more where the template writes earlier turns otherwise than they were said; none to learn, none.

        Raises:
            TemplateRefuses: the chat template does not take the conversation.
            UserError: it is none to learn from; see `PromptEncoder.answer`.
        """
        found = self._joint(conversation) if self._chatml else list(self._turn_by_turn(conversation))
        return [sample for sample in found if sample.weights.any()]

    def _joint(self, conversation: Conversation) -> list[Sample]:
        """ChatML: every prompt is the beginning of what follows, so that one look at the whole is enough."""
        ids, spoken = encode_conversation(self._tokenizer, conversation.messages)
        pairs = zip(conversation.messages, conversation.learned, strict=True)
        learned = iter([learn for message, learn in pairs if message.role == "assistant"])
        weights: list[float] = []
        for by_assistant, run in groupby(spoken):
            here = ids[len(weights) : len(weights) + len(list(run))]
            counts = by_assistant and next(learned)
            weights += self._turn(conversation, here) if counts else [0.0] * len(here)
        end = max((place + 1 for place, weight in enumerate(weights) if weight > 0), default=0)
        return [_sample(conversation.id, ids[:end], weights[:end])]

    def _turn_by_turn(self, conversation: Conversation) -> Iterator[Sample]:
        """Any template: a turn joins the sample before it where its prompt goes on from there."""
        ids: list[int] = []
        weights: list[float] = []
        for place, message in enumerate(conversation.messages):
            if not conversation.learned[place]:
                continue
            before = self._prompts.encode(conversation.messages[:place])
            said = self._prompts.answer(conversation.messages[:place], message.content)
            if before[: len(ids)] != ids:
                yield _sample(conversation.id, ids, weights)
                weights = []
            ids = before + said
            weights += [0.0] * (len(before) - len(weights)) + self._turn(conversation, said)
        yield _sample(conversation.id, ids, weights)

    def _turn(self, conversation: Conversation, tokens: Sequence[int]) -> list[float]:
        """The weights of an assistant's turn.

        In a robot's thought the text of a need follows from the skill, and the call from the thought: `ThoughtGrammar`
        leaves no choice about them.
        """
        words = [self._word(token) for token in tokens]
        weights = [1.0 if any(c.isalnum() or c == "\n" for c in word) else self._forced for word in words]
        text = "".join(words)
        if conversation.messages[0].content.startswith(RULES) and (told := list(_TOLD.finditer(text))):
            spans = list(pairwise(accumulate(map(len, words), initial=0)))
            call = max(told[-1].end(), text.rfind("\n") + 1), text.rfind(")") + 1
            weighed = [(span, self._forced) for span in (call, *(found.span("need") for found in told))]
            weighed += [(found.span("verdict"), self._verdict) for found in told]
            for (begin, end), weight in weighed:
                for place, (first, last) in enumerate(spans):
                    if first < end and last > begin:
                        weights[place] = weight
        return weights

    def _word(self, token: int) -> str:
        if token not in self._words:
            ahead = str(self._tokenizer.decode(self._ahead))
            self._words[token] = str(self._tokenizer.decode([*self._ahead, token])).removeprefix(ahead)
        return self._words[token]


def _sample(name: str, ids: Sequence[int], weights: Sequence[float]) -> Sample:
    counts = np.array(weights, dtype=np.float32)
    counts[:1] = 0.0  # nothing stands before the first token that could predict it
    return Sample(name, np.array(ids, dtype=np.int32), counts)
