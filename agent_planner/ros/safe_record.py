# SPDX-License-Identifier: Apache-2.0
"""A record whose disk may fail without stopping the robot half-way."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from agent_planner.agent.events import Event
from agent_planner.agent.result import EpisodeResult
from agent_planner.llm.base import Message
from agent_planner.recording.episode import EpisodeRecorder
from agent_planner.scene import SceneGraph


class SafeRecord:
    """Passes everything on to a recorder until that fails; the first failure is told, then nothing is recorded.

    Args:
        recorder: None records nothing.
        complain: is told what went wrong.
    """

    def __init__(self, recorder: EpisodeRecorder | None, complain: Callable[[str], object]):
        self._recorder = recorder
        self._complain = complain

    @property
    def folder(self) -> Path | None:
        """The episode's; None where nothing is recorded."""
        return self._recorder.folder if self._recorder else None

    def open(self, config: Mapping[str, Any]) -> None:
        """As in `EpisodeRecorder`."""
        self._try(lambda recorder: recorder.open(config))

    def event(self, event: Event, stamp: float | None = None) -> None:
        """As in `EpisodeRecorder`."""
        self._try(lambda recorder: recorder.event(event, stamp))

    def finish(
        self,
        instruction: str,
        messages: Sequence[Message],
        refused: Sequence[int],
        result: EpisodeResult,
        scene: SceneGraph | None,
        earlier: Sequence[tuple[Sequence[Message], Sequence[int]]],
        recording: Mapping[str, Any] | None,
    ) -> None:
        """As in `EpisodeRecorder`."""
        self._try(lambda recorder: recorder.finish(instruction, messages, refused, result, scene, earlier, recording))

    def _try(self, do: Callable[[EpisodeRecorder], None]) -> None:
        if self._recorder is None:
            return
        try:
            do(self._recorder)
        except OSError as error:
            self._recorder = None
            self._complain(f"the episode is not recorded any further: {error}")
