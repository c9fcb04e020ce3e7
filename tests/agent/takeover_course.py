# SPDX-License-Identifier: Apache-2.0
"""A robot that is taken away from an episode and given back, without ROS."""

import threading
from dataclasses import replace

from agent_planner.agent.driver import Driver
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.loop import Episode
from agent_planner.agent.rollout import Rollout
from agent_planner.agent.takeover import Takeovers
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.types import ResultStatus, SkillResult

LIBRARY = SkillLibrary.load()
SCENE = SceneGraph(
    objects=(SceneObject(name="cup"), SceneObject(name="pen")),
    places=(ScenePlace(name="desk"), ScenePlace(name="shelf")),
    relations=(Relation("on", "cup", "desk"), Relation("on", "pen", "desk")),
)
CANCELLED = SkillResult(ResultStatus.CANCELLED, "CANCELLED", "cancelled")
FAILED = SkillResult(ResultStatus.FAILED, "NO_PATH", "blocked")
GOAL, TO_DESK, PICK = (
    "goal: holding(cup)",
    'holding(cup)\nnavigate_to(target="desk")',
    'holding(cup)\npick(object="cup")',
)
TO_SHELF = 'holding(cup)\nnavigate_to(target="shelf")'
ASKING = LoopConfig(ask_before_giving_up=True)


class Robot(Rollout):
    """A robot, its scene and its person; ``on_execute`` are what happens during the calls, one after the other."""

    def __init__(self, *on_execute, answers=()):
        super().__init__(SCENE, LIBRARY)
        self.on_execute, self.answers = list(on_execute), list(answers)
        self.questions = []

    def execute(self, call, skill, scene, on_feedback):
        result = self.on_execute.pop(0)() if self.on_execute else None
        return result or super().execute(call, skill, scene, on_feedback)

    def ask(self, question, cancel):
        self.questions.append(question)
        answer = self.answers.pop(0) if self.answers else None
        return answer() if callable(answer) else answer

    def put(self, *relations):
        """A person changes the scene."""
        self._scene = self._scene.replace(relations=relations)


class Course:
    """One episode, and who takes the robot away from it."""

    def __init__(self, robot, answers, config=ASKING, **fields):
        self.now = 0.0
        self.robot, self.config, self.fields = robot, config, fields
        self.events, self.model = [], ScriptedModel(answers)
        self.cancel = threading.Event()
        self.takeovers = Takeovers(clock=lambda: self.now)

    def person(self, *relations, result: SkillResult | None = CANCELLED, seconds=10.0, drove=1.5):
        """What a call gets that a person takes over during: they change the scene, drive, and give back."""

        def take():
            self.takeovers.begin("stick")
            self.now += seconds
            if relations:
                self.robot.put(*relations)
            self.takeovers.end(drove)
            return result

        return take

    def run(self, instruction="get the cup", library=LIBRARY):
        self.episode = Episode(
            library, instruction, SCENE, self.config, self.events.append, lambda: self.now, **self.fields
        )
        driver = Driver(self.model, self.robot, self.robot, self.robot, self.cancel, self.takeovers)
        return driver.run(self.episode, "one")

    def told(self, kind):
        return [event for event in self.events if event.kind is kind]


def course(answers, *during, robot_answers=(), **config):
    """``during`` gets the course and returns what happens during a call."""
    robot = Robot(answers=robot_answers)
    run = Course(robot, answers, replace(ASKING, **config))
    robot.on_execute = [make(run) for make in during]
    return run


MOVED = (Relation("on", "cup", "shelf"), Relation("on", "pen", "desk"), Relation("at", "shelf"), Relation("at", "cup"))
