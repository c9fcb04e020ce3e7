# SPDX-License-Identifier: Apache-2.0
"""The launch files, really launched, where ROS launch is installed."""

import json
import os
import signal
import time

import pytest

pytest.importorskip("launch_ros", reason="launch_ros is not installed (it comes with ROS from apt, not as a wheel)")
rclpy = pytest.importorskip("rclpy")
pytest.importorskip("agent_planner_interfaces.msg")

from lifecycle_msgs.srv import GetState  # noqa: E402
from rcl_interfaces.srv import GetParameters  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from std_msgs.msg import Bool  # noqa: E402

from agent_planner.ros.names import NEWEST  # noqa: E402
from tests.launch.conftest import SECONDS, new_package, new_program  # noqa: E402

pytestmark = pytest.mark.ros
_ACTIVE = 3
_TRY_S = 5.0


class Client:
    def __init__(self, domain):
        self.context = rclpy.Context()
        rclpy.init(args=[], context=self.context, domain_id=domain)
        self.node = rclpy.create_node("client", context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.stopped = None

    def until(self, true, what):
        end = time.monotonic() + SECONDS
        while not true():
            assert time.monotonic() < end, f"{what} not within {SECONDS} s"
            self.executor.spin_once(timeout_sec=0.1)

    def call(self, kind, name, **fields):
        """The answer of a service. A try may go to a server that was killed and is not yet known to be gone."""
        client = self.node.create_client(kind, name)
        tries = []

        def answered():
            now = time.monotonic()
            if client.service_is_ready() and (not tries or now - tries[-1][1] > _TRY_S):
                tries.append((client.call_async(kind.Request(**fields)), now))
            return any(future.done() for future, _ in tries)

        self.until(answered, f"answer of {name}")
        self.node.destroy_client(client)
        return next(future.result() for future, _ in tries if future.done())

    def parameter(self, node, name):
        value = self.call(GetParameters, f"{node}/get_parameters", names=[name]).values[0]
        return (None, value.bool_value, value.integer_value, value.double_value, value.string_value)[value.type]

    def is_active(self, planner):
        return self.call(GetState, f"{planner}/get_state").current_state.id == _ACTIVE

    def listen(self, topic):
        def take(message):
            self.stopped = message.data

        self.node.create_subscription(Bool, topic, take, NEWEST)

    def topics(self):
        return {name for name, _ in self.node.get_topic_names_and_types()}

    def close(self):
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)


@pytest.fixture
def client(launch_environment):
    client = Client(int(launch_environment["ROS_DOMAIN_ID"]))
    yield client
    client.close()


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.json"
    path.write_text(json.dumps(["none"]))
    return path


def test_bringup_makes_the_planner_active_in_its_namespace(launch, client, script):
    given = ("namespace:=rob", "scene_source:=none", f"model:=scripted:{script}", "level:=raw", "use_sim_time:=true")
    launched = launch("bringup.launch.py", *given, "r:scene_graph:=seen")
    client.until(lambda: client.is_active("/rob/planner"), "the planner's activation")
    assert client.parameter("/rob/planner", "level") == "raw"
    assert client.parameter("/rob/planner", "autonomy") == "confirm"  # of the parameter file
    assert client.parameter("/rob/planner", "model") == f"scripted:{script}"
    assert client.parameter("/rob/planner", "use_sim_time") is True
    assert client.parameter("/rob/supervisor", "use_sim_time") is True
    client.until(lambda: {"/rob/seen", "/rob/cmd_vel"} <= client.topics(), "topics in the namespace")
    assert "/rob/scene_graph" not in client.topics()
    assert launched.interrupt() == 0


def test_a_supervisor_that_dies_comes_back_stopped(launch, client, script):
    launched = launch("bringup.launch.py", "namespace:=rob", "scene_source:=none", f"model:=scripted:{script}")
    client.listen("/rob/stop_active")
    client.until(lambda: client.stopped is False, "the supervisor")
    os.kill(launched.child("supervisor"), signal.SIGKILL)
    client.until(lambda: client.stopped is True, "the supervisor's return")
    assert client.parameter("/rob/supervisor", "start_stopped") is True


def test_a_planner_that_dies_comes_back_active(launch, client, script):
    launched = launch("bringup.launch.py", "namespace:=rob", "scene_source:=none", f"model:=scripted:{script}")
    client.until(lambda: client.is_active("/rob/planner"), "the planner's activation")
    before = launched.child("planner")
    os.kill(before, signal.SIGKILL)
    client.until(lambda: launched.child("planner") not in (None, before), "a new process")
    client.until(lambda: client.is_active("/rob/planner"), "the planner's activation")


