# SPDX-License-Identifier: Apache-2.0
"""The simulator node: a simulated robot that offers what a real one does."""

import contextlib
import json
import math
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from agent_planner_interfaces.msg import SceneGraph
from agent_planner_interfaces.srv import HandOver
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rosgraph_msgs.msg import Clock
from std_srvs.srv import SetBool, Trigger

from agent_planner.errors import InfrastructureError, UserError
from agent_planner.ros.names import NEWEST
from agent_planner.ros.node_parameters import Declared, declare
from agent_planner.ros.process import spinning
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.nodes.hands import lend_a_hand
from agent_planner_sim.nodes.pacer import Pacer
from agent_planner_sim.nodes.picture_topics import PictureTopics, output_file
from agent_planner_sim.nodes.robot_topics import Command, RobotTopics
from agent_planner_sim.nodes.run import run_node
from agent_planner_sim.nodes.scene_message import scene_graph, stamp
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import BUILDERS, DEFAULT_ENTITIES, generate

PARAMETERS = (
    Declared("scene", "tidy", "Scene to generate at the next reset.", choices=tuple(BUILDERS), changeable=True),
    Declared("seed", 0, "Seed of the scene at the next reset.", changeable=True),
    Declared("must_have", list(DEFAULT_ENTITIES), "Entities that are there at every seed.", changeable=True),
    Declared("robot", "mobile_manipulator", "Robot to simulate.", choices=tuple(ROBOTS)),
    Declared("rtf", 1.0, "Simulated seconds a wall second; 0: as fast as possible.", low=0.0, high=1000.0),
    Declared("start_paused", False, "Wait for sim/pause (data: false) before time passes."),
    Declared("use_stamped", False, "cmd_vel is a TwistStamped instead of a Twist."),
    Declared("camera_rate", 1.0, "Head camera's pictures a simulated second, if anyone listens.", low=0.0, high=60.0),
    Declared("video_file", "", "Where to write a video (mp4) of the run; empty: none."),
    Declared("video_rate", 10, "Frames of the video a simulated second.", low=1, high=60),
    Declared("path_file", "", "Where to write a picture from above with the driven path (png); empty: none."),
)
_EPOCH = 1.0  # time zero means "no time yet" to ROS
_CLOCK_PERIOD = 0.01  # of the wall
_STATE_PERIOD, _TRUTH_PERIOD = 0.02, 0.1  # simulated
_DISCOVERY = 2.0
# On a busy machine an older simulator may be found as late as this after the start.
_YOUNG = 10.0
_ANSWER = 30.0


