# SPDX-License-Identifier: Apache-2.0
"""Gazebo as the simulator; executable ``gazebo_world``. It offers what the node of the embedded simulator offers."""

import json
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from agent_planner_interfaces.msg import SceneGraph
from agent_planner_interfaces.srv import HandOver
from builtin_interfaces.msg import Duration
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from geometry_msgs.msg import Twist
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from std_msgs.msg import Float64, Float64MultiArray
from std_srvs.srv import SetBool, Trigger
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from agent_planner.errors import AgentPlannerError, InfrastructureError
from agent_planner.ros.names import NEWEST
from agent_planner.ros.node_parameters import Declared, declare
from agent_planner.ros.process import run_node
from agent_planner.ros.timers import steady_timer
from agent_planner_sim.gazebo import bridge
from agent_planner_sim.gazebo.inbox import Inbox
from agent_planner_sim.gazebo.mirror import Mirror, Sent
from agent_planner_sim.gazebo.sdf_robot import CONTROLS, GZ_SYSTEMS, ROS2_CONTROL, STATE_RATE
from agent_planner_sim.gazebo.stage import Stage
from agent_planner_sim.gazebo.world_services import WorldServices
from agent_planner_sim.nodes.hands import lend_a_hand
from agent_planner_sim.nodes.robot_topics import RobotTopics
from agent_planner_sim.nodes.scene_message import scene_graph, stamp
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import BUILDERS, DEFAULT_ENTITIES, Scene, generate
from agent_planner_sim.scenes.bodies import item_body

PARAMETERS = (
    Declared("scene", "tidy", "Scene to generate at the next reset.", choices=tuple(BUILDERS), changeable=True),
    Declared("seed", 0, "Seed of the scene at the next reset.", changeable=True),
    Declared("must_have", list(DEFAULT_ENTITIES), "Entities that are there at every seed.", changeable=True),
    Declared("robot", "mobile_manipulator", "Robot that Gazebo was started with.", choices=tuple(ROBOTS)),
    Declared("control", GZ_SYSTEMS, "What moves the joints in Gazebo.", choices=CONTROLS),
    Declared("use_stamped", False, "cmd_vel is a TwistStamped instead of a Twist."),
    Declared("settle_timeout_s", 60.0, "Steady time that setting a scene may wait for the arm.", low=1.0, high=600.0),
)
_TRUTH_EVERY = 5  # states between two ground truths
_LOOK_S = 0.1


