# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from geometry_msgs.msg import TransformStamped

from agent_planner.perception.rigid import pose_of
from agent_planner.ros.messages import to_stamp
from agent_planner.ros.tf_history import TfHistory

tf2 = pytest.importorskip("tf2_msgs.msg")


def transform(parent, child, stamp, x=0.0, yaw=0.0):
    message = TransformStamped(child_frame_id=child)
    message.header.frame_id, message.header.stamp = parent, to_stamp(stamp)
    message.transform.translation.x = x
    message.transform.rotation.z, message.transform.rotation.w = math.sin(yaw / 2), math.cos(yaw / 2)
    return message


@pytest.fixture
def history():
    made = TfHistory(seconds=2.0)
    made.take_static(tf2.TFMessage(transforms=[transform("base_link", "camera", 0.0, x=0.5)]))
    for stamp in (1.0, 1.5, 2.0):
        moving = [
            transform("map", "odom", stamp, x=10.0),
            transform("odom", "base_link", stamp, x=stamp, yaw=stamp - 1),
        ]
        made.take(tf2.TFMessage(transforms=moving))
    return made


def test_between_two_transforms_it_is_between_them(history):
    pose = pose_of(history.lookup("map", "base_link", 1.25))
    assert pose.x == pytest.approx(11.25) and pose.yaw == pytest.approx(0.25)


def test_fixed_and_moving_frames_make_one_chain_in_both_directions(history):
    assert pose_of(history.lookup("map", "camera", 1.0)).x == pytest.approx(11.5)
    assert pose_of(history.lookup("camera", "map", 1.0)).x == pytest.approx(-11.5)


@pytest.mark.parametrize("stamp", [0.9, 2.1])
def test_for_a_time_that_is_not_known_there_is_no_answer(history, stamp):
    assert history.lookup("map", "camera", stamp) is None
    assert history.lookup("base_link", "camera", stamp) is not None  # that is fixed


def test_frames_that_are_not_joined_have_no_pose(history):
    assert history.lookup("map", "elsewhere", 1.0) is None


def test_what_is_old_is_forgotten(history):
    history.take(tf2.TFMessage(transforms=[transform("odom", "base_link", 3.2, x=3.2)]))
    assert history.lookup("odom", "base_link", 1.1) is None
    assert history.lookup("odom", "base_link", 2.5) is not None


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("rotation", (0.0, 0.0, 0.0, math.nan), "the rotation (0, 0, 0, nan) is none"),
        ("rotation", (0.0, 0.0, 0.0, 0.0), "a quaternion has length 1"),
        ("rotation", (0.0, 0.0, 0.0, 1e200), "a quaternion has length 1"),
        ("translation", (math.inf, 0.0, 0.0), "the translation (inf, 0, 0) is not finite"),
    ],
)
def test_what_is_no_transform_is_told_and_not_taken(field, value, told):
    heard = []
    history = TfHistory(complain=heard.append)
    for take in (history.take, history.take_static):
        wrong = transform("odom", "base_link", 1.0)
        for axis, number in zip("xyzw", value, strict=False):
            setattr(getattr(wrong.transform, field), axis, number)
        take(tf2.TFMessage(transforms=[wrong, transform("map", "odom", 1.0, x=10.0)]))
        assert told in heard.pop() and not heard
        assert history.lookup("odom", "base_link", 1.0) is None
        assert pose_of(history.lookup("map", "odom", 1.0)).x == pytest.approx(10.0)


def test_a_clock_that_begins_anew_begins_a_new_history(history):
    history.take(tf2.TFMessage(transforms=[transform("odom", "base_link", -5.0 + 5.0, x=7.0)]))
    assert history.lookup("odom", "base_link", 1.5) is not None  # a late message changes nothing
    history.take(
        tf2.TFMessage(transforms=[transform("odom", "base_link", 50.0), transform("odom", "base_link", 1.0, 7.0)])
    )
    assert pose_of(history.lookup("odom", "base_link", 1.0)).x == pytest.approx(7.0)
