# SPDX-License-Identifier: Apache-2.0
"""What Gazebo tells becomes what the embedded simulator would tell of the same state."""

import math

import numpy as np
import pytest

from agent_planner_sim.gazebo.mirror import Mirror, Seen, Sent
from agent_planner_sim.gazebo.sdf_world import part_joint
from agent_planner_sim.mujoco import truth
from agent_planner_sim.mujoco.bystander import carried, load
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import generate

pytestmark = pytest.mark.sim
ROBOT = ROBOTS["mobile_manipulator"]()


@pytest.fixture
def sent():
    return []


@pytest.fixture
def mirror_of(sent):
    """Call it with a scene and a robot's name; what is commanded is in `sent`."""

    def taker(kind):
        return lambda *values: sent.append((kind, values))

    def make(scene, robot):
        return Mirror(scene, ROBOTS[robot](), Sent(taker("velocity"), taker("arm"), taker("opening")))

    return make


@pytest.fixture
def mirror(mirror_of):
    return mirror_of(generate("apartment", 0), ROBOT.name)


def state_of(sim):
    """A state of the embedded simulator as Gazebo would tell it."""
    joints = {n: (float(p), float(v)) for n, p, v in zip(*sim.joints(), strict=True)}
    parts = [part for piece in sim.scene.furniture for part in piece.parts]
    for part in parts:
        joints[part_joint(part.name)] = (sim.part_opening(part.name) * part.travel, 0.0)
    objects = {}
    for item in sim.scene.items:
        body = sim.data.body(f"item/{item.name}")
        objects[f"item/{item.name}"] = (tuple(map(float, body.xpos)), tuple(map(float, body.xquat)))
    return Seen(sim.time, sim.base_pose(), sim.base_velocity(), joints, objects)


def test_the_truth_is_that_of_the_embedded_simulator_in_the_same_state(mirror):
    sim = Simulation(mirror.scene, ROBOT)
    name = next(part.name for piece in sim.scene.furniture for part in piece.parts)
    sim.drive(0.3, 0.4)
    sim.follow(ROBOT.arm, [1.0], [ROBOT.postures["home"]])
    sim.grip(0.03)
    sim.run(1.0)
    sim.data.joint(f"part/{name}").qpos = 0.2
    sim.run(0.1)
    mirror.see(state_of(sim))
    assert mirror.time == sim.time
    assert mirror.base_pose() == pytest.approx(sim.base_pose())
    assert mirror.base_velocity() == pytest.approx(sim.base_velocity())
    for ours, theirs in zip(truth.objects(mirror), truth.objects(sim), strict=True):
        assert ours.pose.position == pytest.approx(theirs.pose.position, abs=1e-6)
        assert ours.size == theirs.size
    for ours, theirs in zip(truth.places(mirror), truth.places(sim), strict=True):
        assert (ours.is_open, ours.explored) == (theirs.is_open, theirs.explored)
        assert ours.opening == pytest.approx(theirs.opening, abs=1e-6)
        assert ours.pose.position == pytest.approx(theirs.pose.position, abs=1e-6)
    assert truth.end_effector(mirror).position == pytest.approx(truth.end_effector(sim).position, abs=1e-4)
    np.testing.assert_allclose(mirror.joints().positions, sim.joints().positions)


def test_what_was_open_stays_explored(mirror):
    piece = next(piece for piece in mirror.scene.furniture if piece.parts)
    joint, travel = part_joint(piece.parts[0].name), piece.parts[0].travel
    seen = []
    for share in (0.0, 0.8, 0.05):
        mirror.see(Seen(1.0, joints={joint: (share * travel, 0.0)}))
        state = mirror.openness[piece.parts[0].name]
        seen.append((state.is_open, state.explored))
    assert seen == [(False, False), (True, True), (False, True)]


def test_names_of_another_scene_are_passed_over(mirror):
    before = mirror.joints().positions.copy()
    mirror.see(Seen(1.0, joints={"part/gone/joint": (1.0, 0.0)}, objects={"item/gone": ((0, 0, 0), (1, 0, 0, 0))}))
    np.testing.assert_allclose(mirror.joints().positions, before)
    assert not mirror.heard


