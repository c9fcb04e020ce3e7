# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from agent_planner_interfaces.msg import Relation as RelationMsg

from agent_planner.ros.messages import SceneMessageError, to_scene, to_scene_message, to_stamp
from agent_planner.scene import Pose, Relation, RobotState, SceneGraph, SceneObject, ScenePlace

CUBE = SceneObject(
    name="red cube", category="cube", color="red", pose=Pose(1.0, 0.0, 0.62, 0.5), size=(0.04, 0.04, 0.04)
)
DESK = ScenePlace(name="desk", pose=Pose(1.0, 0.0, 0.3, -2.0), size=(0.6, 0.4, 0.6))
DRAWER = ScenePlace(
    name="drawer", pose=Pose(9.0), affordances=frozenset({"container", "openable"}), explored=False, is_open=False
)
ROBOT = RobotState(
    name="ada", base=Pose(0.3, 0.0, 0.0), end_effector=(0.5, 0.0, 1.0), gripper_opening=0.08, arm_moving=True
)


def scene(**fields):
    return SceneGraph(**({"stamp": 12.5, "objects": (CUBE,), "places": (DESK, DRAWER), "robot": ROBOT} | fields))


def test_there_and_back():
    given = scene(relations=(Relation("at", "desk"), Relation("on", "red cube", "desk"), Relation("docked")))
    back = to_scene(to_scene_message(given))
    assert back.relations == given.relations
    assert back.places[1] == DRAWER
    assert back.places[0].pose == pytest.approx(DESK.pose)
    assert back.stamp == 12.5
    assert back.robot.arm_moving and back.robot.name == "ada"


def test_a_deck_comes_back_and_holds_what_stands_on_it():
    on_deck = CUBE.model_copy(update={"pose": Pose(0.4, 0.1, 0.62)})
    carrier = ROBOT.model_copy(update={"end_effector": (0.35, 0.0, 0.6), "deck": (0.26, 0.28)})
    back = to_scene(to_scene_message(scene(objects=(on_deck,), robot=carrier)))
    assert back.robot.deck == (0.26, 0.28)
    assert back.holding == "red cube"


def test_a_robot_without_a_deck_has_none_in_the_message_either():
    message = to_scene_message(scene())
    assert (message.robot.deck_size.x, message.robot.deck_size.y) == (0.0, 0.0)
    assert to_scene(message).robot.deck is None


def test_relations_are_computed_where_there_are_none():
    found = set(to_scene(to_scene_message(scene())).relations)
    assert found == {Relation("at", "red cube"), Relation("at", "desk"), Relation("on", "red cube", "desk")}


def test_facts_of_the_source_stay_when_the_others_are_computed():
    message = to_scene_message(scene(relations=(Relation("docked"),)))
    assert Relation("docked") in to_scene(message).relations
    assert Relation("on", "red cube", "desk") in to_scene(message).relations


def test_what_the_source_says_is_in_the_hand_is_in_the_hand():
    message = to_scene_message(scene())
    message.robot.holding = "red cube"
    assert to_scene(message).holding == "red cube"
    assert to_scene(message).location("red cube") is None


def test_age_is_the_stamp_less_the_time_it_was_seen():
    message = to_scene_message(scene(objects=(CUBE.model_copy(update={"age_s": 2.25}),)))
    assert to_scene(message).objects[0].age_s == pytest.approx(2.25)
    message.objects[0].observed = to_stamp(0.0)
    assert to_scene(message).objects[0].age_s == 0.0


def _relation(message, *parts):
    message.relations = [RelationMsg(name=parts[0], a=parts[1], b=parts[2])]


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda m: setattr(m.objects[0], "name", "Red Cube!"), "SceneObject 'Red Cube!': name"),
        (lambda m: setattr(m.objects[0], "name", "desk"), "given twice: desk"),
        (
            lambda m: setattr(m.objects[0].pose.position, "x", math.nan),
            "'red cube' has a pose or size that is not finite",
        ),
        (lambda m: setattr(m.robot.base.position, "x", math.inf), "'robot'|'ada'"),
        (lambda m: setattr(m.robot.deck_size, "y", math.nan), "'robot' has a pose or size that is not finite"),
        (lambda m: setattr(m.header, "frame_id", "odom"), "must be in frame 'map', not 'odom'"),
        (lambda m: setattr(m.robot, "holding", "cup"), "robot.holding: 'cup' is not among"),
        (lambda m: _relation(m, "on", "cup", "desk"), "'cup' is not among"),
        (lambda m: _relation(m, "on", "red cube", ""), "on is between 2 entities, not 1"),
        (lambda m: _relation(m, "no name", "desk", ""), "'no name' is not a relation's name"),
    ],
)
def test_a_wrong_message_is_told(spoil, text):
    message = to_scene_message(scene())
    spoil(message)
    with pytest.raises(SceneMessageError, match=text):
        to_scene(message)
