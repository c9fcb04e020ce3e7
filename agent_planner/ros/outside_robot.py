# SPDX-License-Identifier: Apache-2.0
"""A running robot for programs outside: what its planner and its supervisor offer, and no way round them."""

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent_planner_interfaces.msg import SceneGraph as SceneGraphMsg

from agent_planner.errors import InfrastructureError, UserError
from agent_planner.ros.client import Feedback, PlannerClient, SentInstruction
from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.messages import SceneMessageError, to_scene
from agent_planner.ros.names import BEST_EFFORT, EXECUTE_CALL
from agent_planner.ros.remote_parameters import read_parameters
from agent_planner.ros.stop_client import Progress, StopClient
from agent_planner.safety.policy import Policy, policy_path
from agent_planner.scene import SceneGraph
from agent_planner.scene.geometry import Reach
from agent_planner.scene.plain import plain
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import library_file

_PARAMETERS = ("skills_file", "policy_file", "runs_folder", "place_reach_m", "object_reach_m")
_ANSWER_S, _SCENE_S = 5.0, 5.0
# A reason by topic is shown within a beat, once supervisor and client have found each other; else the service is asked.
_SHOWN_S = 4.0
_LONGEST_REASON = 100


@dataclass(frozen=True)
class StopEnd:
    """What came of a stop.

    Attributes:
        confirmed: every goal is confirmed to have ended, and base and arm are at rest.
        message: for a person.
        parts: what is known of each server and part.
    """

    confirmed: bool
    message: str
    parts: Mapping[str, str] = field(default_factory=dict)


class OutsideRobot:
    """Build it on an open `ClientNode`, then `join`. Everything that blocks may be called from any thread.

    Args:
        client: the node.
        who: whose instructions, calls and stops these are; recorded with them.
    """

    def __init__(self, client: ClientNode, who: str):
        self._client = client
        self._who = who
        # Of this very client: reasons of its own are known by it, and nobody else's can be taken for one.
        self._tag = f"{who} {secrets.token_hex(3)}: "
        self._planner = PlannerClient(client)
        self._caller = PlannerClient(client, EXECUTE_CALL)
        self._stops = StopClient(client)
        self._under_way: list[SentInstruction] = []
        self._message: SceneGraphMsg | None = None
        self._heard = threading.Event()
        self._received = 0.0
        client.node.create_subscription(SceneGraphMsg, "scene_graph", self._take, BEST_EFFORT)

    def join(self, seconds: float) -> None:
        """Find the planner and read what it works with.

        Raises:
            InfrastructureError: there is none.
            UserError: its skill library or its policy cannot be read on this machine.
        """
        self._planner.wait_for_server(seconds)
        self._caller.wait_for_server(seconds)
        values = read_parameters(self._client, "planner", _PARAMETERS, _ANSWER_S)
        try:
            self.library = SkillLibrary.load(library_file(values["skills_file"]))
            file = values["policy_file"]
            self.policy = Policy.load(policy_path(file), self.library) if file else None
        except UserError as error:
            raise UserError(f"the planner's files are not on this machine as it knows them: {error}") from error
        self._runs = Path(values["runs_folder"]).expanduser() if values["runs_folder"] else None
        self._reach = Reach(place_m=values["place_reach_m"], object_m=values["object_reach_m"])

    def instruct(self, instruction: str, autonomy: str, on_feedback: Callable[[Feedback], None]) -> SentInstruction:
        """Send an instruction; returns at once."""
        return self._noted(self._planner.send(instruction, on_feedback, autonomy))

    def call(self, call: str, on_feedback: Callable[[Feedback], None]) -> SentInstruction:
        """Send one call, as text, to the planner's checks and gate; returns at once."""
        return self._noted(self._caller.send(f"{self._who}\n{call}", on_feedback))

    def end_all(self, seconds: float) -> None:
        """End what was sent from here and runs; the robot is at rest when this returns.

        Raises:
            InfrastructureError: that is not known.
        """
        for sent in self._under_way:
            sent.cancel(seconds)

    def scene(self) -> tuple[SceneGraph, float]:
        """The newest scene, and seconds since it came; waits for the first one.

        Raises:
            InfrastructureError: none came, or it cannot be read.
        """
        self._client.wait_until(self._heard.is_set, _SCENE_S, "a scene on 'scene_graph'", self._heard)
        message, age_s = self._message, time.monotonic() - self._received
        assert message is not None
        try:
            return to_scene(message, self._reach, None), age_s
        except SceneMessageError as error:
            raise InfrastructureError(f"the scene cannot be read: {error}") from error

    def stop(self, reason: str, seconds: float = 10.0) -> StopEnd:
        """Stop the robot and wait until it is at rest.

        Raises:
            InfrastructureError: there is no supervisor, or no answer. The stop may have been carried out all the same.
        """
        new = f"{self._tag}{plain(reason, _LONGEST_REASON) or 'no reason given'}".replace(";", ",")
        # Not another one beside one that is in force: a stop has room for few, and a person's must be among them.
        own = next((one for one in self._stops.reasons if one.startswith(self._tag)), new)
        if not self._stops.request(own, _SHOWN_S):
            self._stops.stop("")
        parts: dict[str, str] = {}
        unsettled: set[str] = set()

        def take(progress: Progress) -> None:
            parts.update({line.name: line.text for line in progress.lines})
            unsettled.clear()
            unsettled.update(line.name for line in progress.lines if not line.settled)

        if self._stops.follow(seconds, take):
            return StopEnd(True, "stopped: every server that is there has confirmed, and the robot is at rest", parts)
        known = ", ".join(sorted(unsettled)) or "no report came from the supervisor"
        return StopEnd(False, f"stopped, but not confirmed after {seconds:g} s: {known}", parts)

    def reset(self) -> tuple[bool, str]:
        """Let it act again after a stop of our own; whether it may, and why.

        Raises:
            InfrastructureError: no answer.
        """
        # A client just started has not heard yet who stopped it.
        self._stops.wait_for_report()
        others = [reason for reason in self._stops.reasons if not reason.startswith(self._tag)]
        if others:
            why = "; ".join(others)
            return False, f"not reset: somebody else stopped it ({why}); that is for a person: agent-planner reset"
        answer = self._stops.reset()
        return answer.success, answer.message

    def newest_episode(self) -> Mapping[str, Any] | None:
        """The record of the newest episode that has ended, where it is kept on this machine."""
        files = list(self._runs.glob("*/episode.json")) if self._runs else []
        if not files:
            return None
        try:
            return json.loads(max(files, key=_began).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InfrastructureError(f"the newest record in {self._runs} cannot be read: {error}") from error

    def _noted(self, sent: SentInstruction) -> SentInstruction:
        self._under_way = [*(one for one in self._under_way if not one.ended), sent]
        return sent

    def _take(self, message: SceneGraphMsg) -> None:
        self._message, self._received = message, time.monotonic()
        self._heard.set()


def _began(file: Path) -> tuple[str, int]:
    """When an episode began, by its id; within one second the order is that of their ends."""
    return file.parent.name[: len("20260131-142501")], file.stat().st_mtime_ns
