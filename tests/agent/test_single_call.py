# SPDX-License-Identifier: Apache-2.0
"""One call of somebody else's, on the planner's own way."""

import threading
from dataclasses import replace

import pytest

from agent_planner.agent.believed import Believed
from agent_planner.agent.driver import Driver
from agent_planner.agent.events import EventKind
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.single_call import SingleCall, source_of
from agent_planner.agent.takeover import Takeovers
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.scene import Relation
from agent_planner.skills import SkillLibrary
from agent_planner.testing.arena import arena_scene
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Autonomy, Call, Outcome, ResultStatus, SkillResult

DOCKING = """
skills:
- {name: dock, description: Dock., makes: [docked]}
- {name: undock, description: Undock., needs: [docked], makes: [not docked]}
- {name: wave, description: Wave., parameters: {times: {type: number, minimum: 1, maximum: 3}}}
"""
OK = SkillResult(ResultStatus.OK)


class Robot:
    """Executor, scene source and person in one."""

    def __init__(self, library, result=None, answer=None):
        self.world = SymbolicWorld(arena_scene(), library)
        self.result, self.answer = result, answer
        self.calls, self.questions = [], []
        self.takeovers = Takeovers()
        self.meanwhile = lambda: None

    def execute(self, call, skill, scene, on_feedback):
        self.calls.append(str(call))
        self.meanwhile()
        return self.world.execute(call) if self.result is None else self.result

    def observe(self, cancel):
        return self.world.observe()

    def ask(self, question, cancel):
        self.questions.append(question.text)
        return self.answer


def do(text, robot=None, library=None, autonomy=Autonomy.AUTO, believed=None):
    """Result, episode and robot."""
    library = library or SkillLibrary.load()
    robot = robot or Robot(library)
    config, events = LoopConfig(autonomy=autonomy), []
    episode = SingleCall(library, text, robot.world.observe(), config, events.append, believed=believed or Believed())
    result = Driver(ScriptedModel([]), robot, robot, robot, threading.Event(), robot.takeovers).run(episode, "one")
    assert events[-1].kind is EventKind.ENDED
    return result, episode, robot


def test_it_has_succeeded_where_the_scene_shows_it():
    result, episode, robot = do('mcp\nnavigate_to(target="bin")')
    assert (result.outcome, str(result.goal)) == (Outcome.SUCCEEDED, "at(bin)")
    assert robot.calls == ['navigate_to(target="bin")']
    assert [m.role for m in episode.messages] == ["user", "assistant", "user"] and episode.refused == [1]
    assert result.summary == "succeeded (goal at(bin)) after 1 call"


def test_a_server_that_claims_success_is_not_believed():
    result, _, _ = do('navigate_to(target="bin")', Robot(SkillLibrary.load(), OK))
    assert (result.outcome, result.code) == (Outcome.FAILED, "NOT_SHOWN")
    assert result.message == "the server says ok, but the scene does not show at(bin)"


@pytest.mark.parametrize(
    ("ended", "outcome"),
    [
        (SkillResult(ResultStatus.FAILED, "NO_PATH", "blocked"), Outcome.FAILED),
        (SkillResult(ResultStatus.TIMEOUT, "NO_PATH", "blocked"), Outcome.TIMEOUT),
        (SkillResult(ResultStatus.UNKNOWN, "NO_PATH", "blocked"), Outcome.UNKNOWN),
        (SkillResult(ResultStatus.CANCELLED, "NO_PATH", "blocked"), Outcome.CANCELLED),
    ],
)
def test_other_ends_are_told_apart_and_nothing_is_tried_twice(ended, outcome):
    result, _, robot = do('navigate_to(target="bin")', Robot(SkillLibrary.load(), ended))
    assert (result.outcome, result.code, len(robot.calls)) == (outcome, "NO_PATH", 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("drive to the bin", "BAD_FORM"),
        ("", "BAD_FORM"),
        ('fly(target="bin")', "UNKNOWN_SKILL"),
        ('ask(question="may I?")', "UNKNOWN_SKILL"),
        ('give_up(reason="no")', "UNKNOWN_SKILL"),
        ('navigate_to(target="moon")', "UNKNOWN_ENTITY"),
        ('place_in(object="red cube", container="bin")', "NEEDS"),
    ],
)
def test_what_the_model_may_not_say_nobody_may(text, code):
    result, _, robot = do(text)
    assert (result.outcome, result.code, robot.calls) == (Outcome.FAILED, code, [])


