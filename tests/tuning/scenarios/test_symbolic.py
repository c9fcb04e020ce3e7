# SPDX-License-Identifier: Apache-2.0
"""The symbolic world changes by calls, and by what was planned to go wrong."""

from agent_planner.scene import Relation, SceneGraph, SceneObject, ScenePlace
from agent_planner.scene.graph import CONTAINER, OPENABLE
from agent_planner.skills import Skill, SkillLibrary
from agent_planner.tuning.scenarios.faults import Drop, Failure, Faults, Lapse, Move, Shut, lapses_of
from agent_planner.tuning.scenarios.symbolic import SymbolicWorld
from agent_planner.types import Atom, Call

LIBRARY = SkillLibrary.load()
WORLD = SceneGraph(
    objects=(SceneObject(name="cup"), SceneObject(name="pen")),
    places=(
        ScenePlace(name="desk"),
        ScenePlace(name="shelf"),
        ScenePlace(name="drawer", affordances=frozenset({CONTAINER, OPENABLE}), is_open=False),
    ),
    relations=(Relation("on", "cup", "desk"), Relation("on", "pen", "desk")),
)


def go(target: str) -> Call:
    return Call("navigate_to", {"target": target})


PICK = Call("pick", {"object": "cup"})
OPEN, CLOSE = Call("open", {"container": "drawer"}), Call("close", {"container": "drawer"})


def run(calls: list[Call], *plan) -> tuple[SymbolicWorld, list[str]]:
    world = SymbolicWorld(WORLD, LIBRARY, Faults(plan))
    return world, [world.execute(call).code for call in calls]


def test_without_faults_calls_do_what_they_say():
    world, codes = run([PICK, go("desk"), PICK])
    assert codes == ["NEEDS", "", ""]
    assert world.satisfied((Atom("holding", ("cup",)),)) and world.observe().stamp == 3.0


def test_a_failure_is_counted_by_calls_whose_needs_hold_and_passes():
    world, codes = run([PICK, go("desk"), PICK, PICK], Failure("SLIPPED", "it slipped", at=1))
    assert codes == ["NEEDS", "", "SLIPPED", ""]
    assert [type(f) for f in world.struck] == [Failure]


def test_a_failure_of_one_call_is_for_good():
    fault = Failure("BLOCKED", "something stands there", call=go("cup"))
    world, codes = run([go("cup"), go("cup"), go("desk"), PICK], fault)
    assert codes == ["BLOCKED", "BLOCKED", "", ""]


def test_what_is_carried_falls_where_the_robot_was():
    world, codes = run([go("desk"), PICK, go("shelf")], Drop())
    assert codes == ["", "", ""]
    facts = world.observe().facts
    assert {Atom("on", ("cup", "desk")), Atom("hand_free"), Atom("at", ("shelf",))} <= facts
    assert Atom("at", ("cup",)) not in facts
    assert world.execute(go("cup")).ok and world.execute(PICK).ok and world.execute(go("shelf")).ok
    assert world.observe().holding == "cup"


def test_it_falls_on_the_floor_where_there_is_no_surface():
    world, _ = run([go("desk"), PICK, go("drawer"), go("shelf")], Drop(at=3))
    assert world.observe().location("cup") is None
    assert world.execute(go("cup")).ok and world.execute(PICK).ok


def test_a_thing_is_moved_after_a_call_and_never_out_of_the_hand():
    world, _ = run([go("desk")], Move(0, "cup", "shelf"))
    assert {Atom("on", ("cup", "shelf")), Atom("on", ("pen", "desk"))} <= world.observe().facts
    assert "cup" not in world.observe().at and "pen" in world.observe().at
    held, _ = run([go("desk"), PICK], Move(1, "cup", "shelf"))
    assert held.observe().holding == "cup" and not held.struck
    assert held.execute(Call("place_on", {"object": "cup", "surface": "desk"})).ok
    assert held.observe().location("cup") == Relation("on", "cup", "shelf")


def test_a_door_falls_shut_once():
    world, codes = run([go("drawer"), OPEN, OPEN, CLOSE], Shut(0, "drawer"))
    assert codes == ["", "", "", ""]
    assert [type(f) for f in world.struck] == [Shut]
    assert Atom("closed", ("drawer",)) in world.observe().facts
    again, _ = run([go("drawer"), OPEN, OPEN], Shut(0, "drawer"))
    assert Atom("open", ("drawer",)) in again.observe().facts


def test_a_condition_ends_and_of_a_pair_the_other_holds_then():
    up, down = Atom("arm_up"), Atom("arm_down")
    drive = Skill(name="glide", description="Glide.", needs=(up,))
    suck = Skill(name="suck", description="Suck.", needs=(down,))
    lift = Skill(name="lift", description="Lift.", makes=(up, down._replace(negated=True)))
    lower = Skill(name="lower", description="Lower.", makes=(down, up._replace(negated=True)))
    library = SkillLibrary(skills=(drive, suck, lift, lower))
    assert lapses_of(library, 1) == [Lapse(1, "arm_up", "arm_down"), Lapse(1, "arm_down", "arm_up")]
    world = SymbolicWorld(WORLD, library, Faults((Lapse(1, "arm_up", "arm_down"),)))
    calls = [Call("lift"), Call("glide"), Call("glide"), Call("lift"), Call("glide")]
    assert [world.execute(call).code for call in calls] == ["", "", "NEEDS", "", ""]
    assert {up, down} & world.observe().facts == {up}
