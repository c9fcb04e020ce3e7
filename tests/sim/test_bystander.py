# SPDX-License-Identifier: Apache-2.0
"""What a person beside the delivery base does, and what they refuse; seen as the robot's scene source sees it."""

import math
from dataclasses import replace

import pytest

pytest.importorskip("agent_planner_interfaces.msg")

from agent_planner_interfaces.action import AskPerson
from agent_planner_interfaces.srv import HandOver
from builtin_interfaces.msg import Time

from agent_planner.errors import UserError
from agent_planner_sim.mujoco import truth
from agent_planner_sim.mujoco.bystander import load, unload
from agent_planner_sim.mujoco.simulation import Openness, Simulation
from agent_planner_sim.nodes.hands import lend_a_hand
from agent_planner_sim.nodes.hidden import observed
from agent_planner_sim.nodes.scene_message import scene_graph
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import generate
from agent_planner_sim.scenes.description import Placement
from agent_planner_sim.scenes.layout import approach

pytestmark = [pytest.mark.sim, pytest.mark.ros]
THINGS = ("red cube", "green ball", "blue bin")


@pytest.fixture
def sim(simulate):
    """At a table with a cube and a ball, a bin and a tray in reach; all at rest."""
    sim = simulate("table_top", 0, (*THINGS, "black tray"), "delivery_base")
    sim.run(0.5)
    return sim


@pytest.fixture
def at_drawer():
    """In front of a closed drawer."""
    scene = generate("tidy", 0, (*THINGS, "drawer"))
    piece = next(p for p in scene.furniture if any(part.name == "drawer" for part in p.parts))
    here = Placement(*approach(piece), 0.0, piece.placement.yaw + math.pi)
    return Simulation(replace(scene, start=here), ROBOTS["delivery_base"]())


def facts(sim, name):
    """Relations of an object, but for at and near; what is in the hand."""
    seen = observed(scene_graph(sim, Time()))
    found = {(r.name, r.b) for r in seen.relations if r.a == name and r.name not in ("at", "near")}
    return found, seen.robot.holding


def put_on_deck(sim, name):
    x, y, z = truth.end_effector(sim).position
    height = next(o.size[2] for o in truth.objects(sim) if o.item.name == name)
    sim.put(name, Placement(x, y, z + height / 2))


def put_at(sim, name, place, dx=0.0, dy=0.0, up=0.0):
    x, y, z = next(p.pose.position for p in truth.places(sim) if p.region.name == place)
    sim.put(name, Placement(x + dx, y + dy, z + up))


def is_asleep(sim, name):
    return sim.data.tree_asleep[sim.model.body_treeid[sim.model.body(f"item/{name}").id]] >= 0


@pytest.mark.parametrize("name", ["red cube", "green ball"])
@pytest.mark.parametrize(
    ("target", "inside", "seen"), [("counter", False, "on"), ("blue bin", True, "in"), ("black tray", True, "in")]
)
def test_what_is_loaded_lies_on_the_deck_and_what_is_unloaded_where_it_was_wanted(sim, name, target, inside, seen):
    assert is_asleep(sim, name)
    load(sim, name)
    sim.run(1.0)
    assert facts(sim, name) == ({("holding", "")}, name)
    unload(sim, name, target, inside)
    sim.run(1.0)
    assert facts(sim, name) == ({(seen, target)}, "")


def test_what_has_fallen_asleep_where_it_was_put_is_put_again(sim):
    load(sim, "red cube")
    unload(sim, "red cube", "blue bin", inside=True)
    sim.run(3.0)
    assert is_asleep(sim, "red cube")
    load(sim, "red cube")
    sim.run(1.0)
    assert facts(sim, "red cube") == ({("holding", "")}, "red cube")


@pytest.mark.parametrize("turned", [(0.5**0.5, 0.5**0.5, 0.0, 0.0), (0.5**0.5, 0.0, 0.5**0.5, 0.0)])
def test_what_lies_on_its_side_is_put_up_again_and_does_not_jump(simulate, turned):
    sim = simulate("table_top", 0, ("green bottle", "blue bin"), "delivery_base")
    x, y, _ = sim.base_pose()
    sim.data.joint("item/green bottle").qpos = (x - 0.6, y, 0.03, *turned)
    sim.run(0.5)
    (bottle,) = (o for o in truth.objects(sim) if o.item.name == "green bottle")
    assert bottle.size[2] < 0.06, "it lies"
    load(sim, "green bottle")
    assert sim.data.joint("item/green bottle").qpos[2] == pytest.approx(truth.end_effector(sim).position[2] + 0.062)
    sim.run(1.0)
    assert facts(sim, "green bottle") == ({("holding", "")}, "green bottle")
    unload(sim, "green bottle", "counter", inside=False)
    sim.run(1.0)
    assert facts(sim, "green bottle") == ({("on", "counter")}, "")


