# SPDX-License-Identifier: Apache-2.0
import math

import pytest

from agent_planner.safety.bounds import violations
from agent_planner.safety.policy import Bounds
from agent_planner.scene import Pose, Relation
from agent_planner.types import Call

SQUARE = [[-1, -2], [5, -2], [5, 4], [-1, 4]]
TO_BIN, TO_KEY = Call("drive_beside", {"target": "bin"}), Call("drive_beside", {"target": "key"})
ANY_SIDE = Call("navigate_to", {"target": "bin"})
PICK, STOW = Call("pick", {"object": "cup"}), Call("move_arm", {"posture": "stow"})
OPEN = Call("set_gripper", {"opening": 0.07})


@pytest.mark.parametrize(
    ("bounds", "call", "names"),
    [
        ({}, TO_BIN, []),
        ({}, TO_KEY, []),
        ({"workspace": SQUARE}, TO_BIN, []),
        ({"workspace": [[-1, -2], [3, -2], [3, 4], [-1, 4]]}, TO_BIN, ["workspace", "workspace"]),
        # The base comes to be at x 3.2; 0.5 m from the edge are too little, 0.1 m are enough.
        ({"workspace": [[-1, -2], [4.3, -2], [4.3, 4], [-1, 4]], "margin_m": 0.5}, TO_BIN, []),
        ({"workspace": [[2.9, -2], [5, -2], [5, 4], [2.9, 4]], "margin_m": 0.5}, TO_BIN, ["workspace"]),
        ({"workspace": [[2.9, -2], [5, -2], [5, 4], [2.9, 4]], "margin_m": 0.1}, TO_BIN, []),
        ({"keep_out": {"stairs": [[3.5, 1], [5, 1], [5, 3], [3.5, 3]]}}, TO_BIN, ["keep_out.stairs"]),
        ({"keep_out": {"stairs": [[2, 1.5], [3, 1.5], [3, 2.5], [2, 2.5]]}}, TO_BIN, []),
        (
            {"keep_out": {"stairs": [[2, 1.5], [3, 1.5], [3, 2.5], [2, 2.5]]}, "margin_m": 0.3},
            TO_BIN,
            ["keep_out.stairs"],
        ),
        # Where the server chooses the side, x may be 4.8, too.
        ({"workspace": SQUARE}, ANY_SIDE, []),
        ({"workspace": [[-1, -2], [4.3, -2], [4.3, 4], [-1, 4]]}, ANY_SIDE, ["workspace"]),
        ({"keep_out": {"stairs": [[4.5, 1.5], [5, 1.5], [5, 2.5], [4.5, 2.5]]}}, ANY_SIDE, ["keep_out.stairs"]),
        ({"keep_out": {"stairs": [[4.5, 1.5], [5, 1.5], [5, 2.5], [4.5, 2.5]]}}, TO_BIN, []),
        ({"workspace": SQUARE}, TO_KEY, ["workspace", "workspace"]),
        ({"keep_out": {"far away": [[90, 90], [91, 90], [90, 91]]}}, TO_KEY, ["keep_out", "keep_out"]),
        ({"keep_out": {"here": [[0, -1], [0.5, -1], [0.5, 1], [0, 1]]}}, STOW, ["keep_out.here"]),
        ({"reach_m": 0.7}, PICK, []),
        ({"reach_m": 0.5}, PICK, ["reach_m"]),
        ({"reach_m": 0.5}, TO_BIN, []),
        ({"reach_m": 9}, Call("pick", {"object": "key"}), ["reach_m"]),
        ({"arguments": {"set_gripper": {"opening": {"maximum": 0.06}}}}, OPEN, ["arguments.set_gripper.opening"]),
        ({"arguments": {"set_gripper": {"opening": {"maximum": 0.08}}}}, OPEN, []),
        ({"arguments": {"set_gripper": {"opening": {"maximum": 0.06}}}}, STOW, []),
    ],
)
def test_what_exceeds_which_bound(library, scene, bounds, call, names):
    found = list(violations(Bounds.model_validate(bounds), call, library[call.skill], scene))
    assert [name for name, _ in found] == names


def test_the_reasons_say_what_and_by_how_much(library, scene):
    bounds = Bounds.model_validate({"reach_m": 0.5, "workspace": SQUARE, "margin_m": 0.2})
    ((_, reach),) = violations(bounds, PICK, library["pick"], scene)
    assert reach == "'cup' is 0.66 m away, more than 0.5 m"
    unknown = [text for _, text in violations(bounds, TO_KEY, library["drive_beside"], scene)]
    assert unknown == ["where 'key' is, is not known", "where the base at 'key' is, is not known"]
    narrow = Bounds.model_validate({"workspace": [[-1, -2], [4.3, -2], [4.3, 4], [-1, 4]]})
    ((_, chosen),) = violations(narrow, ANY_SIDE, library["navigate_to"], scene)
    assert chosen == "the base at 'bin' may, as the server chooses, come to be outside the workspace"


def test_what_is_in_the_hand_is_within_reach(library, scene):
    held = scene.replace(
        relations=(Relation("holding", "cup"), Relation("at", "desk")),
        objects=(scene.objects[0].model_copy(update={"pose": Pose(9.0)}),),
    )
    call = Call("place_on", {"object": "cup", "surface": "desk"})
    assert list(violations(Bounds(reach_m=0.7), call, library["place_on"], held)) == []


def test_what_cannot_be_measured_is_out_of_reach(library, scene):
    bounds = Bounds.model_validate({"reach_m": 9, "keep_out": {"lab": [[90, 90], [91, 90], [90, 91]]}})
    lost = scene.replace(robot=scene.robot.model_copy(update={"base": Pose(math.nan)}))
    assert [name for name, _ in violations(bounds, PICK, library["pick"], lost)] == ["reach_m"]
    assert [name for name, _ in violations(bounds, STOW, library["move_arm"], lost)] == ["keep_out"]


def test_reach_counts_for_where_what_is_held_goes_too(library, scene):
    held = scene.replace(relations=(Relation("holding", "cup"), Relation("at", "desk")))
    call = Call("place_in", {"object": "cup", "container": "bin"})
    assert [name for name, _ in violations(Bounds(reach_m=0.7), call, library["place_in"], held)] == ["reach_m"]
