# SPDX-License-Identifier: Apache-2.0
import math
from dataclasses import replace

import numpy as np
import pytest

from agent_planner_motion.errors import MotionError, NoWay
from agent_planner_motion.skills.job import CancelRequested
from agent_planner_motion.skills.pick import Pick
from agent_planner_motion.skills.place import Place
from agent_planner_motion.spatial import rotation_about, transform
from agent_planner_motion.world import World
from tests.motion.things import bin_on_foot, cabinet, chest, cube, drawer, table, tray

TABLE = table()
BIN = bin_on_foot(x=0.1, y=0.62)


@pytest.fixture
def holding(robot_in, arm_settings):
    """A robot that holds the red cube, taken from above or at so many degrees to that."""

    def make(*more, places=(TABLE, BIN), tilt=0.0):
        robot, kit = robot_in(q=arm_settings.postures["home"], objects=(cube(), *more), places=places)
        turn = rotation_about((0, 1, 0), math.radians(tilt)) @ rotation_about((1, 0, 0), math.pi)
        robot.take("red cube", transform(turn, (0.0, 0.0, 0.008)))
        kit.held_up = turn[:, 2].copy()
        return robot, kit

    return make


def where(robot):
    world = World(1.0, robot.objects, robot.places, robot.holding)
    return world.support_of(world.things["red cube"]).name


def test_on_a_table_it_stands_free_of_what_is_there(holding):
    others = [cube(f"cube {i}", x, y) for i, (x, y) in enumerate([(0.65, 0.1), (0.72, -0.1), (0.7, 0.22)])]
    robot, kit = holding(*others)
    Place(kit).run("red cube", "table", False, robot.job())
    assert robot.holding == ""
    assert where(robot) == "table"
    assert robot.states == ["APPROACHING", "LOWERING", "RELEASING", "RETRACTING"]
    (put,) = (o for o in robot.objects if o.name == "red cube")
    assert all(np.linalg.norm(put.centre[:2] - o.centre[:2]) > 0.06 for o in others)
    assert abs(put.pose[2, 2]) > 0.99, "upright"
    assert kit.held_up is None


def test_what_was_picked_can_be_put_back(robot_in):
    robot, kit = robot_in(objects=(cube(yaw=0.4),), places=(TABLE,))
    Pick(kit).run("red cube", robot.job())
    Place(kit).run("red cube", "table", False, robot.job())
    assert where(robot) == "table"
    assert robot.q == pytest.approx(kit.posture("stow"), abs=0.02)


@pytest.mark.parametrize("place", [BIN, tray(x=0.62, y=0.1)])
def test_in_a_container_whatever_it_is_called(holding, place):
    robot, kit = holding(places=(TABLE, place)) if place is BIN else holding(places=(TABLE,))
    robot.places = (TABLE, place)
    Place(kit).run("", place.name, True, robot.job())
    assert where(robot) == place.name
    planner = kit.planner(World(robot.time, (), robot.places), robot.base().pose.matrix)
    assert min(planner.clearance(t.positions[::3]).min() for t in robot.arm_sent) >= -0.004


def test_in_an_open_drawer(holding):
    robot, kit = holding()
    robot.places = (chest(x=0.85, yaw=math.pi), drawer(1.0, x=0.85, yaw=math.pi))
    Place(kit).run("red cube", "drawer", True, robot.job())
    assert where(robot) == "drawer"


@pytest.mark.parametrize(("tilt", "upright"), [(70.0, True), (0.0, False)])
def test_in_an_open_cabinet_it_stands_or_where_the_hand_does_not_fit_above_it_lies(holding, tilt, upright):
    robot, kit = holding(tilt=tilt)
    robot.places = (cabinet(1.0, x=0.75, yaw=math.pi),)
    Place(kit).run("red cube", "cabinet", True, robot.job())
    assert where(robot) == "cabinet"
    (put,) = (o for o in robot.objects if o.name == "red cube")
    assert (abs(put.pose[2, 2]) > 0.99) == upright


@pytest.mark.parametrize(
    ("name", "target", "inside", "told"),
    [
        ("red cube", "tabel", False, "UNKNOWN_TARGET: 'tabel' is not in the scene; did you mean 'table'"),
        ("red cube", "table", True, "UNKNOWN_TARGET: 'table' is not a container; it is surface"),
        ("red cube", "blue bin", False, "UNKNOWN_TARGET: 'blue bin' is not a surface; it is container"),
        ("red cube", "red cube", False, "UNKNOWN_TARGET: 'red cube' cannot be put on itself"),
        ("", "red cube", False, "UNKNOWN_TARGET: 'red cube' cannot be put on itself"),
        ("green cube", "table", False, "HAND_EMPTY: the hand holds 'red cube', not 'green cube'"),
        ("red cube", "drawer", True, "CONTAINER_CLOSED: 'drawer' is closed; open it first"),
        ("red cube", "far table", False, "OUT_OF_REACH: 'far table' is 1.79 m from the base"),
    ],
)
def test_what_cannot_be_is_told_before_anything_moves(robot_in, name, target, inside, told):
    places = (TABLE, BIN, chest(), drawer(0.0), table("far table", x=2.0))
    robot, kit = robot_in(objects=(cube(),), places=places, holding="red cube")
    with pytest.raises(MotionError, match=told):
        Place(kit).run(name, target, inside, robot.job())
    assert robot.arm_sent == []


