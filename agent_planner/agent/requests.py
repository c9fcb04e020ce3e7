# SPDX-License-Identifier: Apache-2.0
"""What the loop asks of the world outside. The loop yields these and is sent the answers.

Since the loop itself never waits, one driver can serve a robot (threads, deadlines, cancel) and another can move
hundreds of simulated episodes side by side, with the model's turns in batches.

In place of any answer `TookOver` may be thrown: a person had the robot meanwhile. Of a `Dispatch` that was under way
the end is sent first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agent_planner.llm.base import Message
from agent_planner.scene import SceneGraph
from agent_planner.skills import Skill
from agent_planner.types import Call


@dataclass(frozen=True)
class ModelTurn:
    """Answer with a `ChatReply`. ``grammar`` is None at level raw."""

    messages: tuple[Message, ...]
    grammar: str | None


@dataclass(frozen=True)
class Dispatch:
    """Carry out a checked call on the robot; answer with a `SkillResult`."""

    call: Call
    skill: Skill
    scene: SceneGraph


@dataclass(frozen=True)
class Observe:
    """Answer with a `SceneGraph` observed after everything asked so far ended, or None if there is none in time."""


@dataclass(frozen=True)
class Question:
    """Ask the person; answer with their words, or None where nobody answers.

    ``kind`` is question, which, approve_goal or approve_call (to approve, the answer is ``yes``), stuck (what is to
    be done where the planner cannot go on), or help: something that the person is to do.
    """

    kind: str
    text: str
    options: Sequence[str] = ()


@dataclass(frozen=True)
class HandOver:
    """Let a person take over: there is no answer but `TookOver`, once they have given the robot back."""


Request = ModelTurn | Dispatch | Observe | Question | HandOver
