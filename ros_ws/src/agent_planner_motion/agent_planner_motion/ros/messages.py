# SPDX-License-Identifier: Apache-2.0
"""Messages to and from the types that skills use."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from agent_planner_interfaces.msg import SceneGraph, SceneObject, ScenePlace
from builtin_interfaces.msg import Duration, Time
from geometry_msgs.msg import Pose, PoseStamped, Quaternion, Transform
from nav_msgs.msg import OccupancyGrid
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from agent_planner.errors import clock_ahead
from agent_planner.ros.free_floor import taken_cells
from agent_planner_motion.arm.trajectory import Trajectory
from agent_planner_motion.base.grid import Grid
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.errors import MissingData
from agent_planner_motion.spatial import quat_of, rotation_quat, transform
from agent_planner_motion.world import Thing, World

STALE = 1.0  # seconds of ROS time after which a reading counts for nothing


def seconds(stamp: Time) -> float:
    """Return a stamp in seconds."""
    return stamp.sec + stamp.nanosec * 1e-9


def fresh(topic: str, stamp: float, now: float) -> float:
    """Return a stamp, ROS time in seconds.

    Raises:
        MissingData: what it belongs to is old, or from a clock that is ahead of ours.
    """
    if now - stamp > STALE:
        raise MissingData(topic, now - stamp)
    if stamp - now > STALE:
        raise MissingData(topic, now - stamp, clock_ahead(topic, stamp - now))
    return stamp


def constant(message: Any, value: int) -> str:
    """Return the name of the constant of a message's type that has a value, or ERROR_ and the value."""
    names = [name for name, known in vars(type(message)).items() if name.isupper() and known == value]
    return names[0] if names else f"ERROR_{value}"


def pose_matrix(pose: Pose) -> np.ndarray:
    """Return a pose as a transform, (4, 4)."""
    p, q = pose.position, pose.orientation
    return transform(rotation_quat((q.x, q.y, q.z, q.w)), (p.x, p.y, p.z))


def pose_message(pose: np.ndarray) -> Pose:
    """Return a transform, (4, 4), as a message."""
    message = Pose()
    message.position.x, message.position.y, message.position.z = map(float, pose[:3, 3])
    x, y, z, w = quat_of(pose[:3, :3])
    message.orientation = Quaternion(x=x, y=y, z=z, w=w)
    return message


def transform_matrix(message: Transform) -> np.ndarray:
    """Return a transform message as a matrix, (4, 4)."""
    p, q = message.translation, message.rotation
    return transform(rotation_quat((q.x, q.y, q.z, q.w)), (p.x, p.y, p.z))


def pose_stamped(pose: Pose2, frame: str, stamp: Time) -> PoseStamped:
    """Return a pose on the floor as a message."""
    message = PoseStamped()
    message.header.frame_id = frame
    message.header.stamp = stamp
    message.pose = pose_message(pose.matrix)
    return message


def world_of(message: SceneGraph) -> World:
    """Return the scene."""
    return World(
        seconds(message.header.stamp),
        tuple(_object(o) for o in message.objects),
        tuple(_place(p) for p in message.places),
        message.robot.holding,
        pose_matrix(message.robot.end_effector),
    )


def _object(message: SceneObject) -> Thing:
    size = np.array([message.size.x, message.size.y, message.size.z])
    return Thing(message.name, pose_matrix(message.pose), size, frozenset(message.affordances), movable=True)


def _place(message: ScenePlace) -> Thing:
    q = message.handle.orientation
    # A quaternion that nobody has set is that of no rotation, not zero.
    has_handle = bool(message.mechanism) and (q.x, q.y, q.z, q.w) != (0.0, 0.0, 0.0, 0.0)
    return Thing(
        message.name,
        pose_matrix(message.pose),
        np.array([message.size.x, message.size.y, message.size.z]),
        frozenset(message.affordances),
        is_open=message.is_open,
        opening=message.opening,
        handle=pose_matrix(message.handle) if has_handle else None,
        travel=message.travel,
        hinge=np.array([message.hinge.x, message.hinge.y, message.hinge.z])
        if message.mechanism == ScenePlace.DOOR
        else None,
        mechanism=message.mechanism,
    )


def grid_of(message: OccupancyGrid) -> Grid:
    """Return the map; its axes must be those of its frame."""
    info = message.info
    return Grid(taken_cells(message), (info.origin.position.x, info.origin.position.y), info.resolution)


def trajectory_message(names: Sequence[str], trajectory: Trajectory, first: float) -> JointTrajectory:
    """Return a trajectory as a message, its first point after so many seconds."""
    points = []
    for time, positions, velocities in zip(trajectory.times, trajectory.positions, trajectory.velocities, strict=True):
        point = JointTrajectoryPoint(positions=positions.tolist(), velocities=velocities.tolist())
        nanoseconds = round((float(time) + first) * 1e9)
        point.time_from_start = Duration(sec=nanoseconds // 1_000_000_000, nanosec=nanoseconds % 1_000_000_000)
        points.append(point)
    return JointTrajectory(joint_names=list(names), points=points)
