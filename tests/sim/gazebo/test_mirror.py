# SPDX-License-Identifier: Apache-2.0
"""What Gazebo tells becomes what the embedded simulator would tell of the same state."""

import math

import numpy as np
import pytest

from agent_planner_sim.gazebo.mirror import Mirror, Seen, Sent
from agent_planner_sim.gazebo.sdf_world import part_joint
from agent_planner_sim.mujoco import truth
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import generate

pytestmark = pytest.mark.sim
ROBOT = ROBOTS["mobile_manipulator"]()


@pytest.fixture
def sent():
    return []


@pytest.fixture
def mirror(sent):
    def taker(kind):
        return lambda *values: sent.append((kind, values))

    return Mirror(generate("apartment", 0), ROBOT, Sent(taker("velocity"), taker("arm"), taker("opening")))


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


def test_nothing_is_sent_while_the_base_stands(mirror, sent):
    mirror.tick(0.02)
    assert sent == []


def test_the_mirror_of_another_scene_keeps_arm_and_time(mirror):
    mirror.see(Seen(7.0, (1.0, 2.0, math.pi), joints=dict.fromkeys(ROBOT.arm, (0.2, 0.0))))
    other = mirror.of_another(generate("tidy", 3))
    assert other.time == 7.0 and other.heard
    assert other.joints().positions[:8].tolist() == pytest.approx([0.2] * 8)
    assert {item.name for item in other.scene.items} == {o.item.name for o in truth.objects(other)}
