# SPDX-License-Identifier: Apache-2.0
"""The arena as a robot that a person steers: symbolic, but with the real checks, loop and gate."""

import itertools
import threading
import time
from concurrent.futures import Future

import numpy as np

from agent_planner.agent.events import EventKind
from agent_planner.agent.loop import Episode
from agent_planner.ros.console_values import Answer, Grid, Picture, settled
from agent_planner.scene import entity_line
from tests.mcp.arena_robot import ArenaRobot, Running

SECONDS = 20.0


class ArenaConsole:
    """A `agent_planner.console.robot.Robot`.

    Attributes:
        arena: the world and what reaches its robot.
        did: what the console asked for, in order.
        beats: how often the operator's link gave a sign of life.
        silent: commands are never answered.
    """

    def __init__(self, runs=None):
        self.arena = ArenaRobot()
        self.arena.ask = self._ask
        self.runs = runs
        self.did, self.beats = [], 0
        self.silent = False
        self.looked_at = False
        self._tell = lambda topic, data: None
        self._ids = itertools.count(1)
        self._running = None
        self._question, self._answer = None, None
        self._answered = threading.Event()
        self._numbers = itertools.count(1)
        self._picture = None
        self.level = "auto"

    # --- told to the page

    def open(self, tell):
        self._tell = tell
        skills = [{"name": s.name, "description": s.description, "risk": s.risk} for s in self.arena.library]
        levels = ["auto", "confirm", "plan_only", "teleop"]
        about = {"name": "arena", "skills": skills, "levels": levels, "camera": True, "drives": True, "arm": True}
        tell("robot", about | {"max_linear": 0.5, "max_angular": 1.2})
        tell("status", self._status("IDLE"))
        tell("stop", self._stop_state(False))
        tell("teleop", {"active": False, "source": "", "seconds": 0.0, "distance_m": 0.0})
        tell("autonomy", {"level": self.level})
        tell("questions", [])
        tell("map", {"width": 4, "height": 3, "resolution": 0.5, "origin": [-1.0, -1.0]})
        self._tell_scene()

    def close(self):
        self._tell = lambda topic, data: None

    def tell(self, topic, data):
        self._tell(topic, data)

    def photograph(self):
        """Take a picture."""
        self._picture = Picture(next(self._numbers), b"\xff\xd8 a picture \xff\xd9")
        self._tell("picture", self._picture.number)

    def _status(self, state, **more):
        empty = dict.fromkeys(("instruction", "goal", "thought", "call", "detail", "episode_id"), "")
        return {"state": state, **empty, "step": 0, "own": False, **more}

    def _stop_state(self, stopped, *reasons):
        parts = {"base": "at rest, as measured"}
        return {"heard": True, "stopped": stopped, "reasons": reasons, "confirmed": stopped, "parts": parts}

    def _tell_scene(self):
        scene = self.arena.world.observe()
        things = [
            {
                "name": name,
                "kind": thing.kind,
                **{"x": thing.pose.x, "y": thing.pose.y, "yaw": thing.pose.yaw, "w": thing.size[0], "d": thing.size[1]},
                "color": "",
                "words": entity_line(scene, name),
            }
            for name, thing in scene.entities.items()
        ]
        base = scene.robot.base
        self._tell("scene", {"age_s": 0.1, "robot": {"x": base.x, "y": base.y, "yaw": base.yaw}, "things": things})

    # --- asked by the page

    def instruct(self, instruction, autonomy):
        self.did.append(("instruct", instruction, autonomy))
        if self._running is not None:
            return settled(False, "busy")
        self._running = _Run(self.arena, Episode, instruction, autonomy or self.level, self._hear)
        threading.Thread(target=self._run).start()
        return settled(True, "accepted")

    def _run(self):
        ended = self._running.result(SECONDS)
        self._running = None
        self._tell("status", self._status("IDLE"))
        fields = ("outcome", "summary", "goal", "steps", "episode_id")
        self._tell("result", {name: getattr(ended, name) for name in fields} | {"error": ended.error_msg})
        self._tell_scene()

    def _hear(self, said):
        self._event(EventKind(said.state).name, said.detail, said.thought, said.call, said.step)
        self._tell("status", self._status(said.state, thought=said.thought, call=said.call, step=said.step))
        self._tell_scene()

    def _event(self, kind, text="", thought="", call="", step=0):
        event = {"kind": kind, "text": text, "thought": thought, "call": call, "step": step, "data": {}}
        self._tell("event", event | {"episode_id": "20260101-000000-abcd", "time": time.time()})

    def _ask(self, text):
        self._question, self._answer = f"q{next(self._ids)}", None
        self._answered.clear()
        question = {"id": self._question, "kind": "approve_call", "text": text, "options": ["yes", "no"]}
        self._tell("questions", [question | {"remaining_s": SECONDS}])
        self._answered.wait(SECONDS)
        self._tell("questions", [])
        return self._answer

    def cancel(self):
        self.did.append(("cancel",))
        if self._running is not None:
            self._running._cancel.set()
        return settled(True, "cancelling")

    def answer(self, question, answer):
        self.did.append(("answer", question, answer))
        if question != self._question:
            return settled(False, f"the question '{question}' is not open")
        self._answer = answer
        self._answered.set()
        return settled(True)

    def set_autonomy(self, level):
        self.did.append(("autonomy", level))
        self.level = level
        self._tell("autonomy", {"level": level})
        return settled(True)

    def take_over(self):
        self.did.append(("take_over",))
        if self.silent:
            return Future()
        self._tell("teleop", {"active": True, "source": "service", "seconds": 0.0, "distance_m": 0.0})
        return settled(True)

    def give_back(self):
        self.did.append(("give_back",))
        self._tell("teleop", {"active": False, "source": "service", "seconds": 1.0, "distance_m": 0.2})
        return settled(True)

    def stop(self, reason):
        self.did.append(("stop", reason))
        self._tell("stop", self._stop_state(True, f"console: {reason}"))
        return Answer(True, "stop was sent")

    def reset(self):
        self.did.append(("reset",))
        self._tell("stop", self._stop_state(False))
        return settled(True)

    def drive(self, linear, angular):
        self.did.append(("drive", linear, angular))

    def jog(self, linear, angular):
        self.did.append(("jog", tuple(linear), tuple(angular)))

    def gripper(self, opening):
        self.did.append(("gripper", opening))
        return Answer(True)

    def beat(self):
        self.beats += 1

    def look(self, wanted):
        self.looked_at = wanted

    def picture(self):
        return self._picture

    def grid(self):
        return Grid(np.array([[0, 0, 100, -1], [0, 50, 0, 0], [100, 0, 0, 0]], np.int8), 0.5, (-1.0, -1.0))


class _Run(Running):
    """Asks the person at the console."""

    def _asked(self, text):
        return self._owner.ask(text)
