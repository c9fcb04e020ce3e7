# SPDX-License-Identifier: Apache-2.0
import threading

import pytest

from agent_planner.agent.driver import Driver
from agent_planner.agent.events import EventKind
from agent_planner.agent.loop import Episode
from agent_planner.agent.rollout import Rollout
from agent_planner.errors import UserError
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.safety.judge import Judge
from agent_planner.safety.policy import Policy
from agent_planner.scene import Pose, Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.types import Call, Outcome, ResultStatus, SkillResult

LIBRARY = SkillLibrary.load()
SCENE = SceneGraph(
    objects=(SceneObject(name="cup"),), places=(ScenePlace(name="desk"),), relations=(Relation("on", "cup", "desk"),)
)
FETCH = ["goal: holding(cup)", 'holding(cup)\nnavigate_to(target="desk")', 'holding(cup)\npick(object="cup")']


class Robot(Rollout):
    """Gives a result that was written down, once; then has the library's effects."""

    def __init__(self, result=None, feedback=(), on_execute=lambda: None):
        super().__init__(SCENE, LIBRARY)
        self.result, self.feedback, self.on_execute = result, feedback, on_execute

    def execute(self, call, skill, scene, on_feedback):
        for text in self.feedback:
            on_feedback(text)
        self.on_execute()
        result, self.result = self.result, None
        return result or super().execute(call, skill, scene, on_feedback)


@pytest.fixture
def cancel():
    return threading.Event()


def drive(robot, cancel, answers=FETCH):
    events, model = [], ScriptedModel(answers)
    episode = Episode(LIBRARY, "get the cup", SCENE, emit=events.append)
    result = Driver(model, robot, robot, robot, cancel).run(episode, "one")
    assert events[-1].kind is EventKind.ENDED
    assert events[-1].text == result.summary
    return result, events, model


def test_to_the_end(cancel):
    result, _, model = drive(Robot(), cancel)
    assert result.outcome is Outcome.SUCCEEDED
    assert [str(call) for call, _ in result.steps] == [FETCH[1].split("\n")[1], FETCH[2].split("\n")[1]]
    names = [tool["function"]["name"] for tool in model.heard[0].tools]
    assert names == [*LIBRARY.by_name, "ask", "give_up"]
    assert model._said == {}  # the conversation was forgotten


def test_feedback_becomes_events_but_not_a_flood(cancel):
    _, events, _ = drive(Robot(feedback=["a", "b", "c"]), cancel)
    told = [(e.text, e.call) for e in events if e.data.get("feedback")]
    assert told == [("a", 'navigate_to(target="desk")'), ("a", 'pick(object="cup")')]


def test_a_cancel_during_a_call_ends_after_its_result_is_recorded(cancel):
    result, _, model = drive(Robot(on_execute=cancel.set), cancel)
    assert (result.outcome, len(result.steps), len(model.heard)) == (Outcome.CANCELLED, 1, 2)


def test_a_cancel_while_a_person_is_asked_about_a_call_is_no_refusal_of_theirs(cancel):
    denied = SkillResult(ResultStatus.DENIED, "DENIED", "nobody answered")
    result, events, _ = drive(Robot(denied, on_execute=cancel.set), cancel)
    assert (result.outcome, result.steps) == (Outcome.CANCELLED, ())
    assert not any("nobody answered" in event.text for event in events)


def test_a_cancel_during_the_models_turn(cancel):
    def answer(request):
        cancel.set()
        return FETCH[0]

    result, _, _ = drive(Robot(), cancel, answer)
    assert (result.outcome, result.steps) == (Outcome.CANCELLED, ())


def test_no_call_follows_one_of_which_nothing_is_known(cancel):
    doubt = SkillResult(ResultStatus.UNKNOWN, "SERVER_LOST", "the server is gone")
    result, _, model = drive(Robot(doubt), cancel)
    assert (result.outcome, result.code, len(model.heard)) == (Outcome.UNKNOWN, "SERVER_LOST", 2)
    assert result.steps[0][1] == "unknown SERVER_LOST: the server is gone"


def test_a_model_without_an_answer_is_told_apart(cancel):
    result, _, _ = drive(Robot(), cancel, FETCH[:1])
    assert (result.outcome, result.code) == (Outcome.FAILED, "MODEL_ERROR")
    assert "has 1 answers" in result.message


def test_a_rollout_keeps_to_what_skills_need(cancel):
    imagined = Rollout(SCENE, LIBRARY)
    pick = LIBRARY["pick"]
    refused = imagined.execute(Call("pick", {"object": "cup"}), pick, SCENE, print)
    assert (refused.code, refused.message) == ("NEEDS", "at(cup) does not hold")
    assert imagined.observe(cancel) == SCENE


def test_a_rollout_moves_the_base_and_what_it_carries(cancel):
    """Places and reach in a plan are judged from where the robot would be."""
    desk = ScenePlace(name="desk", pose=Pose(3.0, 0.0, 0.3), size=(0.6, 0.6, 0.6))
    bin_ = ScenePlace(name="bin", pose=Pose(0.0, 4.0, 0.2), size=(0.4, 0.4, 0.4), affordances=frozenset({"container"}))
    cup = SceneObject(name="cup", pose=Pose(3.1, 0.0, 0.65), size=(0.1, 0.1, 0.1))
    scene = SceneGraph(objects=(cup,), places=(desk, bin_), relations=(Relation("on", "cup", "desk"),))
    judge = Judge(Policy.parse("bounds: {reach_m: 0.9}\nrules: [{name: rest, then: allow}]"))
    world = Rollout(scene, LIBRARY)
    executor = world.gated(judge)

    def did(skill, **args):
        return executor.execute(Call(skill, args), LIBRARY[skill], world.observe(cancel), print)

    assert did("navigate_to", target="cup").ok
    base = world.observe(cancel).robot.base
    assert (base.x, base.y) == pytest.approx((2.2, 0.0))  # half the desk, and the gap
    assert did("pick", object="cup").ok and did("navigate_to", target="bin").ok
    assert did("place_in", object="cup", container="bin").ok
    assert world.observe(cancel).entities["cup"].pose[:2] == (0.0, 4.0)
    assert "needs holding(cup)" in did("place_on", object="cup", surface="desk").message


class Locked(ScriptedModel):
    def chat(self, requests, cancel=None, on_token=None):
        raise UserError("openai:robot@https://server: HTTP 401: the server does not take the key")


def test_a_server_that_a_person_must_see_to_is_told_as_the_models_fault(cancel):
    robot = Robot()
    result = Driver(Locked([]), robot, robot, robot, cancel).run(Episode(LIBRARY, "get the cup", SCENE), "one")
    assert (result.outcome, result.code) == (Outcome.FAILED, "MODEL_ERROR")
    assert "HTTP 401" in result.summary
