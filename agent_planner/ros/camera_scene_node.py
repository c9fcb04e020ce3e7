# SPDX-License-Identifier: Apache-2.0
"""The scene from a camera."""

import math
import sys
import time
import traceback
from collections.abc import Sequence
from typing import Any

import numpy as np
from agent_planner_interfaces.msg import PlanStatus, SceneGraph
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from nav_msgs.msg import OccupancyGrid, Odometry
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy, qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import String

from agent_planner.errors import AgentPlannerError, ConfigError
from agent_planner.perception.body import RobotBody
from agent_planner.perception.chain import DEFAULT_CHAIN, ChainSettings
from agent_planner.perception.perceiver import Perceiver, Robot
from agent_planner.perception.places import SceneMap
from agent_planner.perception.published import DetectionsError, detections_of
from agent_planner.perception.tracker import Hand
from agent_planner.ros.free_floor import FreeFloor
from agent_planner.ros.interface_types import load_interface
from agent_planner.ros.joint_history import JointHistory
from agent_planner.ros.messages import BASE_SPEED, JOINT_SPEED, MAP, TURN_SPEED, to_seconds, to_stamp
from agent_planner.ros.names import NEWEST
from agent_planner.ros.node_parameters import Declared, declare
from agent_planner.ros.pictures import Pairing, Pictures, frame_of, is_distorted
from agent_planner.ros.process import run_node
from agent_planner.ros.seen_message import RobotReading, seen_message
from agent_planner.ros.tf_history import TfHistory
from agent_planner.ros.tf_wait import TfWait
from agent_planner.ros.timers import steady_timer
from agent_planner.skills.library import SkillLibrary, library_file

# Of sensor data the newest counts: where the processor is slow, a queue would be a delay as long as it is deep.
_CAMERA = QoSProfile(depth=2, reliability=ReliabilityPolicy.BEST_EFFORT)
_STATIC = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)

PARAMETERS = (
    Declared("chain_file", str(DEFAULT_CHAIN), "The detectors and how things are followed; YAML."),
    Declared("places_file", "", "The map of places and names; YAML. Empty: it comes on the topic scene_map."),
    Declared("skills_file", "", "The skills' library, for words to look for; empty: none."),
    Declared("base_frame", "base_link", "Frame of the base."),
    Declared("end_effector_frame", "end_effector", "Frame between the fingertips; empty: there is no hand."),
    Declared("arm_joints", [""], "Joints whose motion counts as the arm's; none: all but the fingers."),
    Declared("finger_joints", [""], "Joints whose positions sum up to the gripper's opening; none: no hand."),
    Declared("rate", 10.0, "The most pictures a second that are looked at (ROS time).", low=0.01, high=1000.0),
    Declared("stamp_slop_s", 0.0, "How far the stamps of one moment's pictures may differ.", low=0.0, high=0.5),
    Declared(
        "tf_wait_s", 1.0, "How long pictures and detections wait for their transforms (ROS time).", low=0.0, high=10.0
    ),
)


