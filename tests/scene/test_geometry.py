# SPDX-License-Identifier: Apache-2.0
"""Relations from poses and sizes."""

import pytest

from agent_planner.scene import Pose, Relation, RobotState, SceneObject, ScenePlace
from agent_planner.scene.geometry import footprint_distance, relations

DESK = ScenePlace(name="desk", pose=Pose(1.0, 0.0, 0.35), size=(0.6, 0.4, 0.7))
BIN = ScenePlace(name="bin", pose=Pose(2.0, 0.0, 0.1), size=(0.3, 0.3, 0.2), affordances=frozenset({"container"}))


def cube(name: str, x: float, y: float, z: float) -> SceneObject:
    return SceneObject(name=name, pose=Pose(x, y, z), size=(0.04, 0.04, 0.04))


def names(found: tuple[Relation, ...], kind: str) -> set[tuple[str, str]]:
    return {(r.a, r.b) for r in found if r.name == kind}


def test_an_object_rests_on_the_surface_under_it():
    found = relations([cube("cube", 1.1, 0.1, 0.72)], [DESK, BIN], RobotState())
    assert names(found, "on") == {("cube", "desk")}
    assert names(found, "in") == set()


def test_an_object_in_the_air_is_on_nothing():
    found = relations([cube("cube", 1.1, 0.1, 0.80)], [DESK], RobotState(gripper_opening=0.08))
    assert names(found, "on") == set()


def test_inside_a_container_is_in_not_on():
    found = relations([cube("cube", 2.05, 0.05, 0.05)], [DESK, BIN], RobotState())
    assert names(found, "in") == {("cube", "bin")}
    assert names(found, "on") == set()


def test_a_can_that_looks_out_of_a_tray_is_in_it_and_one_on_its_rim_is_not():
    tray = BIN.model_copy(update={"name": "tray", "pose": Pose(1.0, 0.0, 0.725), "size": (0.3, 0.3, 0.05)})

    def can(z: float) -> SceneObject:
        return SceneObject(name="can", pose=Pose(1.0, 0.0, z), size=(0.06, 0.06, 0.12))

    assert names(relations([can(0.77)], [DESK, tray], RobotState()), "in") == {("can", "tray")}
    assert names(relations([can(0.805)], [DESK, tray], RobotState()), "in") == set()


def test_the_topmost_support_wins():
    box = SceneObject(name="box", pose=Pose(1.0, 0.0, 0.75), size=(0.1, 0.1, 0.1))
    found = relations([box, cube("cube", 1.0, 0.0, 0.82)], [DESK], RobotState())
    assert names(found, "on") == {("box", "desk"), ("cube", "box")}


def test_a_container_stands_on_furniture():
    tray = BIN.model_copy(update={"name": "tray", "pose": Pose(1.0, 0.0, 0.8)})
    assert names(relations([], [DESK, tray], RobotState()), "on") == {("tray", "desk")}


@pytest.mark.parametrize(("opening", "held"), [(0.04, True), (0.085, False), (0.0, False)])
def test_holding_needs_the_fingers_at_the_object(opening: float, held: bool):
    robot = RobotState(end_effector=(0.5, 0.0, 0.9), gripper_opening=opening)
    found = relations([cube("cube", 0.5, 0.0, 0.9)], [], robot)
    assert names(found, "holding") == ({("cube", "")} if held else set())


@pytest.mark.parametrize(("opening", "held"), [(0.0, False), (0.002, False), (0.005, True), (0.009, True)])
def test_closed_fingers_beside_a_thin_thing_hold_nothing(opening: float, held: bool):
    pen = SceneObject(name="pen", pose=Pose(0.5, 0.0, 0.9), size=(0.01, 0.01, 0.15))
    found = relations([pen], [], RobotState(end_effector=(0.5, 0.0, 0.93), gripper_opening=opening))
    assert bool(names(found, "holding")) == held


DECK = RobotState(base=Pose(2.0, 0.0, 0.0, 1.5707963), end_effector=(2.0, 0.0, 0.6), deck=(0.1, 0.3))


def test_what_lies_on_the_deck_is_held_and_on_nothing():
    shelf = DESK.model_copy(update={"pose": Pose(2.0, 0.0, 0.3), "size": (0.5, 0.5, 0.6)})  # as high as the deck
    found = relations([cube("cube", 2.0, 0.0, 0.62)], [shelf], DECK)
    assert names(found, "holding") == {("cube", "")}
    assert names(found, "on") == set()


@pytest.mark.parametrize(
    ("x", "y", "z", "held"),
    [
        (2.14, 0.04, 0.62, True),
        (1.86, -0.04, 0.63, True),
        (2.0, 0.14, 0.62, False),  # the deck turns with the base
        (2.16, 0.0, 0.62, False),
        (2.0, 0.0, 0.72, False),
        (2.0, 0.0, 0.50, False),
    ],
)
def test_the_deck_holds_what_stands_on_it_and_nothing_beside_or_above_it(x: float, y: float, z: float, held: bool):
    assert bool(names(relations([cube("cube", x, y, z)], [], DECK), "holding")) == held


def test_of_several_on_the_deck_the_one_nearest_to_its_middle_is_held():
    found = relations([cube("edge", 2.1, 0.0, 0.62), cube("middle", 1.95, 0.0, 0.62)], [], DECK)
    assert names(found, "holding") == {("middle", "")}


def test_at_is_sorted_by_distance_and_bounded():
    robot = RobotState(base=Pose(0.45, 0.0, 0.0))
    found = relations([cube("near", 0.9, 0.0, 0.72), cube("far", 1.31, 0.0, 0.72)], [DESK, BIN], robot)
    assert [r.a for r in found if r.name == "at"] == ["desk", "near"]


def test_footprint_distance_turns_with_the_box():
    turned = Pose(0.0, 0.0, 0.0, 1.5707963)
    assert footprint_distance(Pose(0.0, 1.0), turned, (1.0, 0.2, 0.5)) == pytest.approx(0.5, abs=1e-6)
    assert footprint_distance(Pose(0.0, 0.3), turned, (1.0, 0.2, 0.5)) == 0.0
