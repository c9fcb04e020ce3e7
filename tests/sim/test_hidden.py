# SPDX-License-Identifier: Apache-2.0
import pytest

pytest.importorskip("agent_planner_interfaces.msg")

from builtin_interfaces.msg import Time

from agent_planner_sim.mujoco.simulation import Openness, Simulation
from agent_planner_sim.nodes.hidden import observed
from agent_planner_sim.nodes.scene_message import scene_graph
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import generate

pytestmark = [pytest.mark.sim, pytest.mark.ros]


def with_something_in_a_drawer():
    for seed in range(30):
        scene = generate("tidy", seed)
        sim = Simulation(scene, ROBOTS["mobile_manipulator"]())
        seen = {o.name for o in observed(scene_graph(sim, Time())).objects}
        hidden = {item.name for item in scene.items} - seen
        if hidden and any(p.mechanism == "drawer" for f in scene.furniture for p in f.parts):
            return sim, hidden
    raise AssertionError("no scene of thirty hides anything")


def test_what_is_in_closed_things_is_unseen_until_they_were_open_and_known_afterwards():
    sim, hidden = with_something_in_a_drawer()
    before = observed(scene_graph(sim, Time()))
    assert not hidden & {name for r in before.relations for name in (r.a, r.b)}
    sim.openness = dict.fromkeys(sim.openness, Openness(is_open=True, explored=True))
    after = observed(scene_graph(sim, Time()))
    assert hidden <= {o.name for o in after.objects}
    assert {r.name for r in after.relations if r.a in hidden} <= {"in", "near", "at"}
    sim.openness = dict.fromkeys(sim.openness, Openness(is_open=False, explored=True))
    assert hidden <= {o.name for o in observed(scene_graph(sim, Time())).objects}


def test_what_was_asked_for_is_seen_from_the_start_and_lies_on_something():
    for seed in range(10):
        sim = Simulation(generate("tidy", seed), ROBOTS["mobile_manipulator"]())
        scene = observed(scene_graph(sim, Time()))
        assert "red cube" in {o.name for o in scene.objects}
        located = {r.a: (r.name, r.b) for r in scene.relations if r.name in ("on", "in")}
        assert {o.name for o in scene.objects} <= set(located)
        assert located["red cube"][0] == "on"
        assert scene.robot.holding == ""
        assert not [r for r in scene.relations if r.name == "at"]


def test_an_opened_drawer_is_seen_as_open_and_its_handle_moves_with_it():
    sim, _ = with_something_in_a_drawer()
    name, part = next((p.name, p) for f in sim.scene.furniture for p in f.parts if p.mechanism == "drawer")
    before = next(p for p in scene_graph(sim, Time()).places if p.name == name)
    joint = sim.data.joint(f"part/{name}")
    joint.qpos = part.travel
    sim.run(0.2)
    after = next(p for p in scene_graph(sim, Time()).places if p.name == name)
    moved = [getattr(after.handle.position, a) - getattr(before.handle.position, a) for a in "xyz"]
    assert sum(m * m for m in moved) ** 0.5 == pytest.approx(part.travel, abs=0.005)
    assert after.is_open and after.explored and after.opening == pytest.approx(1.0, abs=0.02)
    assert not before.is_open and not before.explored


def test_a_place_without_a_mechanism_has_a_zero_handle_and_is_open():
    sim = Simulation(generate("table_top", 0), ROBOTS["mobile_manipulator"]())
    for place in scene_graph(sim, Time()).places:
        q = place.handle.orientation
        assert (q.w, q.x, q.y, q.z) == (0.0, 0.0, 0.0, 0.0)
        assert place.is_open and place.explored and place.mechanism == ""


def test_scene_fields_are_those_of_the_scene():
    scene = generate("apartment", 0)
    message = scene_graph(Simulation(scene, ROBOTS["mobile_manipulator"]()), Time(sec=3))
    assert message.header.frame_id == "map" and message.header.stamp.sec == 3
    assert [p.name for p in message.places] + [o.name for o in message.objects] == scene.names
