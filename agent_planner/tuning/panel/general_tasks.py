# SPDX-License-Identifier: Apache-2.0
"""Instructions outside robotics, each with a small program that checks the answer; decoded greedily, no grammar.

An item depends on its split and number alone. Of each kind one half of the templates is for dev and the other for
test, in the order of the hashes of their names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from agent_planner.errors import UserError
from agent_planner.llm.base import ChatModel, ChatRequest, Message
from agent_planner.tuning.panel.general_texts import TEXTS, Drawn, Template
from agent_planner.tuning.panel.general_tools import TOOLS
from agent_planner.tuning.scenarios.scenario import stable_seed

MAX_TOKENS = 160
_TRIES = 200


@dataclass(frozen=True)
class Item:
    """One instruction of a kind, and how its answer is checked."""

    number: int
    kind: str
    drawn: Drawn

    @property
    def messages(self) -> tuple[Message, ...]:
        """The conversation so far."""
        system = (Message("system", self.drawn.system),) if self.drawn.system else ()
        return (*system, Message("user", self.drawn.instruction))


@cache
def templates(split: str) -> tuple[tuple[str, Template], ...]:
    """The templates of a split, each with its kind; kinds take turns as far as they reach."""
    chosen = []
    for kind, made in (TEXTS | TOOLS).items():
        ordered = sorted(made, key=lambda template: stable_seed("general_tasks", kind, template.__name__))
        half = len(ordered) // 2
        chosen += [(rank, kind, t) for rank, t in enumerate(ordered[:half] if split == "dev" else ordered[half:])]
    return tuple((kind, template) for _, kind, template in sorted(chosen, key=lambda c: c[0]))


def item(split: str, number: int) -> Item:
    """The item of that number; no two numbers of a split have the same instruction.

    Raises:
        UserError: its template has no so many different instructions.
    """
    known = templates(split)
    kind, template = known[number % len(known)]
    rng = Random(stable_seed("general_tasks", split, template.__name__))
    found: dict[str, Drawn] = {}
    for _ in range(_TRIES):
        drawn = template(rng)
        found.setdefault(drawn.instruction, drawn)
        if len(found) > number // len(known):
            return Item(number, kind, drawn)
    raise UserError(f"there are no {number + 1} different general tasks; take fewer --seeds")


def answers(model: ChatModel, items: Sequence[Item], width: int) -> Iterator[tuple[Item, str]]:
    """Ask for each item, ``width`` at a time; yields it with what was said."""
    for start in range(0, len(items), width):
        batch = items[start : start + width]
        requests = [ChatRequest(f"general/{i.number}", i.messages, max_tokens=MAX_TOKENS) for i in batch]
        for asked, request, reply in zip(batch, requests, model.chat(requests), strict=True):
            model.forget(request.conversation_id)
            yield asked, reply.text