class CameraScene(Node):
    """Publishes `scene_graph`, one for each picture and stamped as it, for whoever plans and moves.

    Subscribes to `head_camera/image`, `head_camera/depth`, `head_camera/camera_info` (sensor-data QoS, paired by
    stamp), `/tf`, `/tf_static`, `joint_states`, `odom`, `robot_description` (what of the picture is the robot itself),
    `map` (where free floor is), `scene_map` (String, a map of places in YAML; a new one begins everything anew),
    `plan_status` (what the robot was told), and to the topics of the chain's published detections. Publishes
    `/diagnostics` once a second.

    Raises:
        UserError: a parameter or a file is wrong.
    """

    def __init__(self, **more: Any):
        super().__init__("camera_scene", **more)
        values = declare(self, PARAMETERS)
        self._values = values
        self._settings = ChainSettings.load(values["chain_file"])
        self._library = SkillLibrary.load(library_file(values["skills_file"])) if values["skills_file"] else None
        self._arm, self._fingers = _names(values["arm_joints"]), _names(values["finger_joints"])
        self._body = RobotBody()
        self._perceiver: Perceiver | None = None
        if values["places_file"]:
            self._perceiver = self._made(SceneMap.load(values["places_file"]))
        self._tf = TfHistory(complain=self._complain)
        self._pairing = Pairing(values["stamp_slop_s"])
        self._pictures: TfWait[Pictures] = TfWait(values["tf_wait_s"])
        self._detections: dict[str, TfWait[Any]] = {}
        self._joints = JointHistory()
        self._odom: Odometry | None = None
        self._floor: FreeFloor | None = None
        self._instruction = ""
        self._since = self._last = 0.0
        self._trouble, self._milliseconds = "no picture yet", 0.0
        self._scene = self.create_publisher(SceneGraph, "scene_graph", NEWEST)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", 10)

    def start(self) -> None:
        """Begin to listen."""
        # A stock ROS has it, and so has this workspace; the type is looked up so that nothing else has to.
        tf_message = load_interface("tf2_msgs/msg/TFMessage")
        self.create_subscription(tf_message, "/tf", self._on_tf, 100)
        self.create_subscription(tf_message, "/tf_static", self._tf.take_static, _STATIC)
        for part, kind in (("image", Image), ("depth", Image), ("camera_info", CameraInfo)):
            self._listen_to_camera(part, kind)
        self.create_subscription(JointState, "joint_states", self._joints.take, 10)
        self.create_subscription(Odometry, "odom", self._on_odom, 1)
        self.create_subscription(String, "robot_description", self._on_description, NEWEST)
        self.create_subscription(OccupancyGrid, "map", self._on_map, NEWEST)
        self.create_subscription(PlanStatus, "plan_status", self._on_status, NEWEST)
        if not self._values["places_file"]:
            self.create_subscription(String, "scene_map", self._on_scene_map, NEWEST)
        self._listen_to_detections()
        steady_timer(self, 1.0, self._report)

    def stop(self) -> None:
        """Nothing is under way between two pictures."""

    def _made(self, scene_map: SceneMap) -> Perceiver:
        return Perceiver(self._settings, scene_map, self._body, self._library)

    def _listen_to_camera(self, part: str, kind: type) -> None:
        name = "info" if part == "camera_info" else part

        def on_part(message: Any) -> None:
            self._on_pictures(self._pairing.take(name, message))

        self.create_subscription(kind, f"head_camera/{part}", on_part, _CAMERA)

    def _listen_to_detections(self) -> None:
        for entry in self._settings.detectors:
            if entry.type != "published":
                continue

            def on_detections(message: Any, topic: str = entry.topic) -> None:
                self._on_detections(topic, message)

            kind = load_interface(entry.message)
            self._detections[entry.topic] = TfWait(self._values["tf_wait_s"])
            self.create_subscription(kind, entry.topic, on_detections, qos_profile_sensor_data)

    def _on_pictures(self, pictures: Pictures | None) -> None:
        if self._now() < self._since:
            self._since = 0.0  # a clock that went back
        if pictures is None or pictures.stamp <= self._since:
            return
        last = self._last if self._pictures.stamp is None else self._pictures.stamp
        if pictures.stamp - last >= 1.0 / self._values["rate"] - 1e-3 or pictures.stamp < last:
            self._pictures.put(pictures.stamp, pictures)
        self._look()

    def _on_tf(self, message: Any) -> None:
        self._tf.take(message)
        for topic in self._detections:
            self._take_detections(topic)
        self._look()

    def _look(self) -> None:
        """Look at the pictures that wait, if all that they need is there."""
        if self._perceiver is None:
            self._trouble = "no map of places yet (parameter places_file, or the topic scene_map)"
            return
        for pictures, poses in self._pictures.take(self._now(), self._poses):
            if poses is None:
                self._trouble = (
                    f"/tf does not lead from {MAP} to {pictures.frame_id} and the robot at the picture's time"
                )
            else:
                self._look_at(self._perceiver, pictures, poses)

    def _look_at(self, perceiver: Perceiver, pictures: Pictures, poses: dict[str, np.ndarray]) -> None:
        self._last = pictures.stamp
        try:
            self._see(perceiver, pictures, poses)
        except AgentPlannerError as error:
            self._tell(str(error), str(error))
        except Exception as error:  # noqa: BLE001 - a scene that falls silent must say why
            self._tell(" ".join(f"{type(error).__name__}: {error}".split()), traceback.format_exc())

    def _tell(self, trouble: str, details: str) -> None:
        if trouble != self._trouble:
            self.get_logger().error(f"a picture cannot be used: {details}")
        self._trouble = trouble

    def _see(self, perceiver: Perceiver, pictures: Pictures, poses: dict[str, np.ndarray]) -> None:
        began = time.perf_counter()
        frame = frame_of(pictures, poses[pictures.frame_id])
        opening = self._opening(pictures.stamp)
        tip = poses.get(self._values["end_effector_frame"])
        hand = Hand(tip, opening) if tip is not None and opening is not None else None
        floor = self._floor
        perceiver.look(frame, Robot(poses, hand), floor.covers if floor else None, self._instruction)
        reading = RobotReading(poses[self._values["base_frame"]], tip, opening or 0.0, *self._moving(pictures.stamp))
        self._scene.publish(seen_message(perceiver, pictures.stamp, reading))
        self._milliseconds = (time.perf_counter() - began) * 1e3
        self._trouble = "the pictures are distorted: publish rectified ones" if is_distorted(pictures.info) else ""

    def _poses(self, pictures: Pictures) -> dict[str, np.ndarray] | None:
        """Poses in the map, at the picture's time, of camera, base, hand and every link with a body."""
        needed = {pictures.frame_id, self._values["base_frame"]}
        if self._values["end_effector_frame"]:
            needed.add(self._values["end_effector_frame"])
        found = {}
        for name in needed | self._body.links:
            pose = self._tf.lookup(MAP, name, pictures.stamp)
            if pose is not None:
                found[name] = pose
            elif name in needed:
                return None
        return found

    def _opening(self, stamp: float) -> float | None:
        fingers = [self._joints.position(name, stamp) for name in self._fingers]
        known = [position for position in fingers if position is not None]
        return sum(known) if fingers and len(known) == len(fingers) else None

    def _moving(self, stamp: float) -> tuple[bool, bool]:
        twist = self._odom.twist.twist if self._odom is not None else None
        base = twist is not None and (
            math.hypot(twist.linear.x, twist.linear.y) > BASE_SPEED or abs(twist.angular.z) > TURN_SPEED
        )
        arm = self._arm or [name for name in self._joints.names if name not in self._fingers]
        return base, any(self._joints.speed(name, stamp) > JOINT_SPEED for name in arm)

    def _on_odom(self, message: Odometry) -> None:
        self._odom = message

    def _on_status(self, message: PlanStatus) -> None:
        self._instruction = message.instruction

    def _on_map(self, message: OccupancyGrid) -> None:
        self._floor = FreeFloor.of(message)

    def _on_description(self, message: String) -> None:
        try:
            self._body = RobotBody.parse(message.data)
        except AgentPlannerError as error:
            self.get_logger().error(str(error))
            return
        if self._perceiver is not None:
            self._perceiver.body = self._body

    def _on_scene_map(self, message: String) -> None:
        try:
            self._perceiver = self._made(SceneMap.parse(message.data, "scene_map"))
        except ConfigError as error:
            self.get_logger().error(f"a map of places cannot be used: {error}")
            return
        # Pictures from before are of what was before.
        self._since = self._now()
        for waiting in (self._pictures, *self._detections.values()):
            waiting.clear()

    def _on_detections(self, topic: str, message: Any) -> None:
        self._detections[topic].put(to_seconds(message.header.stamp), message)
        self._take_detections(topic)

    def _take_detections(self, topic: str) -> None:
        for message, pose in self._detections[topic].take(self._now(), self._pose_of):
            try:
                if pose is None:
                    way = f"from {MAP} to '{message.header.frame_id}'"
                    raise DetectionsError(f"/tf does not lead {way} at the time of what came on '{topic}'")
                found = detections_of(message, pose)
            except AgentPlannerError as error:
                self.get_logger().error(str(error), throttle_duration_sec=5.0)
                continue
            for detector in self._perceiver.chain.published if self._perceiver is not None else ():
                if detector.topic == topic:
                    detector.take(to_seconds(message.header.stamp), found)

    def _pose_of(self, message: Any) -> np.ndarray | None:
        return self._tf.lookup(MAP, message.header.frame_id or MAP, to_seconds(message.header.stamp))

    def _complain(self, text: str) -> None:
        self.get_logger().error(text, throttle_duration_sec=5.0)

    def _now(self) -> float:
        return self.get_clock().now().nanoseconds * 1e-9

    def _report(self) -> None:
        age = self._now() - self._last
        fresh = not self._trouble and abs(age) < 5.0
        status = DiagnosticStatus(name="camera_scene", level=DiagnosticStatus.OK if fresh else DiagnosticStatus.WARN)
        stale = f"no picture for {age:.0f} s" if age > 0 else f"the last picture is {-age:.0f} s ahead of the clock"
        status.message = self._trouble or ("looking" if fresh else stale)
        known = self._perceiver.tracker.tracks if self._perceiver is not None else ()
        values = {"milliseconds a picture": f"{self._milliseconds:.0f}", "things": len(known)}
        status.values = [KeyValue(key=k, value=str(v)) for k, v in values.items()]
        message = DiagnosticArray(status=[status])
        message.header.stamp = to_stamp(self._now())
        self._diagnostics.publish(message)


def _names(values: Sequence[str]) -> list[str]:
    return [name for name in values if name]


def main() -> None:
    """Entry point of the executable `camera_scene`."""
    sys.exit(run_node(CameraScene))


if __name__ == "__main__":
    main()
