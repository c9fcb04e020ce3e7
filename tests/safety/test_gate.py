# SPDX-License-Identifier: Apache-2.0
"""Nothing reaches the executor that may not: whoever called, whatever breaks."""

import pytest

from agent_planner.safety.gate import FOR_A_PERSON, Gate
from agent_planner.safety.judge import Judge
from agent_planner.safety.policy import Policy
from agent_planner.scene import Relation
from agent_planner.types import Call, ResultStatus, SkillResult

PICK = Call("pick", {"object": "cup"})
ASKS = "rules:\n- {name: hands, then: ask, because: it may spill, skills: [pick]}\n- {name: rest, then: allow}\n"
ALLOWS = "rules:\n- {name: rest, then: allow}\n"


class Recording:
    """An executor that notes what reaches it."""

    def __init__(self):
        self.calls, self.skills, self.scenes = [], [], []

    def execute(self, call, skill, scene, on_feedback):
        self.calls.append(call)
        self.skills.append(skill)
        self.scenes.append(scene)
        return SkillResult(ResultStatus.OK)


@pytest.fixture
def reached():
    return Recording()


@pytest.fixture
def through(library, scene, reached):
    """Send a call through a gate; the result and the questions."""

    def through(call=PICK, policy=ALLOWS, answer=None, now=scene, **others):
        questions = []

        def ask(text):
            questions.append(text)
            return answer

        judge = Judge(Policy.parse(policy, library=library) if policy else None)
        gate = Gate(reached, library, judge, **{"ask": ask, "observe": lambda: now, **others})
        skill = library.by_name.get(call.skill, library["pick"])
        return gate.execute(call, skill, scene, lambda text: None), questions

    return through


def test_what_is_allowed_is_carried_out_unasked(through, reached):
    result, questions = through()
    assert (result.ok, reached.calls, questions) == (True, [PICK], [])


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (Call("fly", {}), "'fly' is not in the library"),
        (Call("pick", {"object": "moon"}), "'moon' is not in the scene"),
        (Call("pick", {}), "pick needs object"),
        (Call("pick", {"object": "cup", "force": 9}), "pick has no 'force'"),
        (Call("pick", {"object": "desk"}), "'desk' is not one"),
        (Call("set_gripper", {"opening": 0.5}), "opening=0.5 is outside 0 to 0.08 m"),
        (Call("set_gripper", {"opening": float("nan")}), "is outside"),
        (Call("set_gripper", {"opening": "0.05"}), "must be a number"),
        (Call("move_arm", {"posture": "wild"}), "posture='wild'"),
        (Call("pick", {"object": "key"}), "pick needs at(key)"),
    ],
)
def test_it_relies_on_nothing_that_was_checked_before(through, reached, call, why):
    result, _ = through(call)
    assert (result.status, result.code, reached.calls) == (ResultStatus.DENIED, "DENIED", [])
    assert why in result.message


def test_the_skill_is_the_librarys_own(through, library, scene, reached):
    forged = library["pick"].model_copy(update={"risk": "low", "needs": ()})
    gate = Gate(reached, library, Judge(Policy.parse(ALLOWS)))
    gate.execute(Call("pick", {"object": "key"}), forged, scene, lambda text: None)
    assert reached.calls == []


def test_what_is_denied_says_which_rule_and_why(through, reached):
    result, questions = through(policy="rules:\n- {name: hot, then: deny, because: it is hot, skills: [pick]}\n")
    assert (result.message, reached.calls, questions) == ("hot: it is hot", [], [])


def test_what_is_for_a_person_is_not_the_robots_whatever_they_say(through, reached):
    policy = "rules:\n- {name: hot, then: hand_over, because: it is hot, skills: [pick]}\n"
    for more in ({}, {"asked_before": lambda: True}):
        result, questions = through(policy=policy, answer="yes", **more)
        assert (result.status, result.code, result.message) == (ResultStatus.DENIED, FOR_A_PERSON, "hot: it is hot")
        assert reached.calls == questions == []
    assert through(policy=policy, imagined=True, answer="yes")[0].ok and reached.calls == [PICK]


@pytest.mark.parametrize(
    ("policy", "answer", "said"),
    [
        (ASKS, None, "hands: it may spill; nobody answered"),
        (ASKS, "no", "hands: it may spill; the person said no"),
        (ASKS, "YES!", "the person said YES!"),
        ("", None, "no policy: "),
        ("rules:\n- {name: a, then: deny, skills: [open]}\n", None, "no rule matches: "),
    ],
)
def test_without_a_yes_nothing_moves(through, reached, policy, answer, said):
    result, (question,) = through(policy=policy, answer=answer)
    assert result.status is ResultStatus.DENIED and reached.calls == []
    assert said in result.message
    assert question.startswith('pick(object="cup"): may it be carried out? (')


