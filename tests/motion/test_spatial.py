# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from agent_planner_motion import spatial
from tests.motion.properties import given

ANGLE = st.floats(-math.pi, math.pi)
VECTOR = st.tuples(*[st.floats(-2.0, 2.0)] * 3)
RPY = st.tuples(ANGLE, st.floats(-1.5, 1.5), ANGLE)


@given(RPY)
def test_roll_pitch_yaw_are_those_of_urdf(rpy):
    assert spatial.rotation_rpy(*rpy) == pytest.approx(Rotation.from_euler("xyz", rpy).as_matrix(), abs=1e-9)


@given(RPY)
def test_a_quaternion_is_the_rotation_it_came_from(rpy):
    rotation = spatial.rotation_rpy(*rpy)
    quat = spatial.quat_of(rotation)
    assert quat[3] >= 0.0
    assert np.linalg.norm(quat) == pytest.approx(1.0)
    assert spatial.rotation_quat(quat) == pytest.approx(rotation, abs=1e-6)


def test_a_quaternion_of_zeros_is_no_rotation():
    assert (spatial.rotation_quat((0, 0, 0, 0)) == np.eye(3)).all()


@given(RPY)
def test_a_rotation_vector_turns_as_the_rotation_does(rpy):
    rotation = spatial.rotation_rpy(*rpy)
    vector = spatial.rotation_vector(rotation)
    assert np.linalg.norm(vector) <= math.pi + 1e-9
    assert spatial.rotation_of(vector) == pytest.approx(rotation, abs=1e-6)


@pytest.mark.parametrize("axis", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0.6, 0.8, 0), (0.6, 0, -0.8)])
@pytest.mark.parametrize("angle", [math.pi, math.pi - 1e-9, math.pi - 1e-4, 1e-9, 0.0])
def test_half_turns_and_no_turns_have_a_vector_too(axis, angle):
    rotation = spatial.rotation_about(axis, angle)
    vector = spatial.rotation_vector(rotation)
    assert np.linalg.norm(vector) == pytest.approx(angle, abs=1e-6)
    assert spatial.rotation_of(vector) == pytest.approx(rotation, abs=1e-6)


def test_many_rotations_at_once_are_as_one_by_one():
    rotations = np.array([spatial.rotation_about((0, 1, 0), a) for a in (0.0, 0.3, math.pi)])
    each = np.array([spatial.rotation_vector(r) for r in rotations])
    assert spatial.rotation_vector(rotations) == pytest.approx(each, abs=1e-9)


@given(RPY, VECTOR)
def test_an_inverse_undoes(rpy, xyz):
    there = spatial.transform(spatial.rotation_rpy(*rpy), xyz)
    assert spatial.inverse(there) @ there == pytest.approx(np.eye(4), abs=1e-9)


@given(st.floats(-50, 50))
def test_wrapped_is_the_same_direction_within_a_turn(angle):
    wrapped = spatial.wrapped(angle)
    assert -math.pi <= wrapped <= math.pi
    assert math.cos(wrapped - angle) == pytest.approx(1.0)


@given(ANGLE)
def test_the_heading_of_a_pose_on_the_floor(yaw):
    turned = spatial.yaw_of(spatial.planar(1.0, 2.0, yaw)[:3, :3])
    assert math.cos(turned - yaw) == pytest.approx(1.0)
