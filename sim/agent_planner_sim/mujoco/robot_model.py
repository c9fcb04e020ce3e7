# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""A robot description as bodies, joints and drives of a MuJoCo specification."""

from collections.abc import Iterator

import mujoco
import numpy as np

from agent_planner_sim.mujoco.solids import add_solids, set_mass
from agent_planner_sim.robots.description import Joint, Link, RobotDescription
from agent_planner_sim.scenes.description import Placement
from agent_planner_sim.transforms import quat_from_rpy

BASE = "base_link"
BASE_JOINTS = ("base_x", "base_y", "base_yaw")
# The base is driven to where its wheels would have brought it: stiff, but it gives way before it breaks things.
_BASE_STIFFNESS = (60000.0, 60000.0, 9000.0)
_BASE_DAMPING = (4000.0, 4000.0, 500.0)
_BASE_FORCE = (350.0, 350.0, 150.0)
CAMERA = "head_camera"


def add_robot(spec: mujoco.MjSpec, robot: RobotDescription, start: Placement) -> None:
    """Add the robot to a specification, its base free to slide and turn on the floor, or fixed where it starts."""
    links = {link.name: link for link in robot.links}
    root = spec.worldbody.add_body(name=robot.links[0].name)
    _fill(root, robot.links[0])
    if robot.base is not None:
        _add_base_joints(spec, root)
    else:
        root.pos, root.quat = start[:3], quat_from_rpy((0.0, 0.0, start.yaw))
    bodies = {robot.links[0].name: root}
    for joint in robot.joints:
        body = bodies[joint.parent].add_body(name=joint.child, pos=joint.xyz, quat=quat_from_rpy(joint.rpy))
        bodies[joint.child] = body
        _fill(body, links[joint.child])
        # The drives of real arms carry their own weight; what is held is not compensated.
        body.gravcomp = 1.0
        if joint.kind != "fixed":
            _add_joint(spec, body, joint)
    if robot.fingers:
        _couple_fingers(spec, robot)
    _add_camera(bodies[robot.camera.frame], robot)
    for pair in _neighbours(robot):
        spec.add_exclude(bodyname1=pair[0], bodyname2=pair[1])


def _fill(body: mujoco.MjsBody, link: Link) -> None:
    add_solids(body, link.solids, link.name)
    if link.mass:
        set_mass(body, link.solids, link.mass)


def _add_base_joints(spec: mujoco.MjSpec, root: mujoco.MjsBody) -> None:
    slide, hinge = mujoco.mjtJoint.mjJNT_SLIDE, mujoco.mjtJoint.mjJNT_HINGE
    kinds = ((slide, (1, 0, 0)), (slide, (0, 1, 0)), (hinge, (0, 0, 1)))
    for number, (name, (kind, axis)) in enumerate(zip(BASE_JOINTS, kinds, strict=True)):
        root.add_joint(name=name, type=kind, axis=axis)
        _add_drive(spec, name, _BASE_STIFFNESS[number], _BASE_DAMPING[number], _BASE_FORCE[number])


def _add_joint(spec: mujoco.MjSpec, body: mujoco.MjsBody, joint: Joint) -> None:
    kind = mujoco.mjtJoint.mjJNT_SLIDE if joint.kind == "prismatic" else mujoco.mjtJoint.mjJNT_HINGE
    body.add_joint(
        name=joint.name,
        type=kind,
        axis=joint.axis,
        range=(joint.lower, joint.upper),
        limited=mujoco.mjtLimited.mjLIMITED_TRUE,
        armature=joint.armature,
    )
    _add_drive(spec, joint.name, joint.stiffness, joint.damping, joint.effort)


def _add_drive(spec: mujoco.MjSpec, joint: str, stiffness: float, damping: float, force: float) -> None:
    gain, bias = np.zeros(10), np.zeros(10)
    gain[0] = stiffness
    bias[1:3] = -stiffness, -damping
    spec.add_actuator(
        name=joint,
        target=joint,
        trntype=mujoco.mjtTrn.mjTRN_JOINT,
        gaintype=mujoco.mjtGain.mjGAIN_FIXED,
        biastype=mujoco.mjtBias.mjBIAS_AFFINE,
        gainprm=gain,
        biasprm=bias,
        forcerange=(-force, force),
        forcelimited=mujoco.mjtLimited.mjLIMITED_TRUE,
    )


def _couple_fingers(spec: mujoco.MjSpec, robot: RobotDescription) -> None:
    # One motor moves both fingers in a real gripper; apart from that, a thing held between two drives of equal
    # force would slide sideways without resistance.
    left, right = robot.fingers
    equality = spec.add_equality(name="fingers", type=mujoco.mjtEq.mjEQ_JOINT, name1=right, name2=left)
    equality.data[:5] = (0.0, 1.0, 0.0, 0.0, 0.0)
    equality.solref[:2] = (0.004, 1.0)
    for name in robot.fingers:
        spec.actuator(name).forcerange = (-robot.grip_force, robot.grip_force)


def _add_camera(body: mujoco.MjsBody, robot: RobotDescription) -> None:
    # MuJoCo's cameras look along -z with y up, optical frames along z with y down.
    body.add_camera(
        name=CAMERA,
        quat=(0.0, 1.0, 0.0, 0.0),
        fovy=float(np.degrees(robot.camera.vertical_fov)),
        resolution=(robot.camera.width, robot.camera.height),
    )


def _neighbours(robot: RobotDescription) -> Iterator[tuple[str, str]]:
    """Pairs that overlap by construction, one joint apart; MuJoCo itself leaves out parent and child.

    (But not where the parent does not move.)
    """
    parents = {joint.child: joint.parent for joint in robot.joints}
    for child, parent in parents.items():
        if parent in parents:
            yield child, parents[parent]
        elif robot.base is None:
            yield child, parent
    if robot.fingers:
        yield robot.joint(robot.fingers[0]).child, robot.joint(robot.fingers[1]).child
