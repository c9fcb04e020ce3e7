# SPDX-License-Identifier: Apache-2.0
"""Every code that a skill can end with is one of its action's."""

import ast
import re
from pathlib import Path

import pytest

import agent_planner_motion
from agent_planner_motion.errors import MissingData, MotionError

SOURCE = Path(agent_planner_motion.__file__).parent
ACTIONS = SOURCE.parents[1] / "agent_planner_interfaces" / "action"
OURS = {
    "NavigateTo": {"drive.py": "Drive"},
    "MoveArm": {"move.py": "MoveArm", "arm_motion.py": "ArmMotion"},
    "Pick": {"pick.py": "Pick", "arm_motion.py": "ArmMotion"},
    "Place": {"place.py": "Place", "place_plan.py": "PlacePlanner", "arm_motion.py": "ArmMotion"},
    "OperateGripper": {"move.py": "MoveGripper"},
    "OperateDoor": {"door.py": "Door", "arm_motion.py": "ArmMotion", "base_motion.py": "BaseMotion"},
}
# What the kit, which all arm skills share, adds to those that use it so.
BY_KIT = {
    "MoveArm": {"UNKNOWN_POSTURE", "NOT_REACHED"},
    "Pick": {"OUT_OF_REACH", "NOT_REACHED"},
    "Place": {"OUT_OF_REACH", "NOT_REACHED"},
    "OperateDoor": {"OUT_OF_REACH", "NOT_REACHED"},
}
BY_SERVER = {"TIMEOUT", "BUSY", "CANCELLED", "UNKNOWN", "NONE"}


def constants(action):
    """Codes of an action's result, and the range that its file states."""
    text = (ACTIONS / f"{action}.action").read_text(encoding="utf-8")
    low, high = map(int, re.search(r"# Codes of this server: (\d+)-(\d+)", text).groups())
    return {name: int(value) for name, value in re.findall(r"^uint16 (\w+)=(\d+)", text, re.MULTILINE)}, (low, high)


def raised_in(file, owner):
    """Codes written in a class: those of the errors it raises and those it passes on to be raised."""
    tree = ast.parse((SOURCE / "skills" / file).read_text(encoding="utf-8"))
    (body,) = (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == owner)
    raised = [n for n in ast.walk(body) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "MotionError"]
    lookups = [n for n in ast.walk(body) if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "thing"]
    written = [call.args[0] for call in raised] + [call.args[1] for call in lookups]
    return {leaf.value for tree in written for leaf in ast.walk(tree) if isinstance(getattr(leaf, "value", None), str)}


@pytest.mark.parametrize("action", OURS)
def test_what_a_skill_raises_its_action_has(action):
    codes, _ = constants(action)
    raised = set().union(*(raised_in(file, owner) for file, owner in OURS[action].items()))
    assert raised, "this test reads nothing"
    assert raised | BY_KIT.get(action, set()) | BY_SERVER <= set(codes)


@pytest.mark.parametrize("action", OURS)
def test_what_an_action_has_is_raised_somewhere(action):
    codes, _ = constants(action)
    raised = set().union(*(raised_in(file, owner) for file, owner in OURS[action].items()))
    no_data = {c for c in codes if c.startswith("NO_") and c not in ("NO_IK", "NO_PATH", "NO_APPROACH", "NO_FREE_SPOT")}
    assert set(codes) - raised - BY_KIT.get(action, set()) - BY_SERVER - no_data == set()


def test_codes_are_within_their_ranges_and_mean_one_thing():
    seen = {}
    for action in OURS:
        codes, (low, high) = constants(action)
        assert codes.pop("NONE") == 0
        for name, value in codes.items():
            assert low <= value <= high, (action, name)
            assert value not in seen, (action, name, seen[value])
            seen[value] = (action, name)


def test_errors_carry_code_and_message():
    error = MotionError("NO_PATH", "a wall")
    assert (error.code, error.message, str(error)) == ("NO_PATH", "a wall", "NO_PATH: a wall")
    missing = MissingData("odom", 3.0)
    assert (missing.code, missing.topic) == ("NO_DATA", "odom")
    assert "nothing came on 'odom' for 3.0 s; is the robot (or its simulator) running?" in str(missing)
