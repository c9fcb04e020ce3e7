# SPDX-License-Identifier: Apache-2.0
"""A person takes over and gives back: the states, the driver and the loop, without ROS."""

import threading
from dataclasses import replace

import pytest

from agent_planner.agent.conversation import first_turn
from agent_planner.agent.driver import Driver
from agent_planner.agent.events import EventKind
from agent_planner.agent.limits import LoopConfig
from agent_planner.agent.loop import Episode
from agent_planner.agent.rollout import Rollout
from agent_planner.agent.takeover import GIVE_UP, RETRY, TAKE_OVER, Takeovers, Whenever
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.recording.episode import steps_of
from agent_planner.safety.gate import Gate
from agent_planner.safety.judge import Judge
from agent_planner.safety.policy import Policy
from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.skills import SkillLibrary
from agent_planner.types import Autonomy, Outcome, ResultStatus, SkillResult

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


# --- the states


def test_states_of_the_planners_side():
    begun = []
    takeovers = Takeovers(lambda: begun.append(True), clock=lambda: 0.0)
    never = threading.Event()
    assert not takeovers.pending and not takeovers.end()
    takeovers.begin("stick")
    takeovers.begin("autonomy")
    assert (takeovers.active, takeovers.pending, takeovers.source, begun) == (True, True, "stick", [True, True])
    assert takeovers.end(1.0) and takeovers.pending and not takeovers.active
    takeovers.begin("service")
    takeovers.end(2.0)
    handed = takeovers.handed(never)
    assert handed is not None
    assert (handed.source, handed.distance_m, takeovers.pending) == ("stick", 3.0, False)
    takeovers.begin("stick")
    takeovers.end()
    takeovers.forget()
    assert not takeovers.pending


def test_a_takeover_that_an_episode_begins_in_is_not_forgotten():
    takeovers = Takeovers()
    takeovers.begin("stick")
    takeovers.forget()
    assert takeovers.pending


def test_whoever_waits_for_the_return_is_woken_by_a_cancel():
    takeovers, cancel = Takeovers(), threading.Event()
    takeovers.begin("stick")
    threading.Timer(0.1, cancel.set).start()
    assert takeovers.handed(cancel) is None


def test_an_event_that_is_a_condition():
    holds = []
    event = Whenever(lambda: bool(holds))
    assert not event.is_set() and not event.wait(0.01)
    threading.Timer(0.05, lambda: holds.append(1)).start()
    assert event.wait(5.0) and event.is_set()


# --- during a call


def test_the_task_goes_on_from_what_the_person_left():
    run = course([GOAL, TO_DESK, PICK], lambda c: c.person(*MOVED))
    result = run.run()
    assert (result.outcome, result.code) == (Outcome.SUCCEEDED, "")
    assert [(str(call), text) for call, text in result.steps] == [
        ('navigate_to(target="desk")', "cancelled TAKEOVER: a person took over"),
        ('pick(object="cup")', "ok"),
    ]
    assert result.summary == "succeeded (goal holding(cup)) after 2 calls and a takeover"


def test_the_model_is_told_in_its_own_format():
    """A new conversation: the whole scene, the goal as it was, then a turn as after any call that failed."""
    run = course([GOAL, TO_DESK, PICK], lambda c: c.person(*MOVED))
    run.run()
    said = [message.content for message in run.model.heard[-1].messages]
    now = SCENE.replace(relations=MOVED)
    assert said[1:3] == [first_turn(now, "get the cup"), GOAL]
    assert said[3].split("\n")[:3] == [
        "failed TAKEOVER: a person took over and drove 1.5 m",
        "robot: at shelf, hand free",
        "unmet: holding(cup)",
    ]
    assert said[3].split("\n")[3].startswith("cup: ") and "on shelf" in said[3].split("\n")[3]
    assert len(said) == 4
    ((before, refused),) = run.episode.earlier
    assert [m.content for m in before if m.role == "assistant"] == [GOAL, TO_DESK] and refused == []


def test_what_else_changed_is_told_as_well():
    other = (Relation("on", "cup", "desk"), Relation("on", "pen", "shelf"))
    run = course([GOAL, TO_DESK, TO_DESK, PICK], lambda c: c.person(*other, drove=0.0))
    run.run()
    lines = run.model.heard[2].messages[-1].content.split("\n")
    assert lines[0] == "failed TAKEOVER: a person took over"
    assert any(line.startswith("pen: ") and "on shelf" in line for line in lines)


