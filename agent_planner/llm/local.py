# SPDX-License-Identifier: Apache-2.0
"""A language model in this process, through transformers."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent_planner.errors import ModelError
from agent_planner.llm.base import ChatReply, ChatRequest, OnToken, Progress

if TYPE_CHECKING:
    from agent_planner.llm.session import Session

_CACHE_BYTES = 4_000_000_000


def share_processors() -> None:
    """Let torch's threads sleep while they wait for one another; needed before torch is imported.

    By default they spin. Beside one other busy process (a simulator, motion servers) two spinning threads on two
    cores computed a prompt in 14.5 s instead of 1.0 s; alone, sleeping costs nothing that could be measured.
    A value that the environment has is kept.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


class LocalModel:
    """Any causal language model of Hugging Face, with or without a LoRA adapter.

    Every conversation keeps what was computed for it, so that a turn costs only its new tokens; all
    conversations of one `chat` share its forward passes. torch is imported by `load`.

    Args:
        source: a folder (model or adapter), a name that Hugging Face knows, or a function that finds the folder
            when it is needed.
        adapter: a LoRA adapter to merge.
        name: for logs and figures; the source's own otherwise.
        cache_bytes: how much memory conversations that wait may keep.
    """

    def __init__(
        self,
        source: str | Callable[[Progress], Path],
        adapter: Path | None = None,
        name: str | None = None,
        cache_bytes: int = _CACHE_BYTES,
    ):
        self._source = source
        self._adapter = adapter
        self._name = name or (source if isinstance(source, str) else "local")
        self._cache_bytes = cache_bytes
        self._session: Session | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """What it is called in logs and figures."""
        return self._name

    def load(self, progress: Progress | None = None) -> None:
        """Import torch, find the weights and load them."""
        report = progress or (lambda text, fraction: None)
        with self._lock:
            if self._session is not None:
                return
            source = self._source if isinstance(self._source, str) else str(self._source(report))
            report("importing torch and transformers", 0.0)
            share_processors()
            from agent_planner.llm.session import Session
            from agent_planner.llm.weights import load_weights

            self._session = Session(load_weights(source, self._adapter, report), self._cache_bytes)

    def chat(
        self,
        requests: Sequence[ChatRequest],
        cancel: threading.Event | None = None,
        on_token: OnToken | None = None,
    ) -> list[ChatReply]:
        """Answer every request; see `ChatModel.chat`. A second caller waits for the first."""
        self.load()
        with self._lock:
            if self._session is None:
                raise ModelError(f"model {self._name} was closed while a turn waited for it")
            return self._session.chat(requests, cancel, on_token)

    def forget(self, conversation_id: str) -> None:
        """Free what is kept for a conversation."""
        with self._lock:
            if self._session is not None:
                self._session.forget(conversation_id)

    def close(self) -> None:
        """Free the weights and everything kept."""
        with self._lock:
            self._session = None
