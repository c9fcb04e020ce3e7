# SPDX-License-Identifier: Apache-2.0
"""An arm whose links are meshes."""

import numpy as np
import pytest
import trimesh

from agent_planner_motion.arm.collision import ArmModel
from agent_planner_motion.arm.description import parse
from agent_planner_motion.arm.kinematics import Kinematics
from agent_planner_motion.arm.obstacles import Obstacles
from agent_planner_motion.spatial import inverse, rotation_rpy, transform


def hammer():
    """A thin bar along x, and a head at its end."""
    bar = trimesh.creation.box((0.25, 0.04, 0.04), transform(xyz=(0.125, 0.0, 0.0)))
    return bar + trimesh.creation.box((0.08, 0.08, 0.08), transform(xyz=(0.21, 0.0, 0.0)))


def chain(*collisions):
    """An arm of hammers, one behind the other, on a foot."""
    text = '<link name="base"><collision><geometry><box size="0.2 0.2 0.2"/></geometry></collision></link>'
    for number in range(6):
        parent = f"link{number - 1}" if number else "base"
        x, axis = (0.28, "0 1 0") if number else (0.0, "0 0 1")
        height = 0.0 if number else 0.15
        text += f'<link name="link{number}">{"".join(collisions)}</link>'
        text += (
            f'<joint name="joint{number}" type="revolute"><parent link="{parent}"/><child link="link{number}"/>'
            f'<origin xyz="{x} 0 {height}"/><axis xyz="{axis}"/>'
            '<limit lower="-2.6" upper="2.6" velocity="1" effort="1"/></joint>'
        )
    return f'<robot name="r">{text}</robot>'


def collision(shape, xyz="0 0 0", rpy="0 0 0"):
    return f'<collision><origin xyz="{xyz}" rpy="{rpy}"/><geometry>{shape}</geometry></collision>'


def test_an_arm_of_meshes_sees_itself_as_the_same_arm_of_boxes_does(tmp_path):
    # In the file the link lies in another place, turned, and in millimetres; origin and scale put it right.
    in_link = transform(rotation_rpy(0.3, -0.2, 0.5), (0.1, 0.02, -0.03))
    file = tmp_path / "hammer.stl"
    hammer().apply_transform(inverse(in_link)).apply_scale(1000.0).export(file)
    shape = f'<mesh filename="file://{file}" scale="0.001 0.001 0.001"/>'
    meshes = chain(collision(shape, "0.1 0.02 -0.03", "0.3 -0.2 0.5"))
    boxes = chain(
        collision('<box size="0.25 0.04 0.04"/>', "0.125 0 0"), collision('<box size="0.08 0.08 0.08"/>', "0.21 0 0")
    )
    q = np.random.default_rng(3).uniform(-2.6, 2.6, (300, 6))

    def clearances(text):
        kinematics = Kinematics(parse(text), "base", "link5", [f"joint{n}" for n in range(6)])
        return ArmModel(kinematics, {}, np.zeros(6)).clearance(q, Obstacles())

    found, right = clearances(meshes), clearances(boxes)
    # How deep they are in each other depends on where the spheres lie; that they are is what counts.
    assert np.maximum(found, -0.03) == pytest.approx(np.maximum(right, -0.03), abs=0.01)
    assert 0.2 < (right < -0.005).mean() < 0.9, "both are among them: arms that touch themselves and arms that do not"