def test_it_is_found_done():
    done = (Relation("holding", "cup"), Relation("on", "pen", "desk"))
    run = course([GOAL, TO_DESK], lambda c: c.person(*done))
    result = run.run()
    assert (result.outcome, len(run.model.heard)) == (Outcome.SUCCEEDED, 2)


def test_the_steps_record_a_turn_of_the_person():
    run = course([GOAL, TO_DESK, PICK], lambda c: c.person(*MOVED))
    steps = steps_of(run.run())
    assert [step.get("source") for step in steps] == [None, "human", None]
    assert steps[1]["result"] == "a person took over and drove 1.5 m"
    assert (steps[1]["from"], steps[1]["seconds"], steps[1]["distance_m"]) == ("stick", 10.0, 1.5)
    (line,) = steps[1]["changed"]
    assert line.startswith("cup: ") and "on shelf" in line


def test_the_events_say_who_has_the_robot():
    run = course([GOAL, TO_DESK, PICK], lambda c: c.person(*MOVED))
    run.run()
    taken, given = run.told(EventKind.TELEOP)
    assert (taken.data["active"], given.data["active"], given.data["source"]) == (True, False, "human")
    assert given.text.startswith("given back: a person took over and drove 1.5 m; changed: cup: ")


def test_no_time_limit_counts_meanwhile():
    run = course([GOAL, TO_DESK, PICK], lambda c: lambda: c.takeovers.begin("stick") or CANCELLED, max_seconds=100.0)
    handed = run.takeovers.handed

    def later(cancel):
        run.now += 1000.0
        run.robot.put(*MOVED)
        run.takeovers.end(1.5)
        return handed(cancel)

    run.takeovers.handed = later
    assert run.run().outcome is Outcome.SUCCEEDED
    assert run.episode.takeovers[0].seconds == 1000.0


def test_a_cancel_in_the_pause_ends_it():
    def taken(c):
        def take():
            c.takeovers.begin("stick")
            threading.Timer(0.1, c.cancel.set).start()
            return CANCELLED

        return take

    run = course([GOAL, TO_DESK], taken)
    result = run.run()
    assert (result.outcome, len(result.steps), len(run.model.heard)) == (Outcome.CANCELLED, 1, 2)


def test_a_stop_that_comes_with_it_ends_it():
    stop = SkillResult(ResultStatus.CANCELLED, "STOPPED", "the robot is stopped")
    run = course([GOAL, TO_DESK], lambda c: c.person(*MOVED, result=stop))
    result = run.run()
    assert (result.outcome, result.code) == (Outcome.CANCELLED, "STOPPED")


def test_a_cancel_that_is_not_confirmed_ends_it():
    doubt = SkillResult(ResultStatus.UNKNOWN, "CANCEL_NOT_CONFIRMED", "it may go on")
    run = course([GOAL, TO_DESK], lambda c: c.person(*MOVED, result=doubt))
    assert run.run().code == "CANCEL_NOT_CONFIRMED"


def test_without_a_scene_afterwards_nothing_goes_on():
    run = course([GOAL, TO_DESK], lambda c: c.person(*MOVED))
    setattr(run.robot, "observe", lambda cancel: None)  # noqa: B010 - pyright minds the assignment
    result = run.run()
    assert (result.outcome, result.code) == (Outcome.UNKNOWN, "SCENE_STALE")


def test_a_call_that_was_not_sent_is_no_step():
    denied = SkillResult(ResultStatus.DENIED, "TAKEOVER", "a person has the robot")
    run = course([GOAL, TO_DESK, PICK], lambda c: c.person(*MOVED, result=denied))
    result = run.run()
    assert [str(call) for call, _ in result.steps] == ['pick(object="cup")']
    assert result.counts.refused == 0


