# SPDX-License-Identifier: Apache-2.0
"""A loaded model at work: prompts, caches and grammars of its conversations."""

import threading
from collections.abc import Sequence
from typing import Any

from agent_planner.llm.base import ChatReply, ChatRequest, OnToken
from agent_planner.llm.cache import CacheStore, RowCache
from agent_planner.llm.decode import Decoder
from agent_planner.llm.matcher import Grammars
from agent_planner.llm.prompts import PromptEncoder
from agent_planner.llm.row import Row
from agent_planner.llm.weights import Loaded, end_tokens, use_threads

# Shorter prefixes are computed as fast as they are kept.
_WORTH_SHARING = 32


class Session:
    """What `LocalModel` holds between `load` and `close`."""

    def __init__(self, loaded: Loaded, cache_bytes: int):
        use_threads()
        self._tokenizer = loaded.tokenizer
        self._ends = end_tokens(loaded.model, loaded.tokenizer)
        self._context = int(loaded.model.config.get_text_config().max_position_embeddings)
        self._prompts = PromptEncoder(loaded.tokenizer)
        self._store = CacheStore(cache_bytes)
        self._decoder = Decoder(loaded.model)
        self._grammars = Grammars(loaded.tokenizer, int(loaded.model.config.get_text_config().vocab_size), self._ends)

    def chat(
        self, requests: Sequence[ChatRequest], cancel: threading.Event | None, on_token: OnToken | None
    ) -> list[ChatReply]:
        """Answer every request, in their order."""
        ids = [request.conversation_id for request in requests]
        if len(set(ids)) != len(ids):
            raise ValueError(f"two requests of one conversation in one batch: {sorted(ids)}")
        prompts = [self._prompts.encode(request.messages, request.tools) for request in requests]
        rows = {
            request.conversation_id: self._start(request, prompt, cancel)
            for request, prompt in zip(requests, prompts, strict=True)
            if len(prompt) < self._context
        }
        listener = (
            _Listener(self._tokenizer, {id(row): name for name, row in rows.items()}, on_token) if on_token else None
        )
        self._decoder.decode(list(rows.values()), cancel, listener)
        self._store.trim(keep=ids)
        return [
            self._reply(rows[name]) if name in rows else _no_room(prompt)
            for name, prompt in zip(ids, prompts, strict=True)
        ]

    def forget(self, conversation_id: str) -> None:
        """Free a conversation's cache."""
        self._store.drop(conversation_id)

    def _start(self, request: ChatRequest, prompt: list[int], cancel: threading.Event | None) -> Row:
        matcher = None if request.grammar is None else self._grammars.start(request.grammar)
        cache = self._cache(request, prompt, cancel)
        limit = min(request.max_tokens, self._context - len(prompt))
        return Row(prompt, cache, matcher, limit, self._ends, request.temperature, request.seed)

    def _cache(self, request: ChatRequest, prompt: list[int], cancel: threading.Event | None) -> RowCache:
        """The conversation's own cache; a new one begins with the system turn's, which stays for the next."""
        prefix = self._prompts.prefix(request.messages)
        if len(prefix) >= _WORTH_SHARING and len(prefix) < len(prompt):
            key = tuple(prefix)
            if key not in self._store and request.conversation_id not in self._store:
                # One token more than the prefix, so that `take` keeps all of it.
                self._decoder.fill(self._store.take(key, prompt[: len(prefix) + 1]), prefix, cancel)
            self._store.touch(key)
        return self._store.take(request.conversation_id, prompt)

    def _reply(self, row: Row) -> ChatReply:
        return ChatReply(
            text=str(self._tokenizer.decode(row.said, skip_special_tokens=True)),
            raw_invalid=row.raw_invalid,
            prompt_tokens=row.prompt_tokens,
            cached_tokens=row.cached_tokens,
            sampled_tokens=row.sampled,
            forced_tokens=row.forced,
            seconds_prompt=row.seconds_prompt,
            seconds_decode=row.seconds - row.seconds_prompt,
            finish=row.finish or "cancelled",
        )


def _no_room(prompt: Sequence[int]) -> ChatReply:
    return ChatReply("", None, len(prompt), 0, 0, 0, 0.0, 0.0, "full")


class _Listener:
    """Turns tokens into text piece by piece; half a character waits for its other half."""

    def __init__(self, tokenizer: Any, names: dict[int, str], on_token: OnToken):
        self._tokenizer = tokenizer
        self._names = names
        self._on_token = on_token
        self._told: dict[int, int] = {}

    def __call__(self, row: Row) -> None:
        text = self._tokenizer.decode(row.said, skip_special_tokens=True)
        told = self._told.get(id(row), 0)
        if len(text) > told and not text.endswith("\ufffd"):
            self._told[id(row)] = len(text)
            self._on_token(self._names[id(row)], text[told:])