def test_commands_are_sent_on(mirror, sent):
    mirror.see(Seen(1.0, joints=dict.fromkeys(ROBOT.arm, (0.1, 0.0))))
    mirror.drive(0.2, 0.0)
    mirror.tick(0.02)
    mirror.grip(9.0)
    mirror.follow(["arm_joint_1"], [0.1], [[0.5]])
    kinds = dict(sent)
    assert kinds["velocity"][0] == pytest.approx(0.016)
    assert kinds["opening"] == (pytest.approx(ROBOT.max_opening),)
    names, times, points = kinds["arm"]
    assert names == ROBOT.arm and len(times) == 5
    assert points[-1].tolist() == pytest.approx([0.1, 0.5, *[0.1] * 6])


def test_a_base_that_stands_is_told_so_all_the_time_since_gazebo_holds_the_last_velocity_that_it_got(mirror, sent):
    mirror.drive(0.2, 0.0)
    for _ in range(3):
        mirror.tick(0.02)
    mirror.see(Seen(1.0))
    for _ in range(5):
        mirror.tick(0.02)
    assert [velocity for _, velocity in sent[-3:]] == [(0.0, 0.0)] * 3


def test_the_mirror_of_another_scene_keeps_arm_and_time(mirror):
    mirror.see(Seen(7.0, (1.0, 2.0, math.pi), joints=dict.fromkeys(ROBOT.arm, (0.2, 0.0))))
    other = mirror.of_another(generate("tidy", 3))
    assert other.time == 7.0 and other.heard
    assert other.joints().positions[:8].tolist() == pytest.approx([0.2] * 8)
    assert {item.name for item in other.scene.items} == {o.item.name for o in truth.objects(other)}


def test_a_fixed_arm_stands_where_the_scene_has_it_and_takes_no_velocities(mirror_of, sent):
    scene = generate("tidy", 0)
    mirror = mirror_of(scene, "fixed_arm")
    arm = ROBOTS["fixed_arm"]().arm
    mirror.see(Seen(1.0, (5.0, 5.0, 1.0), (0.3, 0.0), dict.fromkeys(arm, (0.1, 0.0))))
    assert mirror.heard
    assert mirror.base_pose() == (scene.start.x, scene.start.y, scene.start.yaw)
    assert mirror.base_velocity() == (0.0, 0.0)
    mirror.drive(0.2, 0.1)
    mirror.tick(0.02)
    assert sent == []
    mirror.follow(["arm_joint_1"], [0.1], [[0.5]])
    ((kind, (names, _, points)),) = sent
    assert (kind, names) == ("arm", arm)
    assert points[-1].tolist() == pytest.approx([0.5, *[0.1] * 6])


def test_a_base_without_an_arm_is_heard_by_its_odometry(mirror_of, sent):
    mirror = mirror_of(generate("tidy", 0), "delivery_base")
    mirror.see(Seen(1.0))
    assert not mirror.heard
    mirror.see(Seen(1.0, (0.5, 0.2, 1.0), (0.1, 0.0)))
    assert mirror.heard and mirror.base_pose() == pytest.approx((0.5, 0.2, 1.0))
    mirror.drive(0.2, 0.0)
    mirror.tick(0.02)
    ((kind, _),) = sent
    assert kind == "velocity"


def test_what_a_person_hands_over_is_put_by_gazebo_and_then_seen(mirror_of):
    mirror = mirror_of(generate("table_top", 0, ("red cube",)), "delivery_base")
    before = {o.item.name: o.pose.position for o in truth.objects(mirror)}
    load(mirror, "red cube")
    assert {o.item.name: o.pose.position for o in truth.objects(mirror)} == before
    ((name, placement),) = mirror.taken_puts()
    assert name == "red cube" and mirror.taken_puts() == []
    mirror.see(Seen(1.0, objects={"item/red cube": (placement[:3], (1.0, 0.0, 0.0, 0.0))}))
    assert carried(mirror) == "red cube"
