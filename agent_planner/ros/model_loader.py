# SPDX-License-Identifier: Apache-2.0
"""Loads the language model in a thread of its own, so that nothing waits that need not."""

import threading
from collections.abc import Callable

from agent_planner.errors import AgentPlannerError, ModelError
from agent_planner.llm.base import ChatModel
from agent_planner.ros.waiting import Changes, Deadline

_LONGEST_S = 3600.0


class ModelLoader:
    """Begins with `start`. ``progress`` is what is being done, for a person."""

    def __init__(self, model: ChatModel):
        self.model = model
        self.progress = "waiting"
        self.error = ""
        self._changes = Changes()
        self._ready = False
        self._closed = False
        self._thread = threading.Thread(target=self._load, name="load-model", daemon=True)

    @property
    def ready(self) -> bool:
        """Whether the model can answer."""
        return self._ready

    @property
    def ended(self) -> bool:
        """Whether nothing is being loaded any more, with or without success."""
        return self._ready or bool(self.error)

    def start(self) -> None:
        """Begin to load; returns at once."""
        self._thread.start()

    def wait(self, cancel: threading.Event, tell: Callable[[str], None]) -> ChatModel | None:
        """Wait until the model is ready and return it, or None once ``cancel`` is set; ``tell`` hears of progress.

        Raises:
            ModelError: it could not be loaded, or not in an hour without news.
        """
        told = ""

        def news() -> bool:
            return self._ready or bool(self.error) or cancel.is_set() or self.progress != told

        while self._changes.wait(news, Deadline(_LONGEST_S)) and not (self._ready or self.error or cancel.is_set()):
            told = self.progress
            tell(told)
        if self.error:
            raise ModelError(f"the model '{self.model.name}' could not be loaded: {self.error}")
        if not (self._ready or cancel.is_set()):
            raise ModelError(f"the model '{self.model.name}' was not loaded in {_LONGEST_S:g} s ({self.progress})")
        return self.model if self._ready else None

    def close(self, seconds: float) -> None:
        """Free the model; one that is still being loaded is waited for a while, and else freed once it is loaded."""
        with self._changes:
            self._closed = True
            loading = self._thread.is_alive() and not self.ended
        if loading:
            self._thread.join(seconds)
        else:
            self.model.close()

    def _load(self) -> None:
        error = ""
        try:
            self.model.load(self._on_progress)
        except AgentPlannerError as fault:
            error = str(fault)
        except Exception as fault:  # noqa: BLE001 - a library of any model may raise anything; the person must see it
            error = f"{type(fault).__name__}: {fault}"
        with self._changes:
            self.error = error
            self._ready = not error
            closed = self._closed
        if closed:
            self.model.close()

    def _on_progress(self, text: str, fraction: float) -> None:
        with self._changes:
            self.progress = f"{text} ({fraction:.0%})"
