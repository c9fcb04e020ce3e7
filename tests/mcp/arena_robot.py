# SPDX-License-Identifier: Apache-2.0
"""The arena as a robot that a client drives: symbolic, but with the real checks, loop and gate."""

import threading
from types import SimpleNamespace

from agent_planner.agent.driver import Driver
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.loop import Episode
from agent_planner.agent.single_call import SingleCall
from agent_planner.errors import InfrastructureError
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.safety.gate import Gate
from agent_planner.safety.judge import Judge
from agent_planner.testing.arena import Recorded, arena_library, arena_policy, arena_scene
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Autonomy, Outcome, ResultStatus, SkillResult

SECONDS = 20.0
TO_BIN = [
    "goal: in(red cube, bin)",
    'in(red cube, bin)\npick(object="red cube")',
    'in(red cube, bin)\nnavigate_to(target="bin")',
    'in(red cube, bin)\nplace_in(object="red cube", container="bin")',
]


class ArenaRobot:
    """A `agent_planner.mcp.robot.Robot`.

    Attributes:
        robot: notes what reaches it.
        questions: what the person was asked; ``answer`` is what they say.
        hanging: calls go on until they are cancelled; ``at_rest`` is set once that has had its effect.
        stops: the reasons of every stop.
    """

    def __init__(self, scene=None, message="", script=TO_BIN, answer=None):
        self.library, self.policy = arena_library(), arena_policy()
        self.world = SymbolicWorld(scene or arena_scene(), self.library)
        self.robot = Recorded(self.world, message)
        self.script, self.answer = script, answer
        self.questions, self.stops, self.sent = [], [], []
        self.hanging = False
        self.begun, self.at_rest = threading.Event(), threading.Event()
        self.blind = False
        self.episode = None

    def instruct(self, instruction, autonomy, on_feedback):
        self.sent.append((instruction, autonomy))
        return Running(self, Episode, instruction, autonomy, on_feedback)

    def call(self, call, on_feedback):
        self.sent.append((call, ""))
        return Running(self, SingleCall, f"mcp\n{call}", "", on_feedback)

    def scene(self):
        if self.blind:
            raise InfrastructureError("a scene on 'scene_graph': no answer within 5 s")
        return self.world.observe(), 0.1

    def stop(self, reason):
        self.stops.append(reason)
        return SimpleNamespace(confirmed=True, message="stopped: at rest", parts={"base": "at rest, as measured"})

    def reset(self):
        return False, "not reset: somebody else stopped it (a hand on the button)"

    def newest_episode(self):
        return self.episode


class Running:
    """An episode in the thread that waits for its result."""

    def __init__(self, owner, kind, instruction, autonomy, hear):
        self._owner, self._hear = owner, hear
        self._cancel, self._over = threading.Event(), threading.Event()
        config = LoopConfig(autonomy=Autonomy(autonomy or "auto"))
        judge = Judge(owner.policy)
        self._episode = kind(owner.library, instruction, owner.world.observe(), config, self._tell, judge=judge)
        observe, approved = owner.world.observe, lambda: self._episode.approved
        gate = Gate(self, owner.library, judge, self._asked, observe, asked_before=approved)
        self._driver = Driver(ScriptedModel(owner.script), gate, self, self, self._cancel)

    def result(self, seconds):
        try:
            ended = self._driver.run(self._episode, "one")
        finally:
            self._over.set()
        good = ended.outcome in (Outcome.SUCCEEDED, Outcome.ANSWERED)
        return SimpleNamespace(
            good=good,
            status="SUCCEEDED" if good else "ABORTED",
            outcome=ended.outcome.value,
            error_code=0 if good else 103,
            error_msg="" if good else f"{ended.code}: {ended.message}",
            summary=ended.summary,
            goal=str(ended.goal or ""),
            steps=tuple(str(call) for call, _ in ended.steps),
            episode_id="20260101-000000-abcd",
        )

    def cancel(self, seconds):
        self._cancel.set()
        assert self._over.wait(seconds)
        self._owner.at_rest.set()

    # --- what the driver needs

    def execute(self, call, skill, scene, on_feedback):
        self._owner.begun.set()
        if self._owner.hanging:
            on_feedback("state moving")
            assert self._cancel.wait(SECONDS)
            return SkillResult(ResultStatus.CANCELLED, "CANCELLED", "")
        return self._owner.robot.execute(call, skill, scene, on_feedback)

    def observe(self, cancel):
        return self._owner.world.observe()

    def ask(self, question, cancel):
        return self._asked(question.text)

    def _asked(self, text):
        self._owner.questions.append(text)
        return self._owner.answer

    def _tell(self, event):
        said = SimpleNamespace(
            step=event.step, thought=event.text, call=event.call, state=event.kind.value, detail=event.text
        )
        self._hear(said)
