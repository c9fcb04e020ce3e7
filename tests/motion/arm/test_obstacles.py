# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import strategies as st

from agent_planner_motion.arm.description import Solid
from agent_planner_motion.arm.obstacles import Obstacle, Obstacles
from agent_planner_motion.spatial import rotation_rpy, transform
from tests.motion.properties import given

BOX = Obstacle("box", transform(xyz=(1.0, 0.0, 0.5)), np.array([0.1, 0.2, 0.5]))
ROD = Solid(transform(xyz=(0.0, 0.0, 1.0)), np.array([0.1, 0.1, 0.5]), "cylinder")


@pytest.mark.parametrize(
    ("point", "distance"),
    [
        ((1.2, 0.0, 0.5), 0.1),  # before a face
        ((1.0, 0.0, 1.3), 0.3),
        ((1.4, 0.6, 0.5), 0.5),  # beside an edge
        ((1.05, 0.0, 0.5), -0.05),  # inside
        ((1.0, 0.0, 0.5), -0.1),
    ],
)
def test_distances_from_a_box(point, distance):
    assert Obstacles([BOX]).distance(np.array(point)) == pytest.approx(distance)


@pytest.mark.parametrize(
    ("point", "distance"),
    [((0.3, 0.0, 1.0), 0.2), ((0.0, 0.0, 1.7), 0.2), ((0.4, 0.0, 1.9), 0.5), ((0.0, 0.05, 1.0), -0.05)],
)
def test_distances_from_a_cylinder(point, distance):
    assert Obstacles(solids=[ROD]).distance(np.array(point)) == pytest.approx(distance)


@given(
    st.tuples(*[st.floats(-math.pi, math.pi)] * 3),
    st.tuples(*[st.floats(-1.0, 1.0)] * 3),
    st.tuples(*[st.floats(-2.0, 2.0)] * 3),
)
def test_a_turned_box_is_as_far_as_its_nearest_surface_point(rpy, xyz, point):
    box = Obstacle("box", transform(rotation_rpy(*rpy), xyz), np.array([0.3, 0.2, 0.1]))
    distance = float(Obstacles([box]).distance(np.array(point)))
    # The surface as points 2 cm apart.
    lines = [np.linspace(-h, h, round(h / 0.01) + 1) for h in box.half]
    local = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, 3)
    local = local[(np.abs(np.abs(local) - box.half) < 1e-9).any(axis=1)]
    surface = local @ box.pose[:3, :3].T + box.pose[:3, 3]
    assert abs(distance) == pytest.approx(np.linalg.norm(surface - point, axis=1).min(), abs=0.02)


def test_the_nearest_of_several_counts_for_each_of_many_points():
    obstacles = Obstacles([BOX], [ROD])
    points = np.array([[[1.2, 0.0, 0.5], [0.3, 0.0, 1.0]], [[0.0, 0.0, 1.7], [1.0, 0.0, 0.5]]])
    assert obstacles.distance(points) == pytest.approx(np.array([[0.1, 0.2], [0.2, -0.1]]))


def test_where_nothing_is_everything_is_far():
    assert np.isinf(Obstacles().distance(np.zeros((3, 3)))).all()