def test_the_goal_is_stated_anew_where_something_of_it_is_gone():
    run = course([GOAL, TO_DESK, 'goal: missing("cup")'], lambda c: c.person())
    gone, observe = SCENE.replace(objects=SCENE.objects[1:], relations=SCENE.relations[1:]), run.robot.observe

    def look(cancel):
        run.robot._scene, run.robot.observe = gone, observe
        return gone

    run.robot.observe = look
    result = run.run()
    assert (result.outcome, result.code, len(result.takeovers)) == (Outcome.INFEASIBLE, "MISSING", 1)
    assert [event.text for event in run.told(EventKind.GOAL)] == ["holding(cup)", 'goal: missing("cup")']


def test_steps_of_the_goal_that_have_held_count():
    both = ["goal: at(desk) then holding(cup)", 'at(desk)\nnavigate_to(target="desk")', PICK, TO_SHELF, PICK]
    run = course(both, lambda c: lambda: None, lambda c: c.person(Relation("on", "cup", "shelf")))
    result = run.run("go to the desk, then get the cup")
    assert result.outcome is Outcome.SUCCEEDED
    assert "at(desk)" not in run.model.heard[-1].messages[-1].content.split("\n")[2]


def test_a_call_without_an_effect_on_the_scene_is_not_made_again():
    bell = (
        "skills:\n- {name: ring, description: Ring., action: {name: ring, type: agent_planner_interfaces/action/Pick}}"
    )
    library = SkillLibrary.parse(bell)
    run = course(["goal: did(ring)", "did(ring)\nring()"], lambda c: c.person(result=SkillResult(ResultStatus.OK)))
    result = run.run("ring the bell", library)
    assert (result.outcome, len(result.steps), len(result.takeovers)) == (Outcome.SUCCEEDED, 1, 1)


# --- elsewhere


def test_a_takeover_in_the_models_turn_drops_what_it_says():
    run = course([GOAL, TO_DESK, PICK])
    turns = [GOAL, TO_DESK, TO_SHELF, PICK]

    def answer(request):
        said = turns.pop(0)
        if said == TO_DESK:
            run.person(Relation("on", "cup", "shelf"))()
        return said

    run.model = ScriptedModel(answer)
    result = run.run()
    assert [str(call) for call, _ in result.steps] == ['navigate_to(target="shelf")', 'pick(object="cup")']


def test_one_that_is_in_force_when_the_instruction_comes():
    run = course([GOAL, TO_DESK, PICK])
    run.takeovers.begin("autonomy")
    threading.Timer(0.1, run.takeovers.end).start()
    result = run.run()
    assert (result.outcome, result.takeovers[0].after, result.takeovers[0].source) == (Outcome.SUCCEEDED, 0, "autonomy")
    assert [event.kind for event in run.events[:2]] == [EventKind.THINKING, EventKind.TELEOP]
    assert run.episode.earlier == []


def test_a_question_falls_with_it():
    ask = 'holding(cup)\nask(question="which hand?")'
    run = course([GOAL, ask, PICK], look_ahead=False)
    run.robot.answers = [run.person(*MOVED, result=None)]
    assert run.run().outcome is Outcome.SUCCEEDED


def test_a_cancel_while_a_person_is_asked_is_no_answer():
    run = course([GOAL, 'holding(cup)\nask(question="which hand?")'], look_ahead=False)
    run.robot.answers = [run.cancel.set]
    assert run.run().outcome is Outcome.CANCELLED


# --- the planner asks


def failing(answers, config=ASKING):
    never = [lambda c: lambda: FAILED] * (LIBRARY["navigate_to"].retries + 1)
    return course([GOAL, *[TO_DESK] * (len(never) + 1), PICK], *never, robot_answers=answers, **vars(config))


def test_before_it_gives_up_the_person_is_asked():
    run = failing([GIVE_UP])
    result = run.run()
    assert (result.outcome, result.code) == (Outcome.FAILED, "NO_PATH")
    (question,) = run.robot.questions
    assert (question.kind, question.options) == ("stuck", (TAKE_OVER, RETRY, GIVE_UP))
    assert question.text.endswith("failed too often: blocked. Take over, retry or give up?")


@pytest.mark.parametrize("config", [ASKING, LoopConfig()], ids=["nobody answers", "not asked"])
def test_it_ends_as_ever(config):
    run = failing([], config)
    assert run.run().code == "NO_PATH"
    assert len(run.robot.questions) == config.ask_before_giving_up


def test_retry_begins_to_count_anew():
    run = failing([RETRY])
    assert run.run().outcome is Outcome.SUCCEEDED