def test_an_empty_hand_is_told_with_its_opening(robot_in):
    robot, kit = robot_in(places=(TABLE,), opening=0.02)
    with pytest.raises(MotionError, match=r"HAND_EMPTY: nothing is in the hand \(fingers at 20 mm\)"):
        Place(kit).run("", "table", False, robot.job())


def test_a_full_surface_has_no_free_spot(holding):
    robot, kit = holding()
    rows = [cube(f"cube {x} {y}", 0.58 + 0.09 * x, -0.27 + 0.09 * y) for x in range(5) for y in range(7)]
    robot.objects = (*robot.objects, *rows)
    with pytest.raises(MotionError, match=r"NO_FREE_SPOT: no free spot of 4 cm was found on 'table'"):
        Place(kit).run("red cube", "table", False, robot.job())
    assert robot.holding == "red cube"
    assert robot.arm_sent == []


def test_what_is_too_high_to_count_as_inside_is_told_before_anything_moves(holding):
    robot, kit = holding()
    robot.places = (TABLE, tray(x=0.62, y=0.1))
    robot.objects = tuple(replace(o, size=np.array((0.04, 0.04, 0.12))) for o in robot.objects)
    told = "NO_FREE_SPOT: 'red cube' is 12 cm high, too high to count as in 'tray', which is 5 cm deep"
    with pytest.raises(MotionError, match=told):
        Place(kit).run("red cube", "tray", True, robot.job())
    assert robot.arm_sent == []


def test_in_a_full_container_it_lies_on_what_is_in_there(holding):
    robot, kit = holding()
    heap = [cube(f"cube {x} {y}", 0.04 + 0.06 * x, 0.56 + 0.06 * y, bottom=0.23) for x in range(3) for y in range(3)]
    robot.objects = (*robot.objects, *heap)
    Place(kit).run("red cube", "blue bin", True, robot.job())
    assert where(robot) == "blue bin"


def test_a_container_that_is_full_to_the_rim_has_no_free_spot(holding):
    robot, kit = holding()
    heap = [cube(f"cube {x} {y}", 0.03 + 0.07 * x, 0.55 + 0.07 * y, bottom=0.37) for x in range(3) for y in range(3)]
    robot.objects = (*robot.objects, *heap)
    with pytest.raises(MotionError, match="NO_FREE_SPOT: no free spot of 4 cm was found on 'blue bin'"):
        Place(kit).run("red cube", "blue bin", True, robot.job())


def test_a_place_that_the_arm_cannot_get_at_from_here_is_told(holding):
    robot, kit = holding()
    low = table("low shelf", x=0.8, size=(0.2, 0.2, 0.3))
    roof = table("roof", x=0.8, size=(0.5, 0.6, 0.2))
    roof.pose[2, 3] = 0.50
    robot.places = (low, roof)
    with pytest.raises(MotionError, match=r"NO_IK: none of \d+ free spots on 'low shelf' can be reached from here"):
        Place(kit).run("red cube", "low shelf", False, robot.job())
    assert robot.holding == "red cube"


def test_what_was_lost_on_the_way_is_told(holding):
    robot, kit = holding()

    def lose():
        if robot.arm_sent:
            robot.holding, robot.opening, robot.slippery = "", 0.0, True

    robot.on_tick = lose
    with pytest.raises(MotionError, match="HAND_EMPTY: 'red cube' was lost on the way"):
        Place(kit).run("red cube", "table", False, robot.job())


def test_what_does_not_end_up_there_is_told_with_where_it_is(holding):
    robot, kit = holding()

    def roll_off():
        if "RETRACTING" in robot.states and not robot.holding:
            robot.objects = (cube(x=0.1, y=-0.8, bottom=0.0),)

    robot.on_tick = roll_off
    with pytest.raises(MotionError, match="MISSED: 'red cube' is not on 'table' but 0.00 m above the floor"):
        Place(kit).run("red cube", "table", False, robot.job())


def test_cancelled_while_lowering_it_is_still_held_and_at_rest(holding):
    robot, kit = holding()

    def cancel():
        if "LOWERING" in robot.states:
            robot.cancel_at = min(robot.cancel_at, robot.time + 0.2)

    robot.on_tick = cancel
    with pytest.raises(CancelRequested):
        Place(kit).run("red cube", "table", False, robot.job())
    assert robot.holding == "red cube"
    assert np.abs(robot.joints().speed).max() == 0.0


def test_where_the_arm_finds_no_way_to_fold_it_is_done_but_an_arm_that_is_caught_is_told(holding):
    def carry(error):
        def fail(*args, **options):
            raise error

        return fail

    robot, kit = holding()
    kit.carry = carry(NoWay("no free way for the arm was found"))
    Place(kit).run("red cube", "table", False, robot.job())
    assert where(robot) == "table"
    robot, kit = holding()
    kit.carry = carry(MotionError("NOT_REACHED", "joint 1 of the arm is 0.5 off"))
    with pytest.raises(MotionError, match="NOT_REACHED: joint 1"):
        Place(kit).run("red cube", "table", False, robot.job())
    assert where(robot) == "table"
