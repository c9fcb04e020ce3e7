# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from agent_planner_motion.arm.planner import ArmPlanner
from agent_planner_motion.spatial import rotation_vector, transform
from agent_planner_motion.world import Thing, World
from tests.motion.things import at, table

LEFT = np.array([0.2, 0.7, -1.3, 0.0, 1.8, 0.0, 1.06, 0.0])
RIGHT = LEFT * (1, -1, 1, 1, 1, 1, 1, 1)


def post(height=1.2):
    """Something tall between left and right."""
    return Thing("post", at(0.60, 0.0, height / 2), np.array((0.08, 0.08, height)), frozenset())


@pytest.fixture
def planner(kit):
    def make(*places):
        return kit.planner(World(1.0, (), places), np.eye(4))

    return make


def check(planner, path, start, goal):
    assert path[0] == pytest.approx(start)
    assert path[-1] == pytest.approx(goal)
    assert np.abs(np.diff(path, axis=0)).max() <= 0.021
    assert (path >= planner.kinematics.lower - 1e-9).all()
    assert (path <= planner.kinematics.upper + 1e-9).all()
    return planner.clearance(path).min()


def test_where_nothing_is_the_way_is_straight(planner):
    path = planner().joint_path(LEFT, [RIGHT])
    check(planner(), path, LEFT, RIGHT)
    assert np.ptp(path, axis=0) == pytest.approx(np.abs(LEFT - RIGHT))


@pytest.mark.parametrize("seed", range(3))
def test_a_path_goes_around_what_stands_in_between_and_keeps_clear(planner, seed):
    around = planner(post())
    straight = np.linspace(LEFT, RIGHT, 60)
    assert around.clearance(straight).min() < 0.0, "the post is in the way"
    around = ArmPlanner(around.model, around.world, rng=np.random.default_rng(seed))
    path = around.joint_path(LEFT, [RIGHT], tries=600)
    # What was checked at every other point keeps half of the margin of 12 mm; between them little is lost.
    assert check(around, path, LEFT, RIGHT) >= 0.004


def test_the_same_seed_gives_the_same_path(planner):
    first, second = (planner(post()).joint_path(LEFT, [RIGHT], tries=600) for _ in range(2))
    assert (first == second).all()


def test_the_first_goal_that_can_be_reached_straight_is_taken(planner):
    near = LEFT + 0.1
    path = planner(post()).joint_path(LEFT, [RIGHT, near])
    assert path[-1] == pytest.approx(near)


def test_where_there_is_no_way_none_is_returned(planner):
    inside = planner(table(size=(0.42, 1.6, 1.0)))
    under_the_top = np.array([0.0, 0.0, 0.2, 0.0, 0.6, 0.0, 0.8, 0.0])
    assert inside.clearance(under_the_top)[0] < 0.0
    assert inside.joint_path(np.array([0.05, 0.38, -2.28, 0.0, 2.57, 0.0, 1.28, 0.0]), [under_the_top], 20) is None
    assert planner().joint_path(LEFT, []) is None


def test_a_line_of_the_hand_is_straight_and_keeps_its_orientation(planner):
    kinematics = planner().kinematics
    start = kinematics.pose(LEFT)
    end = transform(xyz=(0.0, -0.05, -0.12)) @ start
    path = planner().line_path(LEFT, [end])
    tips = kinematics.links(path)[kinematics.tip]
    along = (end - start)[:3, 3]
    share = (tips[:, :3, 3] - start[:3, 3]) @ along / (along @ along)
    beside = tips[:, :3, 3] - start[:3, 3] - share[:, None] * along
    assert share[-1] == pytest.approx(1.0, abs=0.01)
    assert (np.diff(share) > 0).all()
    assert np.linalg.norm(beside, axis=1).max() < 0.003
    assert np.linalg.norm(rotation_vector(tips[:, :3, :3] @ start[:3, :3].T), axis=1).max() < 0.01


def test_a_line_that_leads_into_something_or_out_of_reach_is_none(planner):
    start = planner().kinematics.pose(LEFT)
    down = transform(xyz=(0.0, 0.0, -0.25)) @ start
    top = float(start[2, 3]) - 0.15
    blocked = planner(table(x=float(start[0, 3]), y=float(start[1, 3]), size=(0.3, 0.3, top)))
    assert planner().line_path(LEFT, [down]) is not None
    assert blocked.line_path(LEFT, [down]) is None
    assert blocked.line_path(LEFT, [down], margin=None) is not None, "contacts were said to be wanted"
    assert planner().line_path(LEFT, [transform(xyz=(1.5, 0.0, 0.0)) @ start]) is None


def test_a_trace_ends_at_the_last_target_that_was_reached(planner):
    start = planner().kinematics.pose(LEFT)
    steps = [transform(xyz=(x, 0.0, 0.0)) @ start for x in (0.05, 0.10, 1.5)]
    path, reached = planner().trace(LEFT, steps)
    assert reached == 2
    tip = planner().kinematics.pose(path[-1])
    assert tip[:3, 3] == pytest.approx(steps[1][:3, 3], abs=1.5e-3)


def test_many_traces_at_once_are_as_one_by_one(planner):
    starts = np.array([LEFT, RIGHT, LEFT + 0.05])
    tips = planner().kinematics.links(starts)[planner().kinematics.tip]
    up = tips.copy()
    up[:, 2, 3] += 0.1
    for start, target, (path, reached) in zip(starts, up, planner().trace_many(starts, [up]), strict=True):
        alone, count = planner().trace(start, [target])
        assert (reached, len(path)) == (count, len(alone))
        assert path == pytest.approx(alone, abs=1e-4)


def test_out_of_a_touch_a_path_may_lead_but_not_deeper_into_it(planner):
    arm = planner(post())
    straight = np.linspace(LEFT, RIGHT, 60)
    clearance = arm.clearance(straight)
    first = int(np.argmax(clearance < 0.0))
    assert arm.free(straight[first::-1]), "back to where it came from"
    assert not arm.free(straight[first : first + 6]), "further into the post"


def test_a_touch_at_the_start_is_no_leave_to_touch_things_elsewhere(planner):
    start_post = Thing("start", at(0.0, 0.0, 0.6), np.array((0.08, 0.08, 1.2)), frozenset())
    touching = planner(post()).kinematics.links(LEFT[None])["arm_link_4"][0][:3, 3]
    beside = replace(start_post, pose=at(float(touching[0]), float(touching[1]), 0.6))
    arm = planner(post(), beside)
    straight = np.linspace(LEFT, RIGHT, 60)
    assert arm.clearance(LEFT)[0] < -0.03
    assert planner(post()).clearance(straight).min() > arm.clearance(LEFT)[0], "less deep than where it begins"
    assert not arm.free(straight)