def test_where_nobody_can_be_asked_it_is_denied(through, reached):
    result, _ = through(policy="", ask=None)
    assert result.message.endswith("there is nobody to ask") and reached.calls == []


def test_after_a_yes_it_is_carried_out_in_the_scene_of_now(through, scene, reached):
    now = scene.replace(stamp=9.0)
    result, questions = through(policy=ASKS, answer="yes", now=now)
    assert (result.ok, len(questions), reached.scenes[0].stamp) == (True, 1, 9.0)


def test_after_a_yes_the_scene_is_judged_anew(through, scene, reached):
    gone = scene.replace(objects=(), relations=(Relation("at", "desk"),))
    away = scene.replace(relations=(Relation("on", "cup", "desk"),))
    for now, why in ((gone, "'cup' is not in the scene"), (away, "needs at(cup)"), (None, "no scene is newer")):
        result, _ = through(policy=ASKS, answer="yes", now=now)
        assert result.status is ResultStatus.DENIED and why in result.message
    assert reached.calls == []


def test_a_yes_to_one_rule_is_no_yes_to_another(through, scene, reached):
    policy = (
        "zones:\n  lab: [[3, 1], [5, 1], [5, 3], [3, 3]]\nrules:\n- {name: lab, then: ask, zones: [lab]}\n"
        "- {name: hands, then: ask, skills: [pick]}\n"
    )
    pose = scene.objects[0].pose._replace(x=4.0, y=2.0)
    moved = scene.replace(objects=(scene.objects[0].model_copy(update={"pose": pose}), scene.objects[1]))
    result, questions = through(policy=policy, answer="yes", now=moved)
    assert "(hands)" in questions[0]
    assert "another one since a person was asked (lab)" in result.message and reached.calls == []


def test_at_confirm_the_person_was_asked_and_the_scene_is_judged_anew(through, scene, reached):
    assert through(policy=ASKS, asked_before=lambda: True)[0].ok
    assert through(policy=ASKS, asked_before=lambda: True)[1] == []
    gone = scene.replace(objects=(), relations=())
    assert through(asked_before=lambda: True, now=gone)[0].status is ResultStatus.DENIED
    assert len(reached.calls) == 2


def test_facts_that_only_the_loop_knows_do_not_count_as_lost(library, scene, reached):
    skills = library.parse("skills:\n- {name: wave, description: Wave., needs: [awake]}\n")
    gate = Gate(reached, skills, Judge(None), ask=lambda text: "yes", observe=lambda: scene)
    believed = scene.replace(relations=(*scene.relations, Relation("awake")))
    assert gate.execute(Call("wave"), skills["wave"], believed, lambda text: None).ok


@pytest.mark.parametrize("broken", ["judge", "ask", "observe"])
def test_a_check_that_breaks_lets_nothing_through(through, library, reached, monkeypatch, broken):
    def fail(*_):
        raise ZeroDivisionError("a fault for the test")

    if broken == "judge":
        monkeypatch.setattr(Judge, "decide", fail)
        result, _ = through()
    else:
        result, _ = through(policy=ASKS, answer="yes", **{broken: fail})
    assert result.status is ResultStatus.DENIED and reached.calls == []
    assert result.message == "a check broke (ZeroDivisionError: a fault for the test)"


def test_the_librarys_skill_goes_out_not_the_callers(library, scene, reached):
    forged = library["pick"].model_copy(update={"timeout_s": 9999.0})
    gate = Gate(reached, library, Judge(Policy.parse(ALLOWS)))
    assert gate.execute(PICK, forged, scene, print).status is ResultStatus.OK
    assert reached.skills == [library["pick"]]


def test_what_the_scene_tells_of_the_robot_is_looked_at_again(library, scene, reached):
    skills = library.parse("skills:\n- {name: wave, description: Wave., needs: [not arm_moving]}\n")
    gate = Gate(reached, skills, Judge(Policy.parse(ALLOWS)))
    moving = scene.replace(relations=(*scene.relations, Relation("arm_moving")))
    assert gate.execute(Call("wave"), skills["wave"], moving, print).status is ResultStatus.DENIED
    assert reached.calls == []
