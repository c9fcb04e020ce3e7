# SPDX-License-Identifier: Apache-2.0
"""A person takes over and gives back: the states, the driver and the loop, without ROS."""

import threading

import pytest

from agent_planner.agent.conversation import first_turn
from agent_planner.agent.events import EventKind
from agent_planner.agent.takeover import Takeovers, Whenever
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.recording.episode import steps_of
from agent_planner.scene import Relation
from agent_planner.skills import SkillLibrary
from agent_planner.types import Autonomy, Outcome, ResultStatus, SkillResult
from tests.agent.takeover_course import (
    CANCELLED,
    GOAL,
    MOVED,
    PICK,
    SCENE,
    TO_DESK,
    TO_SHELF,
    course,
)

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


def losing_the_cup(*answers):
    """A person takes over on the way to the cup; after that it is gone."""
    run = course([GOAL, TO_DESK, *answers], lambda c: c.person())
    gone, observe = SCENE.replace(objects=SCENE.objects[1:], relations=SCENE.relations[1:]), run.robot.observe

    def look(cancel):
        run.robot._scene, run.robot.observe = gone, observe
        return gone

    run.robot.observe = look
    return run


def test_the_goal_is_stated_anew_where_something_of_it_is_gone():
    run = losing_the_cup('goal: missing("cup")')
    result = run.run()
    assert (result.outcome, result.code, len(result.takeovers)) == (Outcome.INFEASIBLE, "MISSING", 1)
    assert [event.text for event in run.told(EventKind.GOAL)] == ["holding(cup)", 'goal: missing("cup")']


def test_a_goal_that_is_to_be_stated_anew_is_agreed_on_no_more():
    run = losing_the_cup(*["nonsense"] * 4)
    assert run.run().code == "BAD_GOAL"
    assert run.robot.questions == [], "there is nothing that a person could help with"


def test_steps_of_the_goal_that_have_held_count():
    both = ["goal: at(desk)", "goal: holding(cup)", 'at(desk)\nnavigate_to(target="desk")', PICK, TO_SHELF, PICK]
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


def test_a_call_that_has_not_gone_out_when_it_begins_does_not_go_out():
    run = course([GOAL, TO_DESK, TO_DESK, PICK])
    reached = []
    run.robot.on_execute = [lambda: reached.append(len(run.told(EventKind.TELEOP)))] * 2

    class Events(list):
        def append(self, event):
            super().append(event)
            if event.kind is EventKind.EXECUTING and len(run.told(EventKind.EXECUTING)) == 1:
                run.person(result=None)()

    run.events = Events()
    result = run.run()
    assert (result.outcome, result.takeovers[0].after, reached) == (Outcome.SUCCEEDED, 0, [2, 2])


def test_whoever_takes_over_again_while_the_scene_is_waited_for_is_waited_for_once_more():
    run = course([GOAL, TO_DESK, PICK], lambda c: c.person())
    observe = run.robot.observe

    def look(cancel):
        run.robot.observe = observe
        run.person(*MOVED)()
        assert cancel.is_set(), "what waits for a scene is told of it"

    run.robot.observe = look
    result = run.run()
    assert result.outcome is Outcome.SUCCEEDED
    assert [(turn.seconds, turn.distance_m) for turn in result.takeovers] == [(20.0, 3.0)]


def test_a_cancel_while_the_scene_afterwards_is_waited_for_ends_it():
    run = course([GOAL, TO_DESK], lambda c: c.person(*MOVED))
    setattr(run.robot, "observe", lambda cancel: run.cancel.set())  # noqa: B010 - pyright minds the assignment
    assert run.run().outcome is Outcome.CANCELLED


def test_one_that_was_over_when_the_instruction_came_is_none_of_it():
    run = course([GOAL, TO_DESK, PICK])
    run.person(result=None)()
    result = run.run()
    assert (result.outcome, result.takeovers, run.told(EventKind.TELEOP)) == (Outcome.SUCCEEDED, (), [])


def test_a_cancel_that_comes_with_it_counts_for_more():
    def both(c):
        return lambda: c.takeovers.begin("stick") or c.cancel.set() or CANCELLED

    result = course([GOAL, TO_DESK], both).run()
    assert result.outcome is Outcome.CANCELLED and "TAKEOVER" not in result.steps[0][1]


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


def test_a_yes_to_one_call_is_none_to_the_next_at_another_level():
    """What the policy asks for would else not be asked."""
    levels, approved = [Autonomy.CONFIRM], []

    def during(c):
        return lambda: approved.append(c.episode.approved) or levels.append(Autonomy.AUTO)

    run = course([GOAL, *[TO_DESK, PICK] * 2], during, during, robot_answers=["yes", "yes"])  # the plan first
    run.fields = {"autonomy": lambda: levels[-1]}
    assert run.run().outcome is Outcome.SUCCEEDED
    assert approved == [True, False]