@pytest.mark.parametrize("name", ["red cube", "green ball"])
def test_what_is_on_the_deck_stays_there_on_a_drive_with_turns(simulate, name):
    sim = simulate("table_top", 0, THINGS, "delivery_base")
    load(sim, name)
    start = sim.base_pose()
    for linear, angular in [(-0.5, 0.0), (0.0, 1.2), (0.5, 1.2), (0.5, -1.2), (-0.5, 1.2), (0.0, -1.2)]:
        for _ in range(8):
            sim.drive(linear, angular)
            sim.run(0.1)
    assert math.dist(sim.base_pose()[:2], start[:2]) > 0.3
    sim.run(1.0)
    assert facts(sim, name) == ({("holding", "")}, name)


def test_each_task_of_ask_person_is_done_and_no_other(sim):
    goal = AskPerson.Goal
    for task, target, seen in (
        (goal.LOAD, "", ("holding", "")),
        (goal.UNLOAD_ON, "counter", ("on", "counter")),
        (goal.LOAD, "", ("holding", "")),
        (goal.UNLOAD_IN, "blue bin", ("in", "blue bin")),
    ):
        lend_a_hand(sim, HandOver.Request(task=task, object="red cube", target=target))
        sim.run(1.0)
        assert facts(sim, "red cube")[0] == {seen}
    with pytest.raises(UserError, match="a person knows no task 3; AskPerson has 0 to 2"):
        lend_a_hand(sim, HandOver.Request(task=3, object="red cube"))


def refusal(action, *arguments):
    """What is said; and nothing has changed."""
    sim = arguments[0]
    before = sim.data.qpos.copy()
    with pytest.raises(UserError) as error:
        action(*arguments)
    assert (before == sim.data.qpos).all()
    return str(error.value)


def test_why_a_thing_is_not_loaded(sim, at_drawer):
    assert refusal(load, sim, "red cub").startswith("there is no object 'red cub'; did you mean 'red cube'")
    sim.put("green ball", Placement(-1.0, -1.0, 0.03))
    assert refusal(load, sim, "green ball") == "'green ball' is 1.4 m away from the robot, more than 1.2 m"
    load(sim, "red cube")
    sim.put("green ball", Placement(-0.5, 0.5, 0.03))
    assert refusal(load, sim, "green ball") == "the deck is taken by 'red cube'"
    put_at(at_drawer, "red cube", "drawer")
    assert refusal(load, at_drawer, "red cube") == "'red cube' is in 'drawer', which is closed"
    at_drawer.openness["drawer"] = Openness(is_open=True, explored=True)
    load(at_drawer, "red cube")


def test_why_a_thing_is_not_unloaded(sim):
    assert refusal(unload, sim, "cup", "counter", False).startswith("there is no object 'cup'; known: ")
    assert refusal(unload, sim, "red cube", "counter", False) == "'red cube' is not on the deck"
    load(sim, "red cube")
    assert refusal(unload, sim, "green ball", "counter", False) == "'green ball' is not on the deck"
    said = refusal(unload, sim, "red cube", "blue bean", True)
    assert said.startswith("there is no place 'blue bean'; did you mean 'blue bin'")
    assert refusal(unload, sim, "red cube", "counter", True) == "'counter' is no container"
    assert refusal(unload, sim, "red cube", "blue bin", False) == "'blue bin' is no surface"


def test_nothing_is_put_into_what_is_closed_or_far_away(at_drawer):
    put_on_deck(at_drawer, "red cube")
    assert refusal(unload, at_drawer, "red cube", "drawer", True) == "'drawer' is closed"
    here = at_drawer.base_pose()
    (x, y, _) = next(p.pose.position for p in truth.places(at_drawer) if p.region.name == "blue bin")
    assert math.dist((x, y), here[:2]) > 1.5
    said = refusal(unload, at_drawer, "red cube", "blue bin", True)
    assert said.startswith("'blue bin' is ") and said.endswith(" m away from the robot, more than 1.2 m")


def test_where_there_is_no_room_nothing_is_put(sim):
    load(sim, "red cube")
    put_at(sim, "green ball", "black tray", up=0.03)
    assert refusal(unload, sim, "red cube", "black tray", True) == "there is no room in 'black tray'"


def test_a_robot_that_drives_or_has_no_deck_is_not_loaded(sim, simulate):
    load(sim, "red cube")
    for _ in range(5):
        sim.drive(-0.3, 0.0)
        sim.run(0.1)
    assert refusal(unload, sim, "red cube", "counter", False) == "the robot is driving"
    assert refusal(load, sim, "green ball") == "the robot is driving"
    for _ in range(5):
        sim.drive(0.0, 0.5)
        sim.run(0.2)
    assert refusal(load, sim, "green ball") == "the robot is driving"
    arm = simulate("table_top", 0, THINGS, "fixed_arm")
    assert refusal(load, arm, "red cube") == "the robot 'fixed_arm' has no deck"
    assert refusal(unload, arm, "red cube", "counter", False) == "the robot 'fixed_arm' has no deck"
