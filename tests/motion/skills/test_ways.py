# SPDX-License-Identifier: Apache-2.0
"""Who finds the ways of the arm: our planner, or one that knows the cell. Without ROS."""

import numpy as np
import pytest

from agent_planner_motion.arm.trajectory import Limits, Trajectory, time_path
from agent_planner_motion.errors import MotionError, NoWay
from agent_planner_motion.skills.job import CancelRequested
from agent_planner_motion.skills.kit import ArmKit
from agent_planner_motion.skills.move import MoveArm
from agent_planner_motion.skills.pick import Pick
from agent_planner_motion.skills.place import Place
from agent_planner_motion.skills.ways import CellWays, Held, OwnWays
from tests.motion.things import cube, table, tray

A, B, C, D = (np.full(2, value) for value in (0.1, 0.2, 0.3, 0.4))


class Cell:
    """A cell's planner that plans with what a test gives it.

    Attributes:
        plan: makes a path, (n, dof), of a goal, or None.
        asked: the goals.
        shown: what was in the hand, each time it was told.
        cancelled: how often it was told to give up.
        busy: whether it plans for ever.
        made: the last plan.
    """

    def __init__(self, plan):
        self.plan = plan
        self.asked, self.shown, self.cancelled, self.busy = [], [], 0, False

    def ready(self):
        return True

    def ask(self, goal):
        self.asked.append(goal)

    def answer(self):
        if self.busy:
            return None
        path = self.plan(self.asked[-1])
        if path is None:
            raise NoWay("something is there")
        ones = np.ones(path.shape[1])
        self.made = time_path(path, Limits(ones, 4.0 * ones))
        return self.made

    def cancel(self):
        self.cancelled += 1

    def show(self, held: Held | None):
        self.shown.append(None if held is None else held.name)


class Space:
    """Our planner, for a scene in which everything is free or nothing is."""

    def __init__(self, is_free=True):
        self.is_free = is_free

    def free(self, path, margin):
        return self.is_free

    def joint_path(self, start, goals, tries):
        return np.array([start, goals[1]]) if self.is_free else None


@pytest.fixture
def robot(robot_in):
    return robot_in()[0]


@pytest.fixture
def cell():
    return Cell(lambda goal: np.array([np.zeros(len(goal)), goal]))


def test_our_planner_says_to_which_goal_it_leads(robot):
    goals = [robot.q + 0.1, robot.q + 0.2, robot.q + 0.3]
    way = OwnWays(robot).find(Space(), goals, robot.job())
    assert way.goal == 1
    assert way.path[-1] == pytest.approx(goals[1])
    assert OwnWays(robot).find(Space(False), goals, robot.job()) is None


def test_the_cells_planner_is_asked_for_a_few_goals_in_turn_and_for_none_twice(robot, cell):
    cell.plan = lambda goal: None
    ways, job = CellWays(robot, cell), robot.job()
    assert ways.find(Space(), [A, B, C, D], job) is None
    assert [goal[0] for goal in cell.asked] == [0.1, 0.2, 0.3]
    assert ways.find(Space(), [A, B, C, D], job) is None
    assert [goal[0] for goal in cell.asked[3:]] == [0.4]
    assert ways.find(Space(), [A, B, C, D], job) is None
    assert ways.why(job) == "; something is there"
    assert len(cell.asked) == 4
    later = robot.job()
    assert ways.why(later) == ""
    assert ways.find(Space(), [A], later) is None
    assert len(cell.asked) == 5, "in another job things may have changed"


def test_the_first_goal_that_it_reaches_counts(robot, cell):
    straight = cell.plan
    cell.plan = lambda goal: straight(goal) if goal is B else None
    way = CellWays(robot, cell).find(Space(), [A, B, C], robot.job())
    assert way.goal == 1
    assert isinstance(way.path, Trajectory)


def test_a_way_that_touches_what_the_scene_shows_is_not_taken(robot, cell):
    ways, job = CellWays(robot, cell), robot.job()
    assert ways.find(Space(False), [A], job) is None
    assert "touches what the scene shows; does the cell's planner know of all that?" in ways.why(job)


@pytest.mark.parametrize(("limit", "ends"), [(60.0, CancelRequested), (0.5, MotionError)])
def test_whoever_waits_no_longer_tells_the_planner(robot, cell, limit, ends):
    cell.busy = True
    robot.cancel_at = robot.time + (1.0 if ends is CancelRequested else 100.0)
    with pytest.raises(ends):
        CellWays(robot, cell).find(Space(), [A], robot.job(limit))
    assert cell.cancelled == 1


@pytest.fixture
def in_cell(robot_in, description, arm_settings):
    """Call it with what a KinematicRobot takes; returns the robot, its arm and the cell's planner."""

    def make(**what):
        robot, _ = robot_in(**what)
        cell = Cell(lambda goal: None)
        kit = ArmKit(robot, description, arm_settings, cell)
        robot.kinematics = kit.kinematics

        def plan(goal):
            return kit.planner(robot.world(), robot.base().matrix).joint_path(robot.q, [goal])

        cell.plan = plan
        return robot, kit, cell

    return make


def test_a_plan_is_moved_along_in_its_own_time_or_slower(in_cell):
    robot, kit, cell = in_cell()
    kit.go_to([kit.posture("ready")], robot.job(), speed=0.5)
    assert robot.q == pytest.approx(kit.posture("ready"), abs=0.02)
    (sent,) = robot.arm_sent
    assert sent.positions is cell.made.positions
    assert sent.duration == pytest.approx(2 * cell.made.duration)
    assert sent.velocities == pytest.approx(cell.made.velocities / 2)


def test_without_a_way_the_cells_reason_is_told(in_cell):
    robot, kit, cell = in_cell()
    cell.plan = lambda goal: None
    with pytest.raises(MotionError, match="NOT_REACHED: no free way .*; drive elsewhere first; something is there"):
        MoveArm(kit).to_posture("ready", robot.job())
    assert robot.arm_sent == []


def test_a_grasp_that_the_cell_does_not_allow_is_told_with_its_reason(in_cell):
    robot, kit, cell = in_cell(objects=(cube(),), places=(table(),))
    cell.plan = lambda goal: None
    with pytest.raises(MotionError, match="NO_IK: .*another approach may do; something is there"):
        Pick(kit).run("red cube", robot.job())
    assert robot.arm_sent == []


def test_pick_and_place_by_ways_of_the_cell_and_it_knows_what_is_held_meanwhile(in_cell):
    robot, kit, cell = in_cell(objects=(cube(y=-0.15),), places=(table(size=(0.42, 0.9, 0.6)), tray(y=0.25)))
    Pick(kit).run("red cube", robot.job())
    assert robot.holding == "red cube"
    assert cell.shown[-1] == "red cube"
    Place(kit).run("red cube", "tray", True, robot.job())
    assert robot.world().thing("tray", "").covers(robot.objects[0].centre)
    told = [name for before, name in zip([None, *cell.shown], cell.shown, strict=False) if name != before]
    assert told == ["red cube", None]
    reached = [t.positions[-1] for t in robot.arm_sent]
    assert sum(any(np.allclose(goal, end) for end in reached) for goal in cell.asked) >= 4, "to, back, to, back"
