# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from agent_planner_motion.errors import MotionError, NoWay
from agent_planner_motion.skills.job import CancelRequested
from agent_planner_motion.skills.pick import Pick
from agent_planner_motion.world import World
from tests.motion.things import at, cabinet, chest, cube, drawer, table, thing

TABLE = table()


def swept_free(robot, kit, world, name):
    """The least clearance of everything that was sent, in the scene as it was, but for the object itself."""
    planner = kit.planner(world, robot.base().pose.matrix, without=(name,))
    return min(float(planner.clearance(t.positions[::3]).min()) for t in robot.arm_sent)


@pytest.mark.parametrize(("x", "y", "yaw"), [(0.6, 0.0, 0.0), (0.65, 0.2, 0.7), (0.58, -0.22, 2.0)])
def test_an_object_on_a_table_is_grasped_lifted_and_carried(robot_in, x, y, yaw):
    neighbours = (cube("green cube", 0.72, 0.05), thing("can", 0.70, -0.10, 0.6, (0.06, 0.06, 0.11)))
    robot, kit = robot_in(objects=(cube(x=x, y=y, yaw=yaw), *neighbours), places=(TABLE,))
    before = robot.world()
    Pick(kit).run("red cube", robot.job())
    assert robot.holding == "red cube"
    assert robot.states == ["APPROACHING", "GRASPING", "LIFTING", "RETRACTING"]
    assert robot.q == pytest.approx(kit.posture("stow"), abs=0.02)
    assert swept_free(robot, kit, before, "red cube") >= 0.0
    assert kit.held_up is not None
    (lifted,) = (o for o in robot.objects if o.name == "red cube")
    assert abs(lifted.pose[2, 2]) > 0.9, "upright as it was"


def test_what_lies_on_the_floor_can_be_picked_up(robot_in):
    robot, kit = robot_in(objects=(cube(x=0.6, bottom=0.0),))
    before = robot.world()
    Pick(kit).run("red cube", robot.job())
    assert robot.holding == "red cube"
    assert swept_free(robot, kit, before, "red cube") >= 0.0, "nothing touches the floor"


@pytest.mark.parametrize(("x", "y"), [(0.08, 0.0), (0.2, 0.0), (0.15, 0.1), (0.0, -0.15)])
def test_what_fell_on_the_robot_itself_can_be_picked_up(robot_in, x, y):
    robot, kit = robot_in(objects=(cube(x=x, y=y, bottom=0.265),))
    Pick(kit).run("red cube", robot.job())
    assert robot.holding == "red cube"


@pytest.mark.parametrize(
    ("name", "what", "told"),
    [
        ("rad cube", {}, "UNKNOWN_OBJECT: 'rad cube' is not in the scene; did you mean 'red cube'"),
        ("table", {}, "UNKNOWN_OBJECT: 'table' is not in the scene; known: green cube, red cube, stone"),
        ("stone", {}, "UNKNOWN_OBJECT: 'stone' is not graspable"),
        ("red cube", {"holding": "green cube"}, "HAND_NOT_FREE: the hand holds 'green cube'; place it first"),
        ("red cube", {"pose": (-1.0, 0.0, 0.0)}, r"OUT_OF_REACH: 'red cube' is 1.60 m from the base"),
    ],
)
def test_what_cannot_be_is_told_before_anything_moves(robot_in, name, what, told):
    stone = replace(cube("stone", y=0.2), affordances=frozenset())
    robot, kit = robot_in(**({"objects": (cube(), cube("green cube", y=-0.2), stone), "places": (TABLE,)} | what))
    with pytest.raises(MotionError, match=told):
        Pick(kit).run(name, robot.job())
    assert robot.arm_sent == []


def test_what_no_grasp_reaches_is_told_with_distance_and_height(robot_in):
    under_a_shelf = table("shelf", x=0.7, size=(0.5, 0.6, 0.12))
    shelf = replace(under_a_shelf, pose=at(0.7, 0.0, 0.70))
    robot, kit = robot_in(objects=(cube(x=0.75),), places=(TABLE, shelf))
    with pytest.raises(MotionError, match=r"NO_IK: none of \d+ ways to grasp 'red cube' .*0.75 m away, 0.62 m high"):
        Pick(kit).run("red cube", robot.job())
    assert robot.arm_sent == []


def test_fingers_that_close_on_nothing_twice_open_again_and_go_back(robot_in):
    robot, kit = robot_in(objects=(cube(),), places=(TABLE,))
    robot.slippery = True
    with pytest.raises(MotionError, match=r"GRASP_FAILED: the fingers closed to \d+ mm .* should be 40 mm wide"):
        Pick(kit).run("red cube", robot.job())
    assert robot.states == ["APPROACHING", "GRASPING"] * 2
    assert robot.opening > 0.06
    tip = kit.kinematics.pose(robot.q)[2, 3]
    assert tip > 0.68, "back above the table's objects"


