# SPDX-License-Identifier: Apache-2.0
import dataclasses
import math

import numpy as np
import pytest

from agent_planner_sim.mujoco import truth
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.robots.mobile_manipulator import mobile_manipulator
from agent_planner_sim.scenes import Placement, generate
from agent_planner_sim.transforms import matrix_from_quat, turn, yaw_of

pytestmark = pytest.mark.sim


def find(states, name):
    return next(s for s in states if (s.item if hasattr(s, "item") else s.region).name == name)


@pytest.mark.parametrize("seed", range(3))
def test_friction_alone_lifts_a_cube_and_drops_it_into_the_bin(simulate, hand_of, rotations, seed):
    down, _ = rotations
    sim = simulate("table_top", seed)
    hand = hand_of(sim)
    cube = find(truth.objects(sim), "red cube")
    place = np.array(cube.pose.position)
    yaw = (yaw_of(cube.pose.quat) + math.pi / 4) % (math.pi / 2) - math.pi / 4
    hand.go(sim.robot.postures["ready"])
    hand.reach(place + [0, 0, 0.12], down(yaw))
    hand.line(place, down(yaw))
    hand.grip(0.0)
    assert sim.opening() == pytest.approx(0.04, abs=0.003)
    hand.line(place + [0, 0, 0.15], down(yaw))
    lifted = np.array(find(truth.objects(sim), "red cube").pose.position)
    sim.run(2.0)
    slip = np.array(find(truth.objects(sim), "red cube").pose.position) - lifted
    assert lifted[2] - place[2] == pytest.approx(0.15, abs=0.005)
    assert np.linalg.norm(slip) < 0.002
    box = np.array(find(truth.places(sim), "blue bin").pose.position)
    posture = list(sim.robot.postures["ready"])
    posture[1] = math.atan2(box[1], box[0] - 0.06)
    hand.go(posture)
    hand.line(box + [0, 0, 0.2], down(posture[1]))
    hand.grip(0.085)
    sim.run(0.7)
    dropped = np.array(find(truth.objects(sim), "red cube").pose.position) - box
    assert np.abs(dropped[:2]).max() < 0.15 and abs(dropped[2]) < 0.1


def in_front_of(name, mechanism, distance):
    """A scene with that thing to open, the robot standing before it, and the simulation of it."""
    scene = generate("tidy", 2, (name, "red cube"))
    piece = next(p for p in scene.furniture if any(part.name == name for part in p.parts))
    assert next(part for part in piece.parts if part.name == name).mechanism == mechanism
    dx, dy = turn((piece.size[0] / 2 + distance, 0.0), piece.placement.yaw)
    start = Placement(piece.placement.x + dx, piece.placement.y + dy, 0.0, piece.placement.yaw + math.pi)
    return Simulation(dataclasses.replace(scene, start=start), mobile_manipulator())


def take_handle(sim, hand, name):
    """Grip the bar with the hand pitched down by 45 degrees; tell the direction of opening."""
    handle = find(truth.places(sim), name).handle
    axes = matrix_from_quat(handle.quat)
    outward, along = axes[:, 0], axes[:, 1]
    z = (-outward - [0, 0, 1]) / math.sqrt(2)
    y = np.cross(z, along)
    y /= np.linalg.norm(y)
    rotation = np.column_stack([np.cross(y, z), y, z])
    hand.go(sim.robot.postures["home"])
    hand.grip(0.045)
    hand.reach(np.array(handle.position) - 0.1 * z, rotation)
    hand.line(handle.position, rotation)
    hand.grip(0.0)
    assert sim.opening() == pytest.approx(0.015, abs=0.008)
    return outward


@pytest.mark.parametrize(("name", "mechanism", "share"), [("drawer", "drawer", 0.5), ("cabinet", "door", 0.1)])
def test_a_bar_is_gripped_and_what_it_is_on_opens_and_stays(hand_of, name, mechanism, share):
    sim = in_front_of(name, mechanism, 0.60)
    hand = hand_of(sim)
    take_handle(sim, hand, name)
    assert not sim.openness[name].explored
    for _ in range(20):  # the base backs off, the arm keeps still
        sim.drive(-0.08, 0.0)
        sim.run(0.1)
    assert sim.part_opening(name) > share
    hand.grip(0.085)
    hand.line(
        np.array(truth.end_effector(sim).position) - 0.08 * matrix_from_quat(truth.end_effector(sim).quat)[:, 2],
        matrix_from_quat(truth.end_effector(sim).quat),
    )
    opened = sim.part_opening(name)
    sim.run(3.0)
    assert sim.part_opening(name) == pytest.approx(opened, abs=0.01)
    assert sim.openness[name].explored == (opened >= 0.5)
