# SPDX-License-Identifier: Apache-2.0
"""The motion servers as a node."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from agent_planner_interfaces.action import MoveArm as MoveArmAction
from agent_planner_interfaces.action import NavigateTo, OperateDoor, OperateGripper
from agent_planner_interfaces.action import Pick as PickAction
from agent_planner_interfaces.action import Place as PlaceAction
from geometry_msgs.msg import PoseStamped
from rclpy.node import Node

from agent_planner.errors import UserError
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.errors import MissingData, MotionError
from agent_planner_motion.ros.diagnostics import Diagnostics
from agent_planner_motion.ros.goal_server import GoalServer, Resource
from agent_planner_motion.ros.jog import RosJog
from agent_planner_motion.ros.messages import pose_matrix, pose_stamped
from agent_planner_motion.ros.parameters import Parameters
from agent_planner_motion.ros.robot import RosRobot
from agent_planner_motion.skills.base_motion import BaseMotion
from agent_planner_motion.skills.door import Door
from agent_planner_motion.skills.drive import DRIVING, Drive
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.kit import ArmKit
from agent_planner_motion.skills.move import MoveArm, MoveGripper
from agent_planner_motion.skills.pick import Pick
from agent_planner_motion.skills.place import Place
from agent_planner_motion.spatial import inverse

NAVIGATION = ("navigate_to",)
_DRIVING = ("navigate_to", "operate_door")
MANIPULATION = ("move_arm", "pick", "place", "operate_gripper", "operate_door")


class MotionServers(Node):
    """Offers motion actions to whoever plans, and needs only what a robot offers.

    Actions (relative names): `navigate_to`, `move_arm`, `pick`, `place`, `operate_gripper`, `operate_door`, each one
    goal at a time; those that use the arm exclude each other, and so do those that drive. With a fixed base those that
    drive are left out, without an arm those that use it. A node that offers `move_arm` also moves the arm as a person
    asks: see `RosJog`. Also publishes `/diagnostics`. Topics: see `RosRobot`; parameters: see `parameters.PARAMETERS`.

    Args:
        name: of the node.
        actions: which of them it offers.
        **options: for the node.
    """

    def __init__(self, name: str, actions: Sequence[str] = (*NAVIGATION, *MANIPULATION), **options: Any):
        super().__init__(name, **options)
        self._actions = tuple(actions)
        self._settings = Parameters(self)
        self._arm, self._base = Resource("the arm"), Resource("the base")
        self._servers: list[GoalServer] = []
        self._kit: ArmKit | None = None
        self._kit_lock = threading.Lock()
        self._robot: RosRobot | None = None
        self._diagnostics: Diagnostics | None = None
        self._jog: RosJog | None = None

    def start(self) -> None:
        """Open topics and actions.

        Raises:
            UserError: the parameters leave nothing to offer, or name an interface that is not installed.
        """
        if self._settings.base_is_fixed:
            self._actions = tuple(name for name in self._actions if name not in _DRIVING)
        if not self._settings.has_arm:
            self._actions = tuple(name for name in self._actions if name not in MANIPULATION)
        if not self._actions:
            raise UserError(
                "the parameters 'base' and 'arm_interface' leave nothing of what this node offers: "
                "a fixed base does not drive, and without an arm nothing is grasped"
            )
        self._robot = RosRobot(self, self._settings.channels())
        for name, (kind, run, feedback) in self._kinds().items():
            if name not in self._actions:
                continue
            resources = {"navigate_to": (self._base, self._arm), "operate_door": (self._arm, self._base)}.get(
                name, (self._arm,)
            )
            limits = self._settings.limits("navigation" if name in NAVIGATION else "manipulation")
            self._servers.append(GoalServer(self, kind, name, run, resources, limits, feedback))
        jog = self._settings.jog()
        if jog is not None and "move_arm" in self._actions:
            self._jog = RosJog(self, self._robot, self.arm_kit, self._arm, jog)
        self._diagnostics = Diagnostics(self, self._robot, (self._arm, self._base))

    def stop(self) -> None:
        """End what runs: the robot comes to rest, goals end with a result."""
        if self._jog is not None:
            self._jog.close()
        for server in self._servers:
            server.close()

    def destroy_node(self) -> None:
        """Release everything."""
        for server in self._servers:
            server.destroy()
        self._servers.clear()
        if self._robot is not None:
            self._robot.destroy()
        super().destroy_node()

    @property
    def robot(self) -> RosRobot:
        """The robot, once started."""
        assert self._robot is not None
        return self._robot

    def _kinds(self) -> dict[str, tuple[Any, Callable[[Any, Job, Any], None], Callable[[str, float, Job], Any]]]:
        return {
            "navigate_to": (NavigateTo, self._navigate, self._drive_feedback),
            "move_arm": (MoveArmAction, self._move_arm, lambda s, v, j: MoveArmAction.Feedback(joint_error=v)),
            "pick": (PickAction, self._pick, lambda s, v, j: PickAction.Feedback(state=s) if s else None),
            "place": (PlaceAction, self._place, lambda s, v, j: PlaceAction.Feedback(state=s) if s else None),
            "operate_door": (OperateDoor, self._door, lambda s, v, j: OperateDoor.Feedback(state=s) if s else None),
            "operate_gripper": (
                OperateGripper,
                self._gripper,
                lambda s, v, j: OperateGripper.Feedback(opening=self.robot.joints().opening),
            ),
        }

    def _ready(self, job: Job, *readings: Callable[[], Any]) -> None:
        """Wait a while for what a goal needs; then its own reading says what is missing."""

        def complete() -> bool:
            try:
                for reading in readings:
                    reading()
            except MissingData:
                return False
            return True

        self.robot.wait_steady(complete, self._settings.data_timeout, job)
        for reading in readings:
            reading()

    def arm_kit(self, job: Job) -> ArmKit:
        """Return the arm, read from the robot's description the first time.

        Raises:
            MissingData: a topic that it needs is silent, or a controller is not there.
        """
        robot = self.robot
        self._ready(job, robot.joints, robot.description, robot.base, robot.world, robot.controllers)
        with self._kit_lock:
            if self._kit is None:
                self._kit = ArmKit(robot, robot.description(), self._settings.arm(), robot.cell)
            return self._kit

    def _navigate(self, request: Any, job: Job, result: Any) -> None:
        robot = self.robot
        self._ready(job, robot.base, robot.grid)
        drive = Drive(robot, self._settings.drive(), self._stow)
        try:
            if request.target:
                try:
                    self._ready(job, robot.world)
                except MissingData as error:
                    raise MotionError("UNKNOWN_TARGET", f"'{request.target}' is not known: {error.message}") from error
                drive.to_entity(request.target, job)
            else:
                drive.to_pose(Pose2.of(self._in_frame(request.pose, self._settings.frames[0])), job)
        finally:
            # Without odometry it stays empty; why the drive ended must not be lost for that.
            with suppress(MissingData):
                frame, now = self._settings.frames[0], self.get_clock().now().to_msg()
                result.final_pose = pose_stamped(robot.base().pose, frame, now)

    def _stow(self, job: Job) -> None:
        if self._settings.has_arm:
            self.arm_kit(job).carry(job)

    def _drive_feedback(self, state: str, value: float, job: Job) -> Any:
        if state != DRIVING:
            return None  # the arm's own, while it is stowed
        pose = pose_stamped(self.robot.base().pose, self._settings.frames[0], self.get_clock().now().to_msg())
        return NavigateTo.Feedback(distance_remaining=value, current_pose=pose, navigation_time=job.elapsed)

    def _move_arm(self, request: Any, job: Job, result: Any) -> None:
        skill = MoveArm(self.arm_kit(job))
        if request.posture:
            skill.to_posture(request.posture, job)
        else:
            skill.to_pose(self._in_frame(request.pose, self._settings.frames[1]), job)

    def _pick(self, request: Any, job: Job, result: Any) -> None:
        Pick(self.arm_kit(job)).run(request.object, job)

    def _place(self, request: Any, job: Job, result: Any) -> None:
        inside = request.mode == PlaceAction.Goal.IN
        Place(self.arm_kit(job)).run(request.object, request.target, inside, job)

    def _door(self, request: Any, job: Job, result: Any) -> None:
        kit = self.arm_kit(job)
        self._ready(job, self.robot.grid)
        drive = self._settings.drive()
        Door(kit, BaseMotion(self.robot, drive.limits), drive.radius).run(request.target, request.open, job)

    def _gripper(self, request: Any, job: Job, result: Any) -> None:
        try:
            MoveGripper(self.arm_kit(job)).run(request.opening, job)
        finally:
            result.opening = self.robot.joints().opening

    def _in_frame(self, message: PoseStamped, frame: str) -> np.ndarray:
        """Return a pose in one of our frames (an empty frame id means that one).

        Raises:
            MotionError: the pose is not finite, or tf does not know its frame.
        """
        pose = pose_matrix(message.pose)
        if not np.isfinite(pose).all():
            raise MotionError("UNKNOWN", "the pose holds numbers that are not finite")
        source = message.header.frame_id or frame
        if source == frame:
            return pose
        map_frame, base_frame = self._settings.frames
        base = self.robot.base().matrix
        between = {(map_frame, base_frame): base, (base_frame, map_frame): inverse(base)}.get((frame, source))
        if between is None:
            between = self.robot.frames.lookup(frame, source)
        if between is None:
            known = ", ".join(self.robot.frames.known())
            raise MotionError("UNKNOWN", f"tf does not lead from '{source}' to '{frame}'; known frames: {known}")
        return between @ pose
