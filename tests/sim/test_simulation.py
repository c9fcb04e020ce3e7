# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from agent_planner_sim.mujoco import truth
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import generate

pytestmark = pytest.mark.sim


def positions(sim):
    return {state.item.name: np.array(state.pose.position) for state in truth.objects(sim)}


@pytest.mark.parametrize(("scene", "seeds"), [("tidy", 60), ("apartment", 20), ("table_top", 20)])
def test_nothing_starts_inside_something_and_everything_rests(simulate, scene, seeds):
    for seed in range(seeds):
        sim = simulate(scene, seed)
        deepest = min((contact.dist for contact in sim.data.contact), default=0.0)
        assert deepest > -1e-3, f"seed {seed}: {deepest}"
        before = positions(sim)
        sim.run(0.6)
        for name, position in positions(sim).items():
            assert np.linalg.norm(position - before[name]) < 3e-3, f"seed {seed}: {name}"
        assert max((sim.part_opening(name) for name in sim.openness), default=0.0) < 1e-3


def test_the_same_seed_and_commands_give_the_same_world_to_the_bit(simulate):
    states = []
    for _ in range(2):
        sim = simulate("tidy", 3)
        sim.drive(0.3, 0.4)
        sim.follow(sim.robot.arm, [1.0], [sim.robot.postures["ready"]])
        sim.run(1.5)
        states.append(sim.data.qpos.copy())
    assert np.array_equal(*states)


@pytest.mark.parametrize("robot", ROBOTS)
def test_restoring_returns_to_the_bit(simulate, robot):
    sim = simulate("tidy", 1, robot=robot)
    sim.run(1.0)
    sim.drive(0.3, 0.5)
    if sim.robot.arm:
        sim.follow(sim.robot.arm, [1.5], [sim.robot.postures["ready"]])
    sim.run(0.3)
    saved, then = sim.save(), sim.data.qpos.copy()
    sim.run(1.0)
    once = sim.data.qpos.copy()
    assert np.abs(once - then).max() > 0.05
    sim.restore(saved)
    assert sim.time == pytest.approx(1.3)
    sim.run(1.0)
    assert np.array_equal(once, sim.data.qpos)


def test_what_a_robot_does_not_have_is_not_commanded(simulate):
    sim = simulate(robot="delivery_base")
    assert sim.joints().names == () and sim.opening() == 0.0
    before = sim.data.ctrl.copy()
    sim.grip(0.04)
    sim.step()
    assert np.array_equal(before, sim.data.ctrl)
    with pytest.raises(ValueError, match="the robot 'delivery_base' has no arm"):
        sim.follow(["arm_joint_1"], [1.0], [[0.0]])


def test_the_arm_follows_a_trajectory_within_a_hundredth(simulate):
    sim = simulate("tidy", 0)
    start, end = (np.array(sim.robot.postures[name]) for name in ("stow", "ready"))
    times = np.arange(0.02, 3.0001, 0.02)

    def blend(t):
        s = np.clip(t / 3.0, 0, 1)
        return 10 * s**3 - 15 * s**4 + 6 * s**5

    sim.follow(sim.robot.arm, times, start + np.outer(blend(times), end - start))
    worst = 0.0
    while sim.time < 3.3:
        sim.step(5)
        wanted = start + blend(sim.time) * (end - start)
        worst = max(worst, np.abs(sim.joints().positions[:8] - wanted).max())
    assert worst < 0.01
    assert np.abs(sim.joints().positions[:8] - end).max() < 1e-3


def test_a_point_at_the_measured_position_stops_the_arm(simulate):
    sim = simulate("tidy", 0)
    sim.follow(sim.robot.arm, [3.0], [sim.robot.postures["ready"]])
    sim.run(1.5)
    here = sim.joints().positions[:8]
    sim.follow(sim.robot.arm, [0.02], [here])
    sim.run(0.5)
    assert np.abs(sim.joints().positions[:8] - here).max() < 0.01
    assert np.abs(sim.joints().velocities[:8]).max() < 1e-3


