# SPDX-License-Identifier: Apache-2.0
"""The two nodes as processes, seen by a client."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

rclpy = pytest.importorskip("rclpy")
pytest.importorskip("agent_planner_interfaces.msg")

from agent_planner_interfaces.msg import SceneGraph  # noqa: E402
from geometry_msgs.msg import Twist, Vector3  # noqa: E402
from nav_msgs.msg import OccupancyGrid, Odometry  # noqa: E402
from rcl_interfaces.srv import SetParameters  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from rclpy.qos import qos_profile_sensor_data  # noqa: E402
from rosgraph_msgs.msg import Clock  # noqa: E402
from sensor_msgs.msg import CameraInfo, Image, JointState  # noqa: E402
from std_msgs.msg import Float64, String  # noqa: E402
from std_srvs.srv import SetBool, Trigger  # noqa: E402
from tf2_msgs.msg import TFMessage  # noqa: E402
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint  # noqa: E402

from agent_planner.ros.names import NEWEST  # noqa: E402
from agent_planner_sim.robots import ROBOTS  # noqa: E402
from tests.processes import free_domain  # noqa: E402

pytestmark = [pytest.mark.sim, pytest.mark.ros]
LIMIT = 60.0
TOPICS = (
    (Clock, "/clock", 10),
    (Odometry, "odom", 10),
    (JointState, "joint_states", 10),
    (TFMessage, "/tf", 100),
    (TFMessage, "/tf_static", NEWEST),
    (OccupancyGrid, "map", NEWEST),
    (String, "robot_description", NEWEST),
    (SceneGraph, "scene_graph", NEWEST),
    (SceneGraph, "sim/ground_truth", NEWEST),
)


def command(module, *parameters):
    given = [x for p in parameters for x in ("-p", p)]
    code = f"from agent_planner_sim.nodes.{module} import main; main()"
    return [sys.executable, "-c", code, "--ros-args", *given]


class Client:
    def __init__(self, domain):
        self.context = rclpy.Context()
        rclpy.init(args=[], context=self.context, domain_id=domain)
        self.node = rclpy.create_node("client", context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.last, self.count = {}, {}
        for kind, name, qos in TOPICS:
            self.listen(kind, name, qos)
        self.velocity = self.node.create_publisher(Twist, "cmd_vel", 10)
        self.trajectory = self.node.create_publisher(JointTrajectory, "arm_controller/joint_trajectory", 10)
        self.gripper = self.node.create_publisher(Float64, "gripper_controller/command", 10)

    def listen(self, kind, name, qos):
        def take(message):
            self.last[name] = message
            self.count[name] = self.count.get(name, 0) + 1

        return self.node.create_subscription(kind, name, take, qos)

    def until(self, true, what, limit=LIMIT):
        end = time.monotonic() + limit
        while not true():
            assert time.monotonic() < end, f"{what} not within {limit} s"
            self.executor.spin_once(timeout_sec=0.05)

    @property
    def now(self):
        clock = self.last["/clock"].clock
        return clock.sec + clock.nanosec * 1e-9

    def let_pass(self, seconds):
        end = self.now + seconds
        self.until(lambda: self.now >= end, f"{seconds} simulated seconds")

    def call(self, kind, name, request):
        client = self.node.create_client(kind, name)
        self.until(client.service_is_ready, f"service {name}")
        future = client.call_async(request)
        self.until(future.done, f"answer of {name}")
        self.node.destroy_client(client)
        return future.result()

    def set(self, **values):
        parameters = [Parameter(name, value=value).to_parameter_msg() for name, value in values.items()]
        answer = self.call(SetParameters, "simulator/set_parameters", SetParameters.Request(parameters=parameters))
        assert all(result.successful for result in answer.results)

    def close(self):
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)


@pytest.fixture(scope="module")
def domain():
    return free_domain()


@pytest.fixture(scope="module")
def environment(domain):
    return os.environ | {"ROS_DOMAIN_ID": str(domain), "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}


@pytest.fixture(scope="module")
def client(domain, environment, tmp_path_factory):
    before = os.environ.get("ROS_AUTOMATIC_DISCOVERY_RANGE")
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    folder = tmp_path_factory.mktemp("run")
    files = (f"video_file:={folder / 'run.mp4'}", f"path_file:={folder / 'path.png'}")
    simulator = subprocess.Popen(
        command("simulator", "rtf:=2.0", "camera_rate:=5.0", "video_rate:=5", *files), env=environment
    )
    scene = subprocess.Popen(command("scene_from_simulator"), env=environment)
    client = Client(domain)
    try:
        client.until(lambda: all(name in client.last for _, name, _ in TOPICS), "all topics")
        yield client
    finally:
        client.close()
        for process in (scene, simulator):
            process.send_signal(signal.SIGINT)
        codes = [process.wait(30) for process in (scene, simulator)]
        if before is None:
            del os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"]
        else:
            os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = before
    assert codes == [0, 0]
    assert (folder / "run.mp4").stat().st_size > 1000
    assert (folder / "path.png").stat().st_size > 1000


def test_what_is_published_agrees_with_each_other(client):
    client.let_pass(0.5)
    frames = {t.child_frame_id: t for t in client.last["/tf"].transforms}
    fixed = {t.child_frame_id for t in client.last["/tf_static"].transforms}
    assert frames["odom"].header.frame_id == "map"
    assert frames["base_link"].header.frame_id == "odom"
    assert {"arm_link_7", "gripper_left_finger"} <= set(frames)
    assert fixed == {"base_scan", "end_effector", "head_camera_optical_frame"}
    base = client.last["sim/ground_truth"].robot.base.position
    assert frames["odom"].transform.translation.x == pytest.approx(base.x, abs=1e-3)  # it has not moved yet
    grid = client.last["map"]
    assert len(grid.data) == grid.info.width * grid.info.height
    assert set(grid.data) == {0, 100}
    assert client.last["robot_description"].data.startswith("<?xml")
    assert set(client.last["joint_states"].name) >= {f"arm_joint_{i}" for i in range(1, 8)}
    seen = {o.name for o in client.last["scene_graph"].objects}
    assert "red cube" in seen
    assert seen <= {o.name for o in client.last["sim/ground_truth"].objects}


def test_the_base_drives_as_told_and_stops_when_nobody_tells(client):
    start = client.last["odom"].pose.pose.position.x
    for _ in range(12):
        client.velocity.publish(Twist(linear=Vector3(x=0.2)))
        client.let_pass(0.1)
    assert client.last["odom"].twist.twist.linear.x == pytest.approx(0.2, abs=0.02)
    client.let_pass(1.2)
    assert client.last["odom"].twist.twist.linear.x == pytest.approx(0.0, abs=1e-3)
    assert 0.15 < client.last["odom"].pose.pose.position.x - start < 0.6


def test_arm_and_gripper_do_as_told(client):
    robot = ROBOTS["mobile_manipulator"]()
    message = JointTrajectory(joint_names=list(robot.arm))
    point = JointTrajectoryPoint(positions=list(robot.postures["home"]))
    point.time_from_start.sec = 2
    message.points = [point]
    client.trajectory.publish(message)
    client.gripper.publish(Float64(data=0.03))
    client.let_pass(3.0)
    positions = dict(zip(client.last["joint_states"].name, client.last["joint_states"].position, strict=True))
    for name, value in zip(robot.arm, robot.postures["home"], strict=True):
        assert positions[name] == pytest.approx(value, abs=0.01)
    assert positions["gripper_left_finger_joint"] == pytest.approx(0.015, abs=0.001)


def test_pictures_come_in_pairs_if_one_looks(client):
    images, depths = {}, {}

    def take(kept):
        return lambda m: kept.__setitem__((m.header.stamp.sec, m.header.stamp.nanosec), m)

    got = [
        client.node.create_subscription(Image, f"head_camera/{name}", take(kept), qos_profile_sensor_data)
        for name, kept in (("image", images), ("depth", depths))
    ]
    got.append(client.listen(CameraInfo, "head_camera/camera_info", qos_profile_sensor_data))
    client.until(lambda: set(images) & set(depths), "a pair of pictures")
    stamp = next(iter(set(images) & set(depths)))
    image, depth = images[stamp], depths[stamp]
    assert (image.encoding, depth.encoding) == ("rgb8", "16UC1")
    assert image.header.frame_id == "head_camera_optical_frame"
    assert len(depth.data) == depth.height * depth.step == depth.height * depth.width * 2
    client.until(lambda: "head_camera/camera_info" in client.last, "camera info")
    assert client.last["head_camera/camera_info"].width == image.width
    for subscription in got:
        client.node.destroy_subscription(subscription)


def test_paused_no_time_passes(client):
    assert client.call(SetBool, "sim/pause", SetBool.Request(data=True)).message == "paused"
    seen = client.count["/clock"]
    client.until(lambda: client.count["/clock"] > seen + 15, "clock while paused")
    then = client.now
    seen = client.count["/clock"]
    client.until(lambda: client.count["/clock"] > seen + 20, "clock while paused")
    assert client.now == then
    assert client.call(SetBool, "sim/pause", SetBool.Request(data=False)).success
    client.let_pass(0.3)


def test_a_reset_brings_the_scene_that_was_asked_for_and_time_goes_on(client):
    then = client.now
    client.set(scene="table_top", seed=5, must_have=["green ball", "yellow bin"])
    answer = client.call(Trigger, "sim/reset", Trigger.Request())
    told = json.loads(answer.message)
    assert (told["scene"], told["seed"]) == ("table_top", 5)
    assert {"green ball", "yellow bin"} <= set(told["entities"])
    client.until(lambda: "green ball" in {o.name for o in client.last["scene_graph"].objects}, "the new scene")
    client.let_pass(0.2)
    assert client.now > then
    assert client.last["odom"].pose.pose.position.x == pytest.approx(0.0, abs=1e-3)


def test_a_reset_that_cannot_be_is_told_and_changes_nothing(client):
    client.set(scene="table_top", must_have=["red elephant"])
    answer = client.call(Trigger, "sim/reset", Trigger.Request())
    assert not answer.success
    assert "cannot be given 'red elephant'" in answer.message
    client.let_pass(0.2)


def test_a_second_simulator_does_not_start(client, environment):
    ended = subprocess.run(command("simulator"), env=environment, capture_output=True, text=True, timeout=LIMIT)
    assert ended.returncode == 2
    assert "another node publishes /clock" in ended.stderr
    assert "ROS_DOMAIN_ID" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("module", "parameter", "told"),
    [
        ("simulator", "sede:=3", "no parameter 'sede'; did you mean 'seed'"),
        ("simulator", "seed", "parameter override rule: '-p seed'"),
        ("simulator", "seed:=some", "the parameter seed must be of type int"),
        ("simulator", "scene:=tidi", "did you mean 'tidy'"),
        ("simulator", "video_file:=/dev/null/run.mp4", "video_file is '/dev/null/run.mp4'"),
        ("simulator", "path_file:=path.gif", "path_file is 'path.gif'; its name must end in .png"),
        ("scene_from_simulator", "rate:=3", "no parameter 'rate'"),
    ],
)
def test_wrong_parameters_are_refused(environment, module, parameter, told):
    ended = subprocess.run(command(module, parameter), env=environment, capture_output=True, text=True, timeout=LIMIT)
    assert ended.returncode == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_signal_at_any_moment_does_not_make_it_wait_for_ever(tmp_path):
    handler = "import signal; signal.signal(signal.SIGUSR1, lambda *_: None)"
    python, c, code, *arguments = command("simulator", "camera_rate:=0.0")
    environment = os.environ | {"ROS_DOMAIN_ID": str(free_domain()), "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}
    log = tmp_path / "log"
    with log.open("w") as said:
        simulator = subprocess.Popen([python, c, f"{handler}; {code}", *arguments], env=environment, stderr=said)
    pause = threading.Event()
    end = time.monotonic() + LIMIT
    while "running" not in log.read_text():
        assert simulator.poll() is None and time.monotonic() < end, log.read_text()
        pause.wait(0.1)
    for _ in range(500):
        simulator.send_signal(signal.SIGUSR1)
        pause.wait(0.003)
    simulator.send_signal(signal.SIGINT)
    try:
        assert simulator.wait(LIMIT) == 0
    finally:
        simulator.kill()