def test_take_over_hands_the_robot_to_the_person():
    run = failing([TAKE_OVER])

    def ask():
        run.takeovers.begin("asked")
        run.robot.put(*MOVED)
        run.takeovers.end(0.4)

    run.takeovers._on_ask = ask
    run.model = ScriptedModel([GOAL, *[TO_DESK] * (LIBRARY["navigate_to"].retries + 1), PICK])
    result = run.run()
    assert (result.outcome, result.takeovers[0].source) == (Outcome.SUCCEEDED, "asked")


def test_who_did_not_answer_is_not_asked_again():
    run = course([GOAL, TO_DESK, PICK], autonomy=Autonomy.CONFIRM)
    assert run.run().code == "NOT_APPROVED"
    assert [question.kind for question in run.robot.questions] == ["approve_goal"]


# --- what the policy leaves to a person


BY_HAND = "rules:\n- {name: glass, then: hand_over, because: it breaks, skills: [pick]}\n- {name: rest, then: allow}\n"
HELD = (*MOVED[1:], Relation("holding", "cup"))


def by_hand(answers, config=ASKING):
    """The cup is for a person to pick up; asked to take over, they give it to the robot."""
    run = course([GOAL, TO_DESK, PICK], robot_answers=answers, **vars(config))
    judge = Judge(Policy.parse(BY_HAND, library=LIBRARY))
    run.fields["judge"] = judge
    reached = run.robot
    run.robot = BehindGate(reached, Gate(reached, LIBRARY, judge, observe=lambda: reached.observe(run.cancel)))

    def take():
        run.takeovers.begin("asked")
        reached.put(*HELD)
        run.takeovers.end(0.0)

    run.takeovers._on_ask = take
    return run


class BehindGate:
    """The robot, with the gate before its calls."""

    def __init__(self, robot, gate):
        self.execute, self.observe, self.ask, self.questions = gate.execute, robot.observe, robot.ask, robot.questions


def test_what_the_policy_leaves_to_a_person_they_are_asked_to_do():
    run = by_hand([TAKE_OVER])
    result = run.run()
    assert (result.outcome, [call.skill for call, _ in result.steps]) == (Outcome.SUCCEEDED, ["navigate_to"])
    (question,) = run.robot.questions
    assert question.kind == "stuck" and question.options == (TAKE_OVER, "no")
    assert question.text == 'pick(object="cup") is for a person to do (glass: it breaks). Take over?'
    assert result.takeovers[0].source == "asked"


@pytest.mark.parametrize("answer", [None, "no"])
def test_where_nobody_does_it_the_call_is_denied(answer):
    run = by_hand([answer] * 9)
    run.model = ScriptedModel([GOAL, TO_DESK, PICK, PICK, PICK])
    result = run.run()
    assert (result.outcome, result.code) == (Outcome.FAILED, "LOOP")
    refused = run.told(EventKind.REFUSED)[0].text
    assert refused == "DENIED: glass: it breaks; it is for a person to do, and nobody took over"
    assert [call.skill for call, _ in result.steps] == ["navigate_to"]


def test_at_confirm_nobody_approves_what_is_theirs_to_do():
    run = by_hand(["yes", "yes", TAKE_OVER], replace(ASKING, autonomy=Autonomy.CONFIRM))
    run.model = ScriptedModel([GOAL, TO_DESK, PICK, TO_DESK, PICK])
    assert run.run().outcome is Outcome.SUCCEEDED
    assert [question.kind for question in run.robot.questions] == ["approve_goal", "approve_call", "stuck"]


# --- levels that change


@pytest.mark.parametrize("level", [Autonomy.CONFIRM, Autonomy.PLAN_ONLY])
def test_a_level_holds_from_the_next_call_on(level):
    levels = [Autonomy.AUTO]
    run = course([GOAL, TO_DESK, PICK], lambda c: lambda: levels.append(level), ask_before_giving_up=False)
    run.fields = {"autonomy": lambda: levels[-1]}
    run.robot.answers = ["no"]
    result = run.run()
    assert (result.outcome, result.code, len(result.steps)) == (Outcome.NEEDS_OPERATOR, "NOT_APPROVED", 1)
    assert len(run.robot.questions) == (level is Autonomy.CONFIRM)
