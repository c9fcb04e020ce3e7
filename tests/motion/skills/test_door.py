# SPDX-License-Identifier: Apache-2.0
import math
from dataclasses import replace

import numpy as np
import pytest

from agent_planner_motion.arm.handles import moved
from agent_planner_motion.base.grid import Footprint
from agent_planner_motion.base.pursuit import DriveLimits
from agent_planner_motion.errors import ControllerFailed, Interrupted, MissingData, MotionError, NoWay
from agent_planner_motion.skills.base_motion import BaseMotion
from agent_planner_motion.skills.door import Door
from agent_planner_motion.skills.job import CancelRequested
from agent_planner_motion.spatial import inverse
from agent_planner_motion.world import DRAWER
from tests.motion.kinematic_robot import empty_floor
from tests.motion.things import cabinet, chest, cube, drawer, table

NARROWER = 0.015  # the bar between the fingers


def with_handle(robot, name):
    """Let a handle follow the hand while the fingers are closed around it."""

    def follow():
        part = next(p for p in robot.places if p.name == name)
        hand = robot.pose.matrix @ robot.kinematics.pose(robot.q)
        apart = float(np.linalg.norm(hand[:3, 3] - part.handle[:3, 3]))
        closed = robot.opening < 0.03
        robot.least_opening = NARROWER if apart < 0.03 else 0.0
        if not (closed and apart < 0.06):
            return
        # Along its way as far as the hand is off.
        along = float((hand[:3, 3] - part.handle[:3, 3]) @ part.handle[:3, 0])
        arm = 1.0 if part.hinge is None else float(np.linalg.norm((part.handle[:3, 3] - part.hinge)[:2]))
        share = float(np.clip(part.opening + along / arm / part.travel, 0.0, 1.0))
        if abs(share - part.opening) < 1e-3:
            return
        after = replace(moved(part, share), is_open=share >= 0.5)
        robot.places = tuple(after if p is part else p for p in robot.places)

    robot.on_tick = follow


def skill(robot, kit):
    return Door(kit, BaseMotion(robot, DriveLimits()), 0.27)


def opening(robot, name):
    return next(p.opening for p in robot.places if p.name == name)


def before_drawer(robot_in, share, **more):
    """A robot square before a chest at x = 0, 0.57 m off its drawer's front."""
    places = (chest(x=0.0), drawer(share, x=0.0))
    out = 0.24 * share
    robot, kit = robot_in(**({"places": places, "pose": (0.2 + 0.57 + out * 0.6, 0.0, math.pi)} | more))
    robot.slippery = True
    with_handle(robot, "drawer")
    return robot, kit


@pytest.mark.parametrize(("share", "wanted"), [(0.0, True), (1.0, False)])
def test_a_drawer_is_pulled_out_and_pushed_in_by_its_handle(robot_in, share, wanted):
    robot, kit = before_drawer(robot_in, share)
    skill(robot, kit).run("drawer", wanted, robot.job())
    assert opening(robot, "drawer") > 0.88 if wanted else opening(robot, "drawer") < 0.05
    assert robot.states[:3] == ["APPROACHING", "GRASPING", "MOVING"]
    assert robot.states[-1] == "RETRACTING"
    assert robot.q == pytest.approx(kit.posture("stow"), abs=0.02)
    assert robot.velocity == (0.0, 0.0)
    assert robot.opening > 0.04


def test_what_is_open_already_needs_no_motion_but_stowing(robot_in):
    robot, kit = before_drawer(robot_in, 0.95)
    skill(robot, kit).run("drawer", True, robot.job())
    assert robot.arm_sent == []
    assert robot.states == ["RETRACTING"]


@pytest.mark.parametrize(
    ("name", "what", "told"),
    [
        ("drower", {}, "UNKNOWN_TARGET: 'drower' is not in the scene; did you mean 'drawer'"),
        ("chest", {}, "NOT_OPENABLE: 'chest' cannot be opened or closed; these can: drawer"),
        ("drawer", {"holding": "red cube"}, "HAND_NOT_FREE: the hand holds 'red cube'; place it first"),
        ("drawer", {"pose": (2.0, 0.0, math.pi)}, "OUT_OF_REACH: 'drawer' is 1.75 m from the base"),
    ],
)
def test_what_cannot_be_is_told_before_anything_moves(robot_in, name, what, told):
    robot, kit = before_drawer(robot_in, 0.0, **({"objects": (cube(),)} | what))
    robot.on_tick = lambda: None
    with pytest.raises(MotionError, match=told):
        skill(robot, kit).run(name, True, robot.job())
    assert robot.arm_sent == []
    assert robot.sent == []


