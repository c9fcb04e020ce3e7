# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from agent_planner_motion.arm.collision import ArmModel, held_spheres, spheres_of
from agent_planner_motion.arm.description import Joint, Solid
from agent_planner_motion.arm.kinematics import Kinematics
from agent_planner_motion.arm.obstacles import Obstacle, Obstacles
from agent_planner_motion.errors import MotionError
from agent_planner_motion.spatial import rotation_about, transform
from agent_planner_motion.world import World

NOTHING = Obstacles()


@pytest.fixture
def arm(kit):
    return kit.planner(World(1.0), np.eye(4)).model


def box_at(xyz, half=0.03):
    return Obstacles([Obstacle("box", transform(xyz=xyz), np.full(3, half))])


def fixed(parent, child, xyz=(0.0, 0.0, 0.0)):
    return Joint(f"{parent} to {child}", "fixed", parent, child, transform(xyz=xyz), np.array([1.0, 0.0, 0.0]), 0, 0, 0)


def block(half, xyz=(0.0, 0.0, 0.0)):
    return (Solid(transform(xyz=xyz), np.full(3, half), "box"),)


@pytest.fixture
def model_of(description, arm_settings):
    """Call it with joints and solids that the shipped robot has as well, or has otherwise; returns its model."""

    def make(joints=(), solids=None, base="base_link", tip="end_effector"):
        changed = replace(
            description,
            joints=description.joints | {joint.name: joint for joint in joints},
            solids=description.solids | (solids or {}),
        )
        postures = np.array(list(arm_settings.postures.values()))
        fingers = dict.fromkeys(arm_settings.fingers.joints, 0.04)
        return ArmModel(Kinematics(changed, base, tip, arm_settings.joints), fingers, postures)

    return make


@pytest.mark.parametrize(
    ("half", "kind"),
    [
        ((0.03, 0.06, 0.028), "box"),
        ((0.02, 0.003, 0.011), "box"),
        ((0.06, 0.075, 0.26), "box"),
        ((0.04, 0.04, 0.13), "cylinder"),
        ((0.055, 0.055, 0.06), "cylinder"),
    ],
)
def test_spheres_cover_a_solid_but_for_its_edges(half, kind):
    half = np.array(half)
    spheres = spheres_of(Solid(transform(rotation_about((0, 1, 0), 0.4), (0.1, 0.2, 0.3)), half, kind))
    turned = transform(rotation_about((0, 1, 0), 0.4), (0.1, 0.2, 0.3))
    rng = np.random.default_rng(0)
    points = rng.uniform(-half, half, (2000, 3))
    if kind == "cylinder":
        points = points[np.hypot(points[:, 0], points[:, 1]) <= half[0]]
    points = points @ turned[:3, :3].T + turned[:3, 3]
    outside = (np.linalg.norm(points[:, None] - spheres.centres, axis=2) - spheres.radii).min(axis=1)
    assert outside.max() < 0.020
    assert (outside <= 0.0).mean() > 0.75
    # Nor do they bulge far beyond it.
    local = (spheres.centres - turned[:3, 3]) @ turned[:3, :3]
    assert (np.abs(local) + spheres.radii[:, None] <= half + 0.011).all()


@pytest.mark.parametrize("size", [(0.05, 0.05, 0.1), (0.04, 0.04, 0.04), (0.04, 0.065, 0.025), (0.2, 0.01, 0.02)])
def test_of_what_is_held_even_the_corners_are_covered(size):
    spheres = held_spheres(size, transform(xyz=(0.0, 0.0, 0.02)))
    half = np.array(size) / 2
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half + (0.0, 0.0, 0.02)
    outside = (np.linalg.norm(corners[:, None] - spheres.centres, axis=2) - spheres.radii).min(axis=1)
    assert outside.max() < 0.008
    beyond = np.abs(spheres.centres - (0.0, 0.0, 0.02)) + spheres.radii[:, None] - half
    # It may still stand on something: hardly anything bulges beyond its faces.
    assert beyond.max() < 0.004