@pytest.mark.parametrize(("answer", "calls"), [("yes", 1), ("no", 0), (None, 0)])
def test_at_confirm_a_person_approves_it(answer, calls):
    robot = Robot(SkillLibrary.load(), answer=answer)
    result, _, _ = do('navigate_to(target="bin")', robot, autonomy=Autonomy.CONFIRM)
    assert robot.questions == ['navigate_to(target="bin"). Approve?']
    assert len(robot.calls) == calls
    assert result.code == ("" if calls else "NOT_APPROVED")


@pytest.mark.parametrize(
    ("brought_there", "outcome", "code"), [(True, Outcome.SUCCEEDED, ""), (False, Outcome.FAILED, "TAKEOVER")]
)
def test_a_person_who_takes_over_ends_it_and_what_they_left_counts(brought_there, outcome, code):
    robot = Robot(SkillLibrary.load(), SkillResult(ResultStatus.CANCELLED, "CANCELLED", "cancelled"))

    def take_over():
        robot.takeovers.begin("stick")
        if brought_there:
            robot.world.execute(Call("navigate_to", {"target": "bin"}))
        robot.takeovers.end(1.5)

    robot.meanwhile = take_over
    result, episode, _ = do('navigate_to(target="bin")', robot)
    assert (result.outcome, result.code, len(robot.calls)) == (outcome, code, 1)
    assert len(result.takeovers) == 1
    assert result.message == (
        "" if brought_there else "a person took over and drove 1.5 m; the scene does not show at(bin)"
    )


def test_what_no_scene_shows_is_believed_from_call_to_call():
    library, believed = SkillLibrary.parse(DOCKING), Believed()
    robot = Robot(library, OK)
    assert do("undock()", robot, library, believed=believed)[0].code == "NEEDS"
    robot.result = SkillResult(ResultStatus.FAILED, "MISSED", "not docked")
    assert do("dock()", robot, library, believed=believed)[0].code == "MISSED"
    assert do("undock()", robot, library, believed=believed)[0].code == "NEEDS", "what failed made nothing"
    robot.result = OK
    assert do("dock()", robot, library, believed=believed)[0].outcome is Outcome.SUCCEEDED
    assert do("undock()", robot, library, believed=believed)[0].outcome is Outcome.SUCCEEDED
    assert do("undock()", robot, library, believed=believed)[0].code == "NEEDS"


def test_what_a_call_has_undone_is_believed_against_a_scene_that_goes_on_telling_it():
    library, believed = SkillLibrary.parse(DOCKING), Believed()
    docked = arena_scene().replace(relations=(Relation("docked"),))
    believed.note(library["undock"].made(Call("undock")))
    assert believed.added_to(docked).relations == ()
    believed.note(library["dock"].made(Call("dock")))
    assert believed.added_to(docked) == docked


def test_a_skill_without_an_effect_has_succeeded_when_it_was_done():
    library = SkillLibrary.parse(DOCKING)
    result, _, _ = do("wave(times=2)", Robot(library, OK), library)
    assert (result.outcome, str(result.goal)) == (Outcome.SUCCEEDED, "did(wave, 2)")
    failed = replace(OK, status=ResultStatus.FAILED)
    assert do("wave(times=2)", Robot(library, failed), library)[0].outcome is Outcome.FAILED


def test_who_asks_stands_before_the_call():
    assert source_of('mcp\npick(object="a")') == "mcp"
    assert source_of('pick(object="a")') == "client"
    assert source_of("<|im_start|>system: x\npick()") == "x"
