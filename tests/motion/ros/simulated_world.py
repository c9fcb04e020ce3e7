# SPDX-License-Identifier: Apache-2.0
"""The motion servers and the simulator as processes, and the world as a client of them sees it."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

from action_msgs.msg import GoalStatus
from agent_planner_interfaces.action import (
    MoveArm,
    NavigateTo,
    OperateDoor,
    OperateGripper,
    Pick,
    Place,
)
from agent_planner_interfaces.msg import SceneGraph
from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
from rcl_interfaces.srv import SetParameters
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_srvs.srv import Trigger

from agent_planner.ros.names import NEWEST
from agent_planner.ros.process import spinning
from tests.motion.ros.clients import SECONDS, Actions, wait_for

SUCCEEDED = GoalStatus.STATUS_SUCCEEDED
KINDS = {
    "navigate_to": NavigateTo,
    "move_arm": MoveArm,
    "pick": Pick,
    "place": Place,
    "operate_gripper": OperateGripper,
    "operate_door": OperateDoor,
}
RESULT_SECONDS = 200.0


def command(module, *arguments):
    return [sys.executable, "-c", f"from {module} import main; main()", "--ros-args", *arguments]


class World:
    """The simulated world as a client sees it."""

    def __init__(self, node):
        self._node = node
        self._news = threading.Condition()
        self.last = {}
        for topic, kind, qos in (
            ("scene_graph", SceneGraph, NEWEST),
            ("odom", Odometry, 10),
            ("/diagnostics", DiagnosticArray, 10),
        ):
            node.create_subscription(kind, topic, lambda m, t=topic: self._take(t, m), qos)
        self.actions = Actions(node, KINDS)

    def _take(self, topic, message):
        with self._news:
            if topic == "/diagnostics":
                for status in message.status:
                    self.last[status.name] = status
            self.last[topic] = message
            self._news.notify_all()

    def until(self, true, what, seconds=SECONDS):
        with self._news:
            assert self._news.wait_for(true, seconds), f"{what} not within {seconds} s"

    def call(self, kind, name, request):
        client = self._node.create_client(kind, name)
        assert client.wait_for_service(SECONDS), name
        answer = wait_for(client.call_async(request), f"an answer of {name}")
        self._node.destroy_client(client)
        return answer

    def reset(self, scene, seed, must_have):
        values = {"scene": scene, "seed": seed, "must_have": list(must_have)}
        given = [Parameter(name, value=value).to_parameter_msg() for name, value in values.items()]
        answer = self.call(SetParameters, "simulator/set_parameters", SetParameters.Request(parameters=given))
        assert all(result.successful for result in answer.results)
        told = self.call(Trigger, "sim/reset", Trigger.Request())
        assert told.success, told.message
        names = set(json.loads(told.message)["entities"])
        stamp = self.now
        self.until(lambda: self.now > stamp + 1.0 and {p.name for p in self.scene.places} <= names, "the new scene")

    @property
    def scene(self):
        return self.last["scene_graph"]

    @property
    def now(self):
        stamp = self.scene.header.stamp
        return stamp.sec + stamp.nanosec * 1e-9

    @property
    def speed(self):
        twist = self.last["odom"].twist.twist
        return abs(twist.linear.x), abs(twist.angular.z)

    @property
    def facts(self):
        return {(r.name, r.a, r.b) for r in self.scene.relations}

    def place(self, name):
        return next(p for p in self.scene.places if p.name == name)

    def do(self, action, **goal):
        """Send a goal, wait for its end, then for a scene that is younger."""
        status, result = self.actions.send(action, **goal).result(RESULT_SECONDS)
        stamp = self.now
        self.until(lambda: self.now > stamp, "a younger scene")
        return status, result

    def succeed(self, action, **goal):
        status, result = self.do(action, **goal)
        assert (status, result.error_code) == (SUCCEEDED, 0), f"{action} {goal}: {result.error_code} {result.error_msg}"
        return result


@contextmanager
def simulated_world(context, domain, *parameters):
    """Simulator, scene and motion servers as processes, the servers with further parameters (NAME:=VALUE)."""
    # There is no supervisor here, whose multiplexer turns one into the other.
    given = ["-r", "cmd_vel_skills:=cmd_vel", *(word for p in parameters for word in ("-p", p))]
    environment = os.environ | {"ROS_DOMAIN_ID": str(domain), "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}
    # Each gives up where another listens to cmd_vel, so the simulator comes first.
    started = {
        "simulator": ("agent_planner_sim.nodes.simulator", "-p", "rtf:=2.0", "-p", "camera_rate:=0.0"),
        "scene": ("agent_planner_sim.nodes.scene_from_simulator",),
        "motion": ("agent_planner_motion.motion_servers", "-p", "use_sim_time:=true", *given),
    }
    node = Node("client", context=context)
    processes = {}
    with spinning(SingleThreadedExecutor(context=context), node):
        world = World(node)
        try:
            for name, what in started.items():
                processes[name] = subprocess.Popen(command(*what), env=environment)
                if name == "simulator":
                    world.until(lambda: "odom" in world.last, "the simulator")
            world.until(lambda: "scene_graph" in world.last, "the scene")
            world.actions.wait()
            yield world
        finally:
            codes = {}
            for name, process in reversed(processes.items()):
                process.send_signal(signal.SIGINT)
                codes[name] = process.wait(30)
            world.actions.destroy()
    node.destroy_node()
    assert set(codes.values()) == {0}, codes
