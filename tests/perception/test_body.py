# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
import trimesh

from agent_planner.errors import InfrastructureError
from agent_planner.perception.body import RobotBody
from agent_planner.perception.rigid import upright

URDF = """<robot name="r">
<link name="arm"><visual><origin xyz="0.1 0 0" rpy="0 1.5707963 0"/>
<geometry><cylinder radius="0.05" length="0.2"/></geometry></visual></link>
<link name="head"><collision><geometry><sphere radius="0.1"/></geometry></collision></link>
<link name="base"><visual><geometry><box size="0.4 0.2 0.1"/></geometry></visual>
<collision><geometry><box size="0.4 0.2 0.1"/></geometry></collision></link>
<link name="cover"><visual><geometry><mesh filename="x.stl"/></geometry></visual></link>
</robot>"""


def test_points_of_each_shape_are_its_own_within_the_margin():
    body = RobotBody.parse(URDF)
    assert body.links == {"arm", "head", "base"}
    links = {"arm": upright(0, 0, 1, 0), "head": upright(0, 0, 2, 0), "base": upright(1, 0, 0, np.pi / 2)}
    points = np.array(
        [
            [0.19, 0, 1],  # along the arm
            [0.1, 0, 1.055],  # a hair beside it
            [0.1, 0, 1.07],
            [0.07, 0.07, 2],
            [0.08, 0.08, 2],
            [1, 0.19, 0],  # the base stands crosswise
            [1.19, 0, 0],
        ]
    )
    assert body.covers(points, links, 0.01).tolist() == [True, True, False, True, False, True, False]


def test_a_link_whose_pose_is_not_known_covers_nothing():
    assert not RobotBody.parse(URDF).covers(np.zeros((1, 3)), {}, 0.1).any()


@pytest.mark.parametrize(
    "text", ["<robot", "<robot><link name='a'><visual><geometry><box size='1 2'/></geometry></visual></link></robot>"]
)
def test_what_is_no_urdf_is_refused(text):
    with pytest.raises(InfrastructureError, match="robot_description"):
        RobotBody.parse(text)


def test_the_meshes_of_collision_shapes_count_where_they_lie(tmp_path):
    file = tmp_path / "tool.stl"
    trimesh.creation.box((0.2, 0.04, 0.04)).export(file)
    solid = f'<origin xyz="0 0 0.5"/><geometry><mesh filename="{file}"/></geometry>'
    body = RobotBody.parse(f'<robot name="r"><link name="tool"><collision>{solid}</collision></link></robot>')
    points = np.array([[0.09, 0, 0.5], [0, 0.09, 0.5], [0.09, 0, 0]])
    assert body.covers(points, {"tool": np.eye(4)}, 0.01).tolist() == [True, False, False]
    file.unlink()
    with pytest.raises(InfrastructureError, match=r"there is no file .*tool.stl"):
        RobotBody.parse(f'<robot name="r"><link name="tool"><collision>{solid}</collision></link></robot>')