class Simulator:
    """Physics in the calling thread, ROS in another.

    Topics, besides what a robot offers (see `RobotTopics` and `PictureTopics`): `/clock`; `sim/ground_truth`
    (SceneGraph, 10 Hz, hidden things too, transient local, without relations); `/diagnostics`.

    Services: `sim/reset` (Trigger) builds the scene that the parameters `scene`, `seed` and `must_have` name and
    answers with JSON: scene, seed, entities; simulated time goes on. `sim/pause` (SetBool) stops and goes on.
    `sim/hand_over` (HandOver) does what a person beside the robot does, where it has a deck.

    Raises:
        UserError: a parameter is wrong, or another simulator or robot is on this ROS domain.
    """

    def __init__(self) -> None:
        self.node = Node("simulator")
        declare(self.node, PARAMETERS)
        endings = {"video_file": ".mp4", "path_file": ".png"}
        files = {name: output_file(name, self._value(name), ending) for name, ending in endings.items()}
        self._robot = ROBOTS[self._value("robot")]()
        known = time.monotonic()
        self._sim = self._generate()
        self._refuse_company(known)
        self._young_until = known + _YOUNG
        # Not a SimpleQueue: a signal near the time-out of its `get` makes that wait for ever (seen in CPython 3.11).
        self._commands: queue.Queue[Command] = queue.Queue()
        self._paused = self._value("start_paused")
        self._pacer = Pacer(self._value("rtf"))
        self._before = _EPOCH  # simulated time that earlier scenes took
        self._next: dict[str, float] = {}
        self._clock_due = self._report_due = 0.0
        self._measured = (time.monotonic(), self.now)
        self._clock = self.node.create_publisher(Clock, "/clock", 10)
        self._truth = self.node.create_publisher(SceneGraph, "sim/ground_truth", NEWEST)
        self._diagnostics = self.node.create_publisher(DiagnosticArray, "/diagnostics", 10)
        self._topics = RobotTopics(self.node, self._robot, self._commands.put, self._value("use_stamped"))
        self._pictures = PictureTopics(
            self.node,
            self._robot.camera,
            camera_rate=self._value("camera_rate"),
            video=(files["video_file"], self._value("video_rate")),
            path_picture=files["path_file"],
        )
        self.node.create_service(Trigger, "sim/reset", self._on_reset)
        self.node.create_service(SetBool, "sim/pause", self._on_pause)
        self.node.create_service(HandOver, "sim/hand_over", self._on_hand_over)
        self._ended = threading.Event()

    @property
    def now(self) -> float:
        """Simulated time in seconds, never going back."""
        return self._before + self._sim.time

    def run(self, stop: threading.Event) -> None:
        """Simulate until told to stop."""
        with spinning(SingleThreadedExecutor(), self.node):
            try:
                self._simulate(stop)
            finally:
                self._ended.set()

    def close(self) -> None:
        """Finish the video."""
        self._pictures.close(self._sim)
        self.node.destroy_node()

    def _simulate(self, stop: threading.Event) -> None:
        self._topics.publish_fixed(self._sim, self.now)
        self.node.get_logger().info(f"scene '{self._sim.scene.name}', seed {self._sim.scene.seed}, running")
        while not stop.is_set():
            self._obey()
            if self._paused or self._pictures.is_late(self.now):
                self._publish(state=False)
                self._wait(0.02 if self._paused else 0.002)
                continue
            self._sim.step()
            self._publish(state=True)
            wait = self._pacer.wait(self.now, time.monotonic())
            if wait > 0.0005:
                self._wait(wait)

    def _value(self, name: str) -> Any:
        return self.node.get_parameter(name).value

    def _generate(self) -> Simulation:
        scene = generate(self._value("scene"), self._value("seed"), tuple(self._value("must_have") or ()))
        return Simulation(scene, self._robot)

    def _refuse_company(self, known: float) -> None:
        """Look for others a while: commands meant for us would move a real robot, and two clocks confuse all.

        Args:
            known: since when, in steady time, others can have found the node.
        """
        velocity = self.node.resolve_topic_name("cmd_vel")
        end = known + _DISCOVERY
        never = threading.Event()
        while time.monotonic() < end:
            if self.node.count_publishers("/clock"):
                found = "another node publishes /clock"
            elif self.node.count_subscribers(velocity):
                found = f"another node listens to {velocity}"
            else:
                never.wait(0.1)
                continue
            raise _company(found)

    def _wait(self, seconds: float) -> None:
        """Wait, but carry out a command as soon as it comes."""
        with contextlib.suppress(queue.Empty):
            self._commands.get(timeout=seconds)(self._sim)

    def _obey(self) -> None:
        while True:
            try:
                self._commands.get_nowait()(self._sim)
            except queue.Empty:
                return

    def _publish(self, state: bool) -> None:
        wall, now = time.monotonic(), self.now
        if wall >= self._clock_due:
            self._clock_due = wall + _CLOCK_PERIOD
            self._clock.publish(Clock(clock=stamp(now)))
        if wall >= self._report_due:
            self._report(wall)
        if not state:
            return
        if self._is_due("state", _STATE_PERIOD):
            self._topics.publish_state(self._sim, now)
        if self._is_due("truth", _TRUTH_PERIOD):
            self._truth.publish(scene_graph(self._sim, stamp(now)))
        self._pictures.update(self._sim, now)

    def _is_due(self, what: str, period: float) -> bool:
        if self.now < self._next.get(what, 0.0) - 1e-6:
            return False
        self._next[what] = (math.floor(self.now / period + 1e-6) + 1) * period
        return True

    def _report(self, wall: float) -> None:
        self._report_due = wall + 1.0
        if wall < self._young_until and self.node.count_publishers("/clock") > 1:
            raise _company("another node publishes /clock")
        factor = (self.now - self._measured[1]) / max(wall - self._measured[0], 1e-6)
        self._measured = (wall, self.now)
        values = {
            "scene": self._sim.scene.name,
            "seed": self._sim.scene.seed,
            "paused": self._paused,
            "real time factor": f"{factor:.2f}",
        }
        status = DiagnosticStatus(level=DiagnosticStatus.OK, name="simulator", message="running")
        if self._pictures.failure:
            status.level, status.message = DiagnosticStatus.WARN, f"running without pictures: {self._pictures.failure}"
        status.values = [KeyValue(key=k, value=str(v)) for k, v in values.items()]
        message = DiagnosticArray(status=[status])
        message.header.stamp = stamp(self.now)
        self._diagnostics.publish(message)

    def _in_simulation(self, work: Callable[[Simulation], None]) -> None:
        """Have the simulating thread do something, and wait for it.

        Raises:
            InfrastructureError: it does not, or has ended.
        """
        done = threading.Event()

        def command(sim: Simulation) -> None:
            work(sim)
            done.set()

        self._commands.put(command)
        end = time.monotonic() + _ANSWER
        while not done.wait(0.1):
            if self._ended.is_set() or time.monotonic() > end:
                raise InfrastructureError(f"the simulation did not answer within {_ANSWER:.0f} s")

    def _on_reset(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        try:
            sim = self._generate()
            self._in_simulation(lambda _: self._replace(sim))
        except (UserError, InfrastructureError) as error:
            response.success, response.message = False, str(error)
        else:
            scene = sim.scene
            told = {"scene": scene.name, "seed": scene.seed, "entities": scene.names}
            response.success, response.message = True, json.dumps(told)
        return response

    def _replace(self, sim: Simulation) -> None:
        self._before = self.now + self._sim.time_step
        self._sim = sim
        self._pacer.restart()
        self._topics.publish_fixed(sim, self.now)
        self._topics.publish_state(sim, self.now)
        self._truth.publish(scene_graph(sim, stamp(self.now)))
        self._pictures.restart()

    def _on_pause(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        def pause(_: Simulation) -> None:
            self._paused = request.data
            self._pacer.restart()

        try:
            self._in_simulation(pause)
        except InfrastructureError as error:
            response.success, response.message = False, str(error)
            return response
        response.success, response.message = True, "paused" if request.data else "running"
        return response

    def _on_hand_over(self, request: HandOver.Request, response: HandOver.Response) -> HandOver.Response:
        refused: list[UserError] = []

        def hand_over(sim: Simulation) -> None:
            try:
                lend_a_hand(sim, request)
            except UserError as error:
                refused.append(error)

        try:
            self._in_simulation(hand_over)
        except InfrastructureError as error:
            response.message = str(error)
        else:
            response.success, response.message = not refused, str(refused[0]) if refused else ""
        return response


def _company(found: str) -> UserError:
    return UserError(
        f"{found} on this ROS domain, so the simulator does not start; end it, or choose another "
        "ROS_DOMAIN_ID (0 to 101) for both the simulator and its clients"
    )


def main() -> None:
    """Entry point of the executable `simulator`."""
    run_node(Simulator)