def test_named_postures_are_free_of_the_robot_itself(arm, arm_settings):
    postures = np.array(list(arm_settings.postures.values()))
    assert (arm.clearance(postures, NOTHING) > 0.0).all()


def test_a_posture_folded_into_the_base_is_not_free(arm, kinematics):
    folded = np.array([0.0, 0.0, 1.5, 0.0, 2.6, 0.0, 0.5, 0.0])
    assert arm.clearance(folded[None], NOTHING)[0] < 0.0
    turned_in = np.array([0.0, 2.6, -2.0, 0.0, 2.7, 0.0, 2.2, 0.0])
    assert arm.clearance(turned_in[None], NOTHING)[0] < arm.clearance(kinematics.lower[None] * 0, NOTHING)[0]


def test_every_link_feels_what_is_put_into_it(arm, arm_settings, description):
    q = np.array(arm_settings.postures["ready"])[None]
    poses = arm.kinematics.links(q)
    links = [j.child for j in description.chain("base_link", "end_effector") if description.solids.get(j.child)]
    assert len(links) >= 8
    for link in links:
        (middle,) = poses[link][:, :3, 3] + poses[link][:, :3, :3] @ description.solids[link][0].pose[:3, 3]
        assert arm.clearance(q, box_at(middle))[0] < 0.0, link


def test_clearance_is_the_distance_to_what_is_near(arm, arm_settings):
    q = np.array(arm_settings.postures["home"])[None]
    tip = arm.kinematics.pose(q[0])[:3, 3]
    # Under the fingertips, which reach 21 mm beyond the frame between them.
    near, far = (float(arm.clearance(q, box_at(tip - (0, 0, 0.021 + 0.09 + gap), 0.09))[0]) for gap in (0.005, 0.010))
    assert far - near == pytest.approx(0.005, abs=1e-3)
    assert near == pytest.approx(0.005, abs=0.004)


def test_what_is_held_counts(arm, arm_settings):
    q = np.array(arm_settings.postures["home"])[None]
    tip = arm.kinematics.pose(q[0])[:3, 3]
    below = box_at(tip - (0, 0, 0.10))
    held = held_spheres((0.04, 0.04, 0.20), transform())
    assert arm.clearance(q, below)[0] > 0.0
    assert arm.clearance(q, below, held)[0] < 0.0


def test_many_configurations_at_once_are_as_one_by_one(arm, kinematics):
    rng = np.random.default_rng(4)
    q = rng.uniform(kinematics.lower, kinematics.upper, (40, kinematics.dof))
    world = box_at((0.5, 0.1, 0.7), 0.1)
    each = [float(arm.clearance(row[None], world)[0]) for row in q]
    together = arm.clearance(q, world)
    # Links far apart are not looked at alone and may be in a batch: that changes only what is far from touching.
    assert np.minimum(together, 0.03) == pytest.approx(np.minimum(each, 0.03), abs=1e-9)


def test_what_is_fixed_to_a_link_of_the_arm_goes_with_it(model_of, arm_settings):
    joints = (fixed("arm_link_7", "bracket", (0.0, 0.12, 0.0)), fixed("bracket", "camera", (0.0, 0.03, 0.0)))
    with_camera, without = model_of(joints, {"camera": block(0.02)}), model_of()
    q = np.array(arm_settings.postures["ready"])[None]
    ((x, y, z, _),) = with_camera.kinematics.links(q)["arm_link_7"] @ (0.0, 0.15, 0.0, 1.0)
    there = box_at((x, y, z), 0.01)
    assert with_camera.clearance(q, there)[0] < 0.0 < without.clearance(q, there)[0]
    postures = np.array(list(arm_settings.postures.values()))
    assert (with_camera.clearance(postures, NOTHING) > 0.0).all()