def test_a_handle_that_cannot_be_got_at_is_told(robot_in):
    robot, kit = before_drawer(robot_in, 0.0)
    robot.places = (*robot.places, table("shelf", x=0.40, size=(0.25, 0.8, 1.1)))
    robot.map = empty_floor().with_boxes([Footprint(1.3, 0.0, 0.0, 0.4, 2.0)])  # nor can the base drive back
    robot.on_tick = lambda: None
    with pytest.raises(MotionError, match="NO_IK: the handle of 'drawer' cannot be taken and moved from here"):
        skill(robot, kit).run("drawer", True, robot.job())
    assert robot.arm_sent == []


def test_a_drawer_that_is_stuck_has_not_moved(robot_in):
    robot, kit = before_drawer(robot_in, 0.0)
    robot.on_tick = lambda: setattr(robot, "least_opening", NARROWER)
    with pytest.raises(MotionError, match=r"NOT_MOVED: 'drawer' is 0 % open \(before: 0 %\), it should be over 50 %"):
        skill(robot, kit).run("drawer", True, robot.job())
    assert robot.q == pytest.approx(kit.posture("stow"), abs=0.02), "the hand has let go"


def test_fingers_that_close_beside_the_handle_are_told(robot_in):
    robot, kit = before_drawer(robot_in, 0.0)
    robot.on_tick = lambda: None
    with pytest.raises(MotionError, match="NOT_REACHED: the fingers closed beside the handle"):
        skill(robot, kit).run("drawer", True, robot.job())
    assert robot.opening > 0.04


def test_cancelled_while_pulling_base_and_arm_are_at_rest(robot_in):
    robot, kit = before_drawer(robot_in, 0.0)
    follow = robot.on_tick

    def cancel():
        follow()
        if "MOVING" in robot.states:
            robot.cancel_at = min(robot.cancel_at, robot.time + 0.4)

    robot.on_tick = cancel
    with pytest.raises(CancelRequested):
        skill(robot, kit).run("drawer", True, robot.job())
    assert robot.velocity == (0.0, 0.0)
    assert np.abs(robot.joints().speed).max() == 0.0


def by_arm_only(robot_in, *objects):
    """A robot before a closed drawer that has no room behind it."""
    robot, kit = before_drawer(robot_in, 0.0, pose=(0.2 + 0.75, 0.0, math.pi), objects=objects)
    if not objects:
        robot.map = empty_floor().with_boxes([Footprint(1.45, 0.0, 0.0, 0.4, 2.0)])
    return robot, kit


def ending(robot, error):
    """Let the first motion with the handle end with an error, half a second after it has begun."""
    done, end = robot.arm_done, []

    def told():
        if "MOVING" in robot.states and robot.time > robot._started + 0.5 and not end:
            end.append(len(robot.arm_sent))
            raise error
        return done()

    robot.arm_done = told
    return end


def from_handle(robot, name="drawer"):
    hand = robot.pose.matrix @ robot.kinematics.pose(robot.q)
    return float(np.linalg.norm((hand - next(p for p in robot.places if p.name == name).handle)[:3, 3]))


def test_where_the_controller_gives_up_the_hand_lets_go_and_backs_off_before_that_is_told(robot_in):
    robot, kit = by_arm_only(robot_in)
    ended = ending(robot, ControllerFailed("arm", "NOT_REACHED", "PATH_TOLERANCE_VIOLATED", ""))
    with pytest.raises(ControllerFailed, match="NOT_REACHED: 'arm' ended with PATH_TOLERANCE_VIOLATED"):
        skill(robot, kit).run("drawer", True, robot.job())
    assert ended
    assert robot.opening > 0.04
    assert from_handle(robot) > 0.04


@pytest.mark.parametrize("error", [Interrupted("arm"), MissingData("joint_states", 1.0)])
def test_stopped_from_outside_or_unseen_nothing_moves_any_more(robot_in, error):
    robot, kit = by_arm_only(robot_in)
    ended = ending(robot, error)
    with pytest.raises(type(error)):
        skill(robot, kit).run("drawer", True, robot.job())
    (before,) = ended
    assert {len(t.times) for t in robot.arm_sent[before:]} == {1}, "only that it is to stand"
    assert robot.opening < 0.03


