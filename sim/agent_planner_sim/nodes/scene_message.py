# SPDX-License-Identifier: Apache-2.0
"""The state of the simulation as a SceneGraph message."""

import numpy as np
from agent_planner_interfaces.msg import RobotState, SceneGraph, SceneObject, ScenePlace
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, Pose, Quaternion, Vector3

from agent_planner.ros.messages import BASE_SPEED, JOINT_SPEED, TURN_SPEED
from agent_planner_sim.mujoco import truth
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.transforms import Quat, Vec3, quat_from_rpy


def stamp(seconds: float) -> Time:
    """Return seconds as a message."""
    nanoseconds = round(seconds * 1e9)
    return Time(sec=nanoseconds // 1_000_000_000, nanosec=nanoseconds % 1_000_000_000)


def quaternion(quat: Quat) -> Quaternion:
    """Return a rotation as a message."""
    return Quaternion(w=quat[0], x=quat[1], y=quat[2], z=quat[3])


def pose(position: Vec3, quat: Quat) -> Pose:
    """Return a pose as a message."""
    return Pose(position=Point(x=position[0], y=position[1], z=position[2]), orientation=quaternion(quat))


def scene_graph(sim: Simulation, now: Time) -> SceneGraph:
    """Return everything there is, hidden things too, without relations."""
    message = SceneGraph()
    message.header.frame_id = "map"
    message.header.stamp = now
    message.objects = [_object(state, now) for state in truth.objects(sim)]
    message.places = [_place(state) for state in truth.places(sim)]
    message.robot = _robot(sim)
    return message


def _object(state: truth.ObjectState, now: Time) -> SceneObject:
    return SceneObject(
        name=state.item.name,
        category=state.item.category,
        color=state.item.color,
        pose=pose(*state.pose),
        size=_size(state.size),
        affordances=["graspable"],
        confidence=1.0,
        observed=now,
    )


def _place(state: truth.PlaceState) -> ScenePlace:
    region = state.region
    message = ScenePlace(
        name=region.name,
        category=region.category,
        color=region.color,
        pose=pose(*state.pose),
        size=_size(region.size),
        affordances=list(region.affordances),
        explored=state.explored,
        is_open=state.is_open,
        opening=state.opening,
        travel=state.travel,
        mechanism=state.mechanism,
    )
    # A message's own default is the unit quaternion; the zero one says that there is no handle.
    message.handle = pose(*state.handle) if state.handle else pose((0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0))
    if state.hinge:
        message.hinge = Point(x=state.hinge[0], y=state.hinge[1], z=state.hinge[2])
    return message


def _robot(sim: Simulation) -> RobotState:
    x, y, yaw = sim.base_pose()
    linear, angular = sim.base_velocity()
    speeds = np.abs(sim.joints().velocities[: len(sim.robot.arm)])
    return RobotState(
        name=sim.robot.name,
        base=pose((x, y, 0.0), quat_from_rpy((0.0, 0.0, yaw))),
        end_effector=pose(*truth.end_effector(sim)),
        gripper_opening=sim.opening(),
        base_moving=abs(linear) > BASE_SPEED or abs(angular) > TURN_SPEED,
        deck_size=_size((*sim.robot.deck, 0.0)),
        arm_moving=bool((speeds > JOINT_SPEED).any()),
    )


def _size(size: Vec3) -> Vector3:
    return Vector3(x=size[0], y=size[1], z=size[2])