def test_a_jump_in_a_trajectory_is_driven_at_the_joints_own_speed(simulate):
    sim = simulate("tidy", 0)
    sim.follow(["arm_joint_7"], [0.0], [[2.5]])
    fastest = 0.0
    for _ in range(60):
        sim.step()
        fastest = max(fastest, abs(sim.joints().velocities[7]))
    assert fastest < 1.2 * sim.robot.joint("arm_joint_7").velocity


@pytest.mark.parametrize(
    ("names", "times", "points", "told"),
    [
        (["elbow"], [1.0], [[0.0]], "not joints of the arm: elbow; known: torso_lift_joint"),
        (["arm_joint_1"], [1.0, 0.5], [[0.0], [0.1]], "2 rising times"),
        (["arm_joint_1"], [1.0], [[0.0, 1.0]], "for 1 joints"),
        (["arm_joint_1"], [1.0], [[float("nan")]], "not finite"),
    ],
)
def test_trajectories_that_make_no_sense_are_refused(simulate, names, times, points, told):
    sim = simulate("table_top", 0)
    with pytest.raises(ValueError, match=told):
        sim.follow(names, times, points)


def test_the_base_keeps_its_limits_and_stops_when_commands_stop(simulate):
    sim = simulate("tidy", 0)
    sim.drive(5.0, 0.0)
    previous, steepest = 0.0, 0.0
    while sim.time < 0.45:
        sim.step()
        velocity = sim.base_velocity()[0]
        steepest, previous = max(steepest, velocity - previous), velocity
    assert steepest / sim.time_step < 1.3 * sim.robot.base.linear_acceleration
    for _ in range(5):
        sim.drive(5.0, 0.0)
        sim.run(0.1)
    assert sim.base_velocity()[0] <= 1.02 * sim.robot.base.linear
    sim.drive(0.0, 0.0)
    sim.run(0.4)
    assert abs(sim.base_velocity()[0]) < 0.02
    sim.run(1.0)
    stopped = sim.base_pose()
    assert abs(sim.base_velocity()[0]) < 1e-3
    sim.run(5.0)
    assert np.allclose(stopped, sim.base_pose(), atol=1e-4)


def test_the_base_does_not_go_through_walls(simulate):
    sim = simulate("tidy", 0)
    x0, y0, x1, y1 = sim.scene.bounds
    for _ in range(200):
        sim.drive(0.5, 0.0)
        sim.run(0.1)
    x, y, _ = sim.base_pose()
    assert x0 < x < x1 and y0 < y < y1
    assert abs(sim.base_velocity()[0]) < 0.05


def test_names_of_axes_follow_the_fall_of_a_thing():
    lying = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])  # its own x points down
    matrix, size = truth.upright(lying, (0.1, 0.2, 0.3))
    assert size == (0.2, 0.3, 0.1)
    assert np.allclose(matrix[:, 2], [0, 0, 1])
    assert np.linalg.det(matrix) == pytest.approx(1.0)


def test_places_tell_handle_hinge_and_travel(simulate):
    sim = simulate("apartment", 0)
    for state in truth.places(sim):
        if not state.mechanism:
            assert state.handle is None and state.is_open and state.explored
            continue
        assert not state.is_open and not state.explored and state.opening == 0.0
        assert 0.45 <= state.handle.position[2] <= 0.75
        assert (state.hinge is None) == (state.mechanism == "drawer")
        assert state.travel == pytest.approx(1.5708, abs=1e-3) or 0.2 <= state.travel <= 0.35


def test_physics_with_control_runs_well_above_real_time(simulate):
    import time

    sim = simulate("tidy", 0)
    sim.run(0.2)
    started = time.process_time()
    for k in range(40):
        sim.drive(0.1, 0.3)
        if k % 10 == 0:
            sim.follow(sim.robot.arm, [1.0], [sim.robot.postures["ready" if k % 20 else "stow"]])
        sim.run(0.1)
    assert 4.0 / (time.process_time() - started) > 5.0


def test_scene_of_a_simulation_is_the_generated_one(simulate):
    assert simulate("tidy", 5).scene == generate("tidy", 5)