def test_a_hand_that_cannot_let_go_is_told_with_what_came_before(robot_in):
    robot, kit = by_arm_only(robot_in)
    ending(robot, MotionError("NOT_REACHED", "the arm is caught"))
    grip = kit.motion.grip

    def jammed(opening, job):
        if "MOVING" in robot.states:
            raise MotionError("NOT_REACHED", "the fingers are still on their way")
        return grip(opening, job)

    kit.motion.grip = jammed
    told = "NOT_REACHED: the arm is caught; the hand has not let go of the handle: the fingers are still on their way"
    with pytest.raises(MotionError, match=told):
        skill(robot, kit).run("drawer", True, robot.job())


def test_pulling_the_controller_is_told_that_joints_may_be_off_their_way(robot_in):
    robot, kit = by_arm_only(robot_in)
    send, given = robot.send_arm, {}

    def watch(trajectory, give=0.0):
        given.setdefault(robot.states[-1], set()).add(give)
        send(trajectory, give)

    robot.send_arm = watch
    skill(robot, kit).run("drawer", True, robot.job())
    assert 0.3 in given["MOVING"]
    assert given["APPROACHING"] | given["RETRACTING"] == {0.0}


def test_the_base_does_not_drive_back_into_what_lies_behind_it(robot_in):
    robot, kit = by_arm_only(robot_in, cube("box", x=1.35, bottom=0.0, size=0.2))
    skill(robot, kit).run("drawer", True, robot.job())
    assert robot.sent == [], "the base stayed"
    assert opening(robot, "drawer") > 0.5


def test_the_drawer_itself_is_not_in_the_way_of_the_base_that_pulls_it(robot_in):
    robot, kit = before_drawer(robot_in, 0.4, pose=(0.58, 0.0, math.pi))
    skill(robot, kit).run("drawer", True, robot.job())
    assert any(linear < 0.0 for _, linear, _ in robot.sent)
    assert opening(robot, "drawer") > 0.88


def test_where_the_arm_finds_no_way_to_fold_it_is_done_but_an_arm_that_is_caught_is_told(robot_in):
    def carry(error):
        def fail(*args, **options):
            raise error

        return fail

    robot, kit = before_drawer(robot_in, 0.95)
    kit.carry = carry(NoWay("no free way for the arm was found"))
    skill(robot, kit).run("drawer", True, robot.job())
    kit.carry = carry(MotionError("NOT_REACHED", "joint 1 of the arm is 0.5 off"))
    with pytest.raises(MotionError, match="NOT_REACHED: joint 1"):
        skill(robot, kit).run("drawer", True, robot.job())


def test_a_door_is_led_around_its_hinge(robot_in):
    case = cabinet(0.0, x=0.0)
    robot, kit = robot_in(places=(case,), pose=(0.19 + 0.56, -0.24, math.atan2(0.24, -0.56)))
    robot.slippery = True
    with_handle(robot, "cabinet")
    skill(robot, kit).run("cabinet", True, robot.job())
    assert opening(robot, "cabinet") > 0.5
    assert robot.sent == [], "the base stayed"


def test_what_a_plan_leads_along_is_the_way_of_the_handle(robot_in):
    """Where the base has no room, the arm alone pulls: the hand stays on the handle all along."""
    robot, kit = before_drawer(robot_in, 0.0, pose=(0.2 + 0.75, 0.0, math.pi))
    robot.map = empty_floor().with_boxes([Footprint(1.45, 0.0, 0.0, 0.4, 2.0)])
    apart = []
    follow = robot.on_tick

    def watch():
        follow()
        part = next(p for p in robot.places if p.mechanism == DRAWER)
        if robot.states and robot.states[-1] == "MOVING" and robot.opening < 0.03:
            hand = robot.pose.matrix @ robot.kinematics.pose(robot.q)
            apart.append(float(np.linalg.norm((inverse(part.handle) @ hand)[:3, 3])))

    robot.on_tick = watch
    skill(robot, kit).run("drawer", True, robot.job())
    assert robot.sent == [], "the base stayed"
    assert opening(robot, "drawer") > 0.5
    assert max(apart) < 0.02