def test_what_is_fixed_to_the_base_is_the_body(model_of, arm_settings):
    q = np.array(arm_settings.postures["ready"])[None]
    without = model_of()
    elbow = without.kinematics.links(q)["arm_link_4"][0, :3, 3]
    # Where none of the known postures is: a little aside.
    aside = q + np.eye(8)[1] * 0.5
    there = without.kinematics.links(aside)["arm_link_5"][0, :3, 3]
    mast = model_of((fixed("base_link", "mast", tuple(there)),), {"mast": block(0.03)})
    assert np.linalg.norm(there - elbow) > 0.1
    assert mast.clearance(aside, NOTHING)[0] < 0.0 < without.clearance(aside, NOTHING)[0]
    assert mast.clearance(q, box_at(tuple(there), 0.03))[0] == mast.clearance(q, NOTHING)[0], "it may touch the world"


def test_a_foot_under_the_base_changes_nothing(model_of, kinematics):
    q = np.random.default_rng(6).uniform(kinematics.lower, kinematics.upper, (60, 8))
    on_foot = model_of((fixed("foot", "base_link"),), base="foot")
    ground = box_at((0.0, 0.0, -0.03), 0.05)  # it reaches into the base's lower side
    assert on_foot.clearance(q, NOTHING) == pytest.approx(model_of().clearance(q, NOTHING))
    assert on_foot.clearance(q, ground) == pytest.approx(model_of().clearance(q, ground))


def test_what_all_links_touch_in_a_posture_leaves_the_rest_of_the_body_to_be_checked(model_of, kinematics):
    around = model_of((fixed("base_link", "cage", (0.2, 0.0, 0.8)),), {"cage": block(1.0)})
    q = np.random.default_rng(6).uniform(kinematics.lower, kinematics.upper, (200, 8))
    assert around.clearance(q, NOTHING) == pytest.approx(model_of().clearance(q, NOTHING))


def test_a_hand_beside_the_frame_between_its_fingers_counts_all_the_same(model_of, description, kinematics):
    fingers = [
        replace(j, parent="hand") for j in description.joints.values() if j.parent == "arm_link_7" and j.kind != "fixed"
    ]
    assert len(fingers) == 2
    solids = {"hand": description.solids["arm_link_7"], "arm_link_7": ()}
    beside = model_of((fixed("arm_link_7", "mount"), fixed("mount", "hand"), *fingers), solids)
    q = np.random.default_rng(7).uniform(kinematics.lower, kinematics.upper, (60, 8))
    world = box_at((0.5, 0.1, 0.7), 0.1)
    assert beside.clearance(q, world) == pytest.approx(model_of().clearance(q, world))


def test_a_finger_that_does_not_hang_on_the_arm_is_told(model_of, description):
    stray = replace(description.joints["gripper_left_finger_joint"], parent="base_link")
    told = "'gripper_left_finger_joint' hangs on 'base_link', which no fixed joints join to the arm \\(torso_link"
    with pytest.raises(MotionError, match=told):
        model_of((stray,))


def test_fixed_joints_between_them_do_not_make_neighbours_strangers(model_of, description, arm_settings):
    end = replace(description.joints["end_effector_joint"], parent="tool")
    joints = (fixed("arm_link_7", "flange"), fixed("flange", "tool"), end, fixed("arm_link_6", "lamp", (0.0, 0.2, 0.0)))
    q = np.array(arm_settings.postures["home"])[None]
    turned = q + np.eye(8)[7] * 1.5
    poses = model_of(joints).kinematics.links(turned)
    lamp_in_tool = (np.linalg.inv(poses["tool"]) @ poses["arm_link_6"] @ (0.0, 0.2, 0.0, 1.0))[0, :3]
    solids = {"flange": block(0.01), "tool": block(0.02, tuple(lamp_in_tool)), "lamp": block(0.02)}
    assert model_of(joints, solids).clearance(turned, NOTHING)[0] > 0.0, "the tool is one joint from the lamp"