def test_a_program_that_refuses_its_parameters_ends_the_launch(launch):
    launched = launch("bringup.launch.py", "scene_source:=none", "level:=wrong")
    launched.ended()
    assert "the parameter level is 'wrong'" in launched.said()
    assert "process[planner-1] was required" in launched.said()


def test_an_argument_of_another_type_is_told(launch):
    launched = launch("bringup.launch.py", "scene_source:=none", "respawn:=perhaps")
    assert launched.ended() != 0
    assert "respawn:=perhaps must be true or false" in launched.said()


def test_a_robot_needs_its_skills(launch):
    launched = launch("robot.launch.py")
    assert launched.ended() != 0
    assert "skills" in launched.said()


@pytest.mark.sim
def test_the_simulated_robot_comes_up(launch, client, script):
    launched = launch("sim.launch.py", "scene:=table_top", "seed:=3", f"model:=scripted:{script}", "namespace:=rob")
    launched.until("scene 'table_top', seed 3, running")
    client.until(lambda: client.is_active("/rob/planner"), "the planner's activation")
    assert client.parameter("/rob/planner", "use_sim_time") is True
    assert client.parameter("/rob/simulator", "use_sim_time") is False
    assert client.parameter("/rob/motion_servers", "use_sim_time") is True
    wanted = {"/clock", "/rob/scene_graph", "/rob/sim/ground_truth", "/rob/joint_states", "/rob/cmd_vel_skills"}
    client.until(lambda: wanted <= client.topics(), "the robot's topics")
    assert launched.interrupt() == 0


REPORT = """
import json, os, sys, threading
with open(os.environ["REPORT"], "a") as report:
    print(json.dumps([sys.argv, os.environ["GZ_PARTITION"]]), file=report)
threading.Event().wait(60)
"""


@pytest.fixture
def gazebo_environment(launch_environment, tmp_path):
    """Programs by the names of Gazebo's and the bridge's, which write down how they were started, and wait."""
    prefix = tmp_path / "gazebo"
    new_package(prefix, "ros_gz_bridge")
    for package, name in (("ros_gz_bridge", "parameter_bridge"), ("bin", "gz")):
        new_program(prefix, package, name, REPORT)
    return {
        "PATH": os.pathsep.join([str(prefix / "lib" / "bin"), launch_environment["PATH"]]),
        "AMENT_PREFIX_PATH": os.pathsep.join([str(prefix), launch_environment["AMENT_PREFIX_PATH"]]),
        "REPORT": str(tmp_path / "report"),
        "TMPDIR": str(tmp_path),
    }


@pytest.mark.sim
def test_gazebo_is_started_with_world_bridge_and_a_partition_of_its_own(launch, gazebo_environment, tmp_path):
    launched = launch("gazebo.launch.py", "scene:=table_top", "seed:=4", "gui:=true", "rtf:=2.0", **gazebo_environment)
    # Without the bridge's interfaces the node that needs them says so and takes everything with it.
    launched.ended()
    assert "ros_gz_interfaces/srv/ControlWorld is not installed" in launched.said()
    assert "was required: shutting down" in launched.said()
    started = [eval(line) for line in (tmp_path / "report").read_text().splitlines()]
    programs = [argv[0].rpartition("/")[2] for argv, _ in started]
    assert sorted(programs) == ["gz", "gz", "parameter_bridge"]
    assert len({partition for _, partition in started}) == 1
    (server,) = [argv for argv, _ in started if "-s" in argv]
    assert server[-1].endswith("table_top_4.sdf") and "--headless-rendering" not in server
    (bridge,) = [argv for argv, _ in started if argv[0].endswith("parameter_bridge")]
    assert "/world/agent_planner/control@ros_gz_interfaces/srv/ControlWorld" in bridge
    assert not list(tmp_path.glob("agent_planner_gazebo_*")), "the folder of the launch is left"


def test_without_gazebo_that_is_told(launch, launch_environment):
    launched = launch("gazebo.launch.py", PATH="/usr/bin:/bin")
    assert launched.ended() != 0
    assert "gz is not on the PATH; install ros-jazzy-ros-gz, or take sim:=mujoco" in launched.said()