@pytest.mark.parametrize("opening", [0.0, 0.055])
def test_a_grip_that_is_too_narrow_or_too_wide_is_tried_once_more(robot_in, opening):
    robot, kit = robot_in(objects=(cube(),), places=(TABLE,))

    def spoil():
        first = robot.states.count("APPROACHING") < 2
        robot.slippery, robot.least_opening = first, opening if first else 0.0

    robot.on_tick = spoil
    Pick(kit).run("red cube", robot.job())
    assert robot.states == ["APPROACHING", "GRASPING", "APPROACHING", "GRASPING", "LIFTING", "RETRACTING"]
    assert robot.holding == "red cube"


def test_an_object_that_stays_behind_when_the_hand_rises_has_slipped(robot_in):
    robot, kit = robot_in(objects=(cube(),), places=(TABLE,))
    stay = robot.objects

    def lose():
        if "LIFTING" in robot.states:
            robot.objects, robot.holding = stay, ""
            robot.slippery = True
            robot.opening = 0.04

    robot.on_tick = lose
    with pytest.raises(MotionError, match=r"SLIPPED: 'red cube' was left behind when the hand rose: it is \d+ cm from"):
        Pick(kit).run("red cube", robot.job())
    assert kit.held_up is None


def test_an_object_that_is_wrenched_askew_on_the_way_has_slipped(robot_in):
    robot, kit = robot_in(objects=(cube(),), places=(TABLE,))

    def wrench():
        if "RETRACTING" in robot.states:
            robot.opening = 0.052

    robot.on_tick = wrench
    told = r"SLIPPED: 'red cube' did not stay in the hand on the way: .* the fingers are at 52 mm"
    with pytest.raises(MotionError, match=told):
        Pick(kit).run("red cube", robot.job())


def test_an_object_that_was_pushed_meanwhile_is_planned_for_again(robot_in):
    robot, kit = robot_in(objects=(cube(x=0.6),), places=(TABLE,))

    def push():
        if len(robot.arm_sent) == 1 and robot.objects[0].centre[1] == 0.0:
            robot.objects = (cube(x=0.6, y=0.06),)

    robot.on_tick = push
    Pick(kit).run("red cube", robot.job())
    assert robot.holding == "red cube"


@pytest.mark.parametrize("state", ["APPROACHING", "GRASPING", "LIFTING"])
def test_cancelled_the_arm_is_at_rest(robot_in, state):
    robot, kit = robot_in(objects=(cube(),), places=(TABLE,))

    def cancel():
        if state in robot.states:
            robot.cancel_at = min(robot.cancel_at, robot.time + 0.2)

    robot.on_tick = cancel
    with pytest.raises(CancelRequested):
        Pick(kit).run("red cube", robot.job())
    assert np.abs(robot.joints().speed).max() == 0.0
    assert robot.states[-1] == state


def test_out_of_an_open_drawer_it_is_lifted_over_the_front(robot_in):
    out = drawer(1.0, x=0.85, yaw=3.141592653589793)
    body = chest(x=0.85, yaw=3.141592653589793)
    x, y = out.handle[0, 3] + 0.12, out.handle[1, 3]
    robot, kit = robot_in(objects=(cube(x=x, y=y, bottom=out.bottom + 0.012),), places=(body, out))
    before = robot.world()
    Pick(kit).run("red cube", robot.job())
    assert robot.holding == "red cube"
    assert swept_free(robot, kit, before, "red cube") >= -0.002


def test_out_of_an_open_cabinet_it_is_drawn_straight_out(robot_in):
    case = cabinet(1.0, x=0.85, yaw=3.141592653589793)
    robot, kit = robot_in(objects=(cube(x=0.74, bottom=case.bottom),), places=(case,))
    before: World = robot.world()
    Pick(kit).run("red cube", robot.job())
    assert robot.holding == "red cube"
    assert swept_free(robot, kit, before, "red cube") >= -0.002


def test_where_the_arm_finds_no_way_to_fold_it_is_done_but_an_arm_that_is_caught_is_told(robot_in):
    def carry(error):
        def fail(*args, **options):
            raise error

        return fail

    robot, kit = robot_in(objects=(cube(),), places=(TABLE,))
    kit.carry = carry(NoWay("no free way for the arm was found"))
    Pick(kit).run("red cube", robot.job())
    assert robot.holding == "red cube"
    robot, kit = robot_in(objects=(cube(),), places=(TABLE,))
    kit.carry = carry(MotionError("NOT_REACHED", "joint 1 of the arm is 0.5 off"))
    with pytest.raises(MotionError, match="NOT_REACHED: joint 1"):
        Pick(kit).run("red cube", robot.job())
    assert robot.holding == "red cube"