class GazeboWorld(Node):
    """Offers what a simulated robot does where Gazebo simulates; its name is ``simulator``, as clients expect.

    Topics: what `RobotTopics` lists, `sim/ground_truth` (SceneGraph, 10 Hz, hidden things too), `/diagnostics`.
    Services: `sim/reset`, `sim/pause` and `sim/hand_over`, as the embedded simulator has them; one that comes while a
    scene is being set is answered afterwards. Camera, scan and /clock
    come from the bridge directly. Towards the bridge: the topics and services named in `bridge`, under ``gazebo/``.

    The state is copied into a `Mirror`; physics and rendering are Gazebo's alone.
    """

    def __init__(self, **options: Any):
        super().__init__("simulator", **options)
        values = declare(self, PARAMETERS)
        self._robot = ROBOTS[values["robot"]]()
        self._period = 1.0 / STATE_RATE
        self._ros2_control = values["control"] == ROS2_CONTROL
        self._patience = values["settle_timeout_s"]
        self._paused = False
        self._fault = ""  # why the scene could not be set
        self._lock = threading.Lock()  # of the mirror
        self._one_at_a_time = threading.Lock()
        self._ready, self._ended = threading.Event(), threading.Event()
        self._velocity = self.create_publisher(Twist, bridge.VELOCITY, 1)
        arm = "arm_controller/joint_trajectory" if self._ros2_control else bridge.ARM
        self._arm = self.create_publisher(JointTrajectory, arm, 1)
        self._fingers = self.create_publisher(Float64, bridge.FINGERS, 1)
        self._hand = self.create_publisher(Float64MultiArray, "gripper_controller/commands", 1)
        self._truth = self.create_publisher(SceneGraph, "sim/ground_truth", NEWEST)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", 10)
        self._send = Sent(self._send_velocity, self._send_arm, self._send_opening)
        self._mirror = Mirror(self._generate(), self._robot, self._send)
        self._topics = RobotTopics(self, self._robot, self._submit, values["use_stamped"])
        self._world = WorldServices(self, self._ended)
        self._stage = Stage(self._world, self._robot, self)
        self._count = 0
        self._reported = 0.0

    # --- life

    def start(self) -> None:
        """Listen, and make the scene ready that Gazebo was started with."""
        self._inbox = Inbox(self.get_namespace(), self.context)
        own = MutuallyExclusiveCallbackGroup()
        self.create_timer(self._period, self._tick, callback_group=own)
        steady_timer(self, 1.0, self._report, own)
        # One after another: while a scene is being set, time must go on, and each that waited would hold a thread.
        services = MutuallyExclusiveCallbackGroup()
        self.create_service(Trigger, "sim/reset", self._on_reset, callback_group=services)
        self.create_service(SetBool, "sim/pause", self._on_pause, callback_group=services)
        self.create_service(HandOver, "sim/hand_over", self._on_hand_over, callback_group=services)
        self._beginning = threading.Thread(target=self._begin, name="begin", daemon=True)
        self._beginning.start()

    def stop(self) -> None:
        """The base stands, and nobody waits for the arm any more."""
        with self._lock:  # no tick comes after it
            self._ended.set()
            self._velocity.publish(Twist())
        self._beginning.join(1.0)

    def destroy_node(self) -> None:
        """Release everything."""
        if hasattr(self, "_inbox"):
            self._inbox.close()
        super().destroy_node()

    def _begin(self) -> None:
        try:
            with self._one_at_a_time:
                self._set(self._mirror.scene, self._stage.begin)
        except AgentPlannerError as error:
            if not self._ended.is_set():
                self.get_logger().error(str(error))

    def _set(self, scene: Scene, change: Callable[[Scene], None]) -> None:
        """Set a scene, then tell what holds for all of it, and begin to obey."""
        self._ready.clear()
        self._fault = ""
        try:
            change(scene)
            if self._paused:
                self._world.pause(True)
        except AgentPlannerError as error:
            self._fault = str(error)
            raise
        with self._lock:
            # All is where the scene has it. Gazebo tells that itself only when time goes on.
            self._mirror = self._mirror.of_another(scene)
            self._topics.publish_fixed(self._mirror, self._mirror.time)
            self._tell_state()
            self._tell_truth()
        self._ready.set()
        self.get_logger().info(f"scene '{scene.name}', seed {scene.seed}, running in Gazebo")

    # --- state

    def _generate(self) -> Scene:
        return generate(self._value("scene"), self._value("seed"), tuple(self._value("must_have") or ()))

    def _value(self, name: str) -> Any:
        return self.get_parameter(name).value

    def _tick(self) -> None:
        with self._lock:
            seen = self._inbox.read()
            if seen.time <= 0.0 or self._ended.is_set():
                return  # nothing has moved on, or nobody is to move it any more
            mirror = self._mirror
            mirror.see(seen)
            mirror.tick(self._period)
            if not self._ready.is_set():
                return  # where the robot waits is of no interest to others
            self._tell_state()
            self._count += 1
            if self._count % _TRUTH_EVERY == 0:
                self._tell_truth()

    def _tell_state(self) -> None:
        self._topics.publish_state(self._mirror, self._mirror.time)

    def _tell_truth(self) -> None:
        self._truth.publish(scene_graph(self._mirror, stamp(self._mirror.time)))

    def _report(self) -> None:
        moved, self._reported = self._mirror.time > self._reported, self._mirror.time
        level, text = DiagnosticStatus.OK, "running"
        if self._fault:
            level, text = DiagnosticStatus.ERROR, f"the scene is not set: {self._fault}"
        elif not moved:
            text = "paused" if self._paused else "nothing from Gazebo: does it run, and its bridge, and its time?"
            level = DiagnosticStatus.OK if self._paused else DiagnosticStatus.ERROR
        elif not self._ready.is_set():
            level, text = DiagnosticStatus.WARN, "the scene is being set"
        status = DiagnosticStatus(level=level, name="simulator", message=text, hardware_id="gazebo")
        scene = self._mirror.scene
        status.values = [KeyValue(key=k, value=str(v)) for k, v in (("scene", scene.name), ("seed", scene.seed))]
        message = DiagnosticArray(status=[status])
        message.header.stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(message)

    # --- commands

    def _submit(self, command: Callable[[Any], None]) -> None:
        with self._lock:
            if self._ready.is_set():
                command(self._mirror)

    def _send_velocity(self, linear: float, angular: float) -> None:
        message = Twist()
        message.linear.x, message.angular.z = linear, angular
        self._velocity.publish(message)

    def _send_arm(self, names: Sequence[str], times: np.ndarray, points: np.ndarray) -> None:
        if self._ros2_control and self._ready.is_set():
            return  # its controller hears the same topic itself
        message = JointTrajectory(joint_names=list(names))
        message.points = [
            JointTrajectoryPoint(positions=point, time_from_start=Duration(sec=int(t), nanosec=int(t % 1 * 1e9)))
            for t, point in zip(times.tolist(), points.tolist(), strict=True)
        ]
        self._arm.publish(message)

    def _send_opening(self, opening: float) -> None:
        if self._ros2_control:
            self._hand.publish(Float64MultiArray(data=[opening / 2, opening / 2]))
        else:
            self._fingers.publish(Float64(data=opening / 2))

    # --- setting a scene

    def heard(self) -> bool:
        """Whether Gazebo has told of the robot (see `stage.Folding`)."""
        return self._mirror.heard

    def now(self) -> float:
        """Return Gazebo's time."""
        return self._mirror.time

    def fold(self, seconds: float) -> None:
        """Send arm and hand to where an episode begins."""
        with self._lock:
            self._mirror.follow(self._robot.arm, [seconds], [self._robot.postures["stow"]])
            self._mirror.grip(self._robot.max_opening)

    def error(self) -> float:
        """Return the largest distance of an arm's joint from there, m or rad."""
        with self._lock:
            positions = self._mirror.joints().positions[: len(self._robot.arm)]
            return float(np.abs(positions - np.array(self._robot.postures["stow"])).max())

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Wait for something, for at most ``settle_timeout_s``."""
        for _ in range(int(self._patience / _LOOK_S)):
            if until():
                return
            if self._ended.wait(_LOOK_S):
                break
        raise InfrastructureError(f"{what}: not within {self._patience:.0f} s; do Gazebo and its time run?")

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        try:
            with self._one_at_a_time:
                scene = self._generate()
                self._stage.check(scene)
                self._set(scene, self._stage.change)
        except AgentPlannerError as error:
            response.success, response.message = False, str(error)
        else:
            told = {"scene": scene.name, "seed": scene.seed, "entities": scene.names}
            response.success, response.message = True, json.dumps(told)
        return response

    def _on_hand_over(self, request: HandOver.Request, response: HandOver.Response) -> HandOver.Response:
        try:
            with self._one_at_a_time:
                with self._lock:
                    lend_a_hand(self._mirror, request)
                    puts = self._mirror.taken_puts()
                # Without the mirror's lock: commands must not wait for Gazebo.
                for name, placement in puts:
                    self._world.set_pose(item_body(name), placement)
        except AgentPlannerError as error:
            response.success, response.message = False, str(error)
        else:
            response.success = True
        return response

    def _on_pause(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        try:
            with self._one_at_a_time:
                self._world.pause(request.data)
                self._paused = request.data
        except AgentPlannerError as error:
            response.success, response.message = False, str(error)
        else:
            response.success, response.message = True, "paused" if request.data else "running"
        return response


def main() -> None:
    """Entry point of the executable `gazebo_world`."""
    sys.exit(run_node(GazeboWorld, threads=4))
