# SPDX-License-Identifier: Apache-2.0
"""The node `gazebo_world`, with a Gazebo that only writes down and moves at once what it is told to move."""

import json
import threading
import time

import pytest

rclpy = pytest.importorskip("rclpy")
pytest.importorskip("agent_planner_interfaces.msg")

from agent_planner_interfaces.action import AskPerson  # noqa: E402
from agent_planner_interfaces.msg import SceneGraph  # noqa: E402
from agent_planner_interfaces.srv import HandOver  # noqa: E402
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus  # noqa: E402
from geometry_msgs.msg import Twist  # noqa: E402
from nav_msgs.msg import OccupancyGrid, Odometry  # noqa: E402
from rclpy.executors import MultiThreadedExecutor, SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from sensor_msgs.msg import JointState  # noqa: E402
from std_msgs.msg import Float64, String  # noqa: E402
from std_srvs.srv import SetBool, Trigger  # noqa: E402
from tf2_msgs.msg import TFMessage  # noqa: E402
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint  # noqa: E402

from agent_planner.errors import InfrastructureError, UserError  # noqa: E402
from agent_planner.ros.names import NEWEST  # noqa: E402
from agent_planner.ros.process import spinning  # noqa: E402
from agent_planner_sim.gazebo import bridge, gazebo_node  # noqa: E402
from agent_planner_sim.nodes.hidden import observed  # noqa: E402
from agent_planner_sim.nodes.scene_message import pose, stamp  # noqa: E402
from agent_planner_sim.robots import ROBOTS  # noqa: E402
from agent_planner_sim.scenes import generate  # noqa: E402
from agent_planner_sim.scenes.description import Placement  # noqa: E402
from agent_planner_sim.transforms import quat_from_rpy  # noqa: E402
from tests.processes import free_domain  # noqa: E402

pytestmark = [pytest.mark.sim, pytest.mark.ros]
ROBOT = ROBOTS["mobile_manipulator"]()
LIMIT = 30.0
SPACE = "/gz"


class Gazebo:
    """Bridge, world services and physics: what is commanded is so at once."""

    def __init__(self, node, scene):
        self.node = node
        self.running = False
        self.calls = []
        self.joints = dict.fromkeys((*ROBOT.arm, *ROBOT.fingers), 0.0)
        self.base = scene.start
        self.objects = {f"item/{item.name}": item.placement for item in scene.items}
        self.velocities, self.fingers, self.arms = [], [], []
        self._time = 1.0
        self._lock = threading.Lock()
        make = node.create_publisher
        self._joints, self._parts = make(JointState, bridge.JOINTS, 10), make(JointState, bridge.PARTS, 10)
        self._odometry, self._objects = make(Odometry, bridge.ODOMETRY, 10), make(Odometry, bridge.OBJECTS, 100)
        node.create_subscription(Twist, bridge.VELOCITY, self.velocities.append, 10)
        node.create_subscription(Float64, bridge.FINGERS, self._on_fingers, 10)
        node.create_subscription(JointTrajectory, bridge.ARM, self._on_arm, 10)
        node.create_timer(0.02, self._step)

    def _on_arm(self, message):
        self.arms.append(message)
        self.joints.update(zip(message.joint_names, message.points[-1].positions, strict=True))

    def _on_fingers(self, message):
        self.fingers.append(message.data)
        self.joints.update(dict.fromkeys(ROBOT.fingers, message.data))

    def _step(self):
        if not self.running:
            return
        self._time += 0.02
        now = stamp(self._time)
        message = JointState(name=list(self.joints), position=list(self.joints.values()))
        message.velocity = [0.0] * len(self.joints)
        message.header.stamp = now
        self._joints.publish(message)
        self._odometry.publish(placed("base_link", self.base, now))
        with self._lock:
            for name, placement in self.objects.items():
                self._objects.publish(placed(name, placement, now))

    # --- the world services, in their place

    def pause(self, paused):
        self.running = not paused
        self.calls.append(("pause", paused))

    def spawn(self, name, sdf):
        self.calls.append(("spawn", name))

    def delete(self, name):
        self.calls.append(("delete", name))
        with self._lock:
            self.objects.pop(name, None)

    def set_pose(self, name, placement):
        if name in self.objects:
            self.objects[name] = placement
        else:
            self.base = placement
        self.calls.append(("set_pose", placement))


def placed(name, placement, now):
    message = Odometry(child_frame_id=name)
    message.header.frame_id, message.header.stamp = "map", now
    message.pose.pose = pose(placement[:3], quat_from_rpy((0.0, 0.0, placement.yaw)))
    return message


class World:
    """The node, its Gazebo, and a client."""

    def __init__(self, monkeypatch, context, parameters):
        self.scene = generate("tidy", 0)
        self.client = Node("client", namespace=SPACE, context=context)
        self.gazebo = Gazebo(self.client, self.scene)
        monkeypatch.setattr(gazebo_node, "WorldServices", lambda node, ended: self.gazebo)
        given = [Parameter(name, value=value) for name, value in parameters.items()]
        self.node = gazebo_node.GazeboWorld(namespace=SPACE, context=context, parameter_overrides=given)
        self.last, self.count = {}, {}

    def listen(self, kind, topic, qos=10):
        def take(message):
            self.last[topic] = message
            self.count[topic] = self.count.get(topic, 0) + 1

        self.client.create_subscription(kind, topic, take, qos)

    def until(self, true, what):
        end = time.monotonic() + LIMIT
        never = threading.Event()
        while not true():
            assert time.monotonic() < end, f"{what} not within {LIMIT} s"
            never.wait(0.02)

    def ask(self, kind, name, **fields):
        client = self.client.create_client(kind, name)
        assert client.wait_for_service(LIMIT)
        return client.call_async(kind.Request(**fields))

    def call(self, kind, name, **fields):
        future = self.ask(kind, name, **fields)
        self.until(future.done, name)
        return future.result()


@pytest.fixture
def start(monkeypatch):
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    context = rclpy.Context()
    rclpy.init(args=[], context=context, domain_id=free_domain())
    made = []

    def start(**parameters):
        world = World(monkeypatch, context, parameters)
        world.listen(SceneGraph, "sim/ground_truth", NEWEST)
        world.listen(JointState, "joint_states")
        world.listen(Odometry, "odom")
        world.listen(TFMessage, "/tf", 100)
        world.listen(OccupancyGrid, "map", NEWEST)
        world.listen(String, "robot_description", NEWEST)
        world.listen(DiagnosticArray, "/diagnostics")
        parts = (
            spinning(MultiThreadedExecutor(4, context=context), world.node),
            spinning(SingleThreadedExecutor(context=context), world.client),
        )
        world.node.start()
        for part in parts:
            part.__enter__()
        made.append((world, parts))
        world.until(lambda: "sim/ground_truth" in world.last, "the ground truth")
        return world

    yield start
    for world, parts in made:
        world.node.stop()
        for part in parts:
            part.__exit__(None, None, None)
        world.node.destroy_node()
        world.client.destroy_node()
    rclpy.shutdown(context=context)


def test_a_robot_in_gazebo_offers_what_every_robot_does(start):
    world = start()
    world.until(lambda: {"joint_states", "odom", "/tf", "map", "robot_description"} <= world.last.keys(), "topics")
    world.until(lambda: abs(world.last["odom"].pose.pose.position.x) < 1e-6, "odometry from the start on")
    joints = world.last["joint_states"]
    assert list(joints.name) == [*ROBOT.arm, *ROBOT.fingers]
    assert list(joints.position[:8]) == pytest.approx(list(ROBOT.postures["stow"]))
    frames = {t.child_frame_id: t for t in world.last["/tf"].transforms}
    start_pose = frames["odom"].transform.translation
    assert (start_pose.x, start_pose.y) == pytest.approx((world.scene.start.x, world.scene.start.y))
    truth = world.last["sim/ground_truth"]
    assert {o.name for o in truth.objects} == {item.name for item in world.scene.items}
    assert truth.robot.base.position.x == pytest.approx(world.scene.start.x)
    kinds = [kind for kind, _ in world.gazebo.calls]
    assert kinds == ["set_pose", "pause", "set_pose"]


def test_commands_reach_gazebo_limited_and_between_points(start):
    world = start()
    velocity = world.client.create_publisher(Twist, "cmd_vel", 10)
    message = Twist()
    message.linear.x = 3.0
    fastest = lambda: max((v.linear.x for v in world.gazebo.velocities), default=0.0)  # noqa: E731
    world.until(lambda: velocity.publish(message) or fastest() > 0.0, "a velocity")
    world.until(lambda: world.gazebo.velocities[-1].linear.x == 0.0, "the time-out")
    assert fastest() <= 0.5
    gripper = world.client.create_publisher(Float64, "gripper_controller/command", 10)
    world.until(lambda: gripper.publish(Float64(data=0.02)) or 0.01 in world.gazebo.fingers, "half an opening a finger")
    arm = world.client.create_publisher(JointTrajectory, "arm_controller/joint_trajectory", 10)
    point = JointTrajectoryPoint(positions=[0.3])
    point.time_from_start.sec = 1
    trajectory = JointTrajectory(joint_names=["arm_joint_1"], points=[point])
    before = len(world.gazebo.arms)
    world.until(lambda: arm.publish(trajectory) or len(world.gazebo.arms) > before, "a trajectory")
    assert len(world.gazebo.arms[-1].points) == 50
    assert list(world.gazebo.arms[-1].joint_names) == list(ROBOT.arm)


def test_a_reset_sets_another_scene(start):
    world = start()
    values = [Parameter("scene", value="apartment"), Parameter("seed", value=2)]
    assert all(result.successful for result in world.node.set_parameters(values))
    response = world.call(Trigger, "sim/reset")
    assert response.success, response.message
    other = generate("apartment", 2)
    assert json.loads(response.message) == {"scene": "apartment", "seed": 2, "entities": other.names}
    told = lambda: {o.name for o in world.last["sim/ground_truth"].objects}  # noqa: E731
    world.until(lambda: told() == {item.name for item in other.items}, "the other scene's truth")
    assert world.gazebo.base == other.start
    spawned = {name for kind, name in world.gazebo.calls if kind == "spawn"}
    assert {f"item/{item.name}" for item in other.items} <= spawned


def test_what_cannot_be_built_is_told_and_the_scene_stays(start):
    world = start()
    world.node.set_parameters([Parameter("must_have", value=["red elephant"])])
    response = world.call(Trigger, "sim/reset")
    assert not response.success and "red elephant" in response.message
    assert not [name for kind, name in world.gazebo.calls if kind == "delete"]
    seen = world.count["sim/ground_truth"]
    world.until(lambda: world.count["sim/ground_truth"] > seen, "the truth of the scene that stays")


def test_a_fixed_robot_whose_reset_is_refused_goes_on_telling(start):
    world = start(robot="fixed_arm", scene="table_top")
    world.node.set_parameters([Parameter("scene", value="apartment")])
    response = world.call(Trigger, "sim/reset")
    assert not response.success and "is fixed where Gazebo was started" in response.message
    seen = world.count["sim/ground_truth"]
    world.until(lambda: world.count["sim/ground_truth"] > seen, "the truth of the scene that stays")


def test_what_a_person_hands_over_is_put_there_by_gazebo_or_refused(start):
    world = start(robot="delivery_base")
    cube = world.gazebo.objects["item/red cube"]
    world.gazebo.base = Placement(cube.x - 0.5, cube.y, 0.0, 0.0)
    base = lambda: world.last["sim/ground_truth"].robot.base.position  # noqa: E731
    world.until(lambda: (base().x, base().y) == pytest.approx((cube.x - 0.5, cube.y)), "the base at the cube")
    response = world.call(HandOver, "sim/hand_over", task=AskPerson.Goal.LOAD, object="red cube")
    assert response.success, response.message
    put = world.gazebo.objects["item/red cube"]
    assert (put.x, put.y) == pytest.approx((cube.x - 0.45, cube.y), abs=0.01) and put.z > 0.62
    world.until(lambda: observed(world.last["sim/ground_truth"]).robot.holding == "red cube", "the cube on the deck")
    response = world.call(HandOver, "sim/hand_over", task=AskPerson.Goal.LOAD, object="red cube")
    assert (response.success, response.message) == (False, "the deck is taken by 'red cube'")
    assert world.gazebo.objects["item/red cube"] == put


def test_time_stops_and_goes_on(start):
    world = start()
    assert world.call(SetBool, "sim/pause", data=True).message == "paused"
    assert world.gazebo.calls[-1] == ("pause", True)
    assert world.call(SetBool, "sim/pause", data=False).message == "running"
    assert world.gazebo.calls[-1] == ("pause", False)


def test_a_pause_that_comes_while_a_scene_is_set_holds_once_it_is_set(start):
    world = start()
    world.until(lambda: "/diagnostics" in world.last, "diagnostics")
    spawning, go_on = threading.Event(), threading.Event()
    spawn = world.gazebo.spawn

    def slowly(name, sdf):
        spawning.set()
        go_on.wait(LIMIT)
        spawn(name, sdf)

    world.gazebo.spawn = slowly
    reset = world.ask(Trigger, "sim/reset")
    assert spawning.wait(LIMIT)
    pauses = [world.ask(SetBool, "sim/pause", data=True) for _ in range(5)]
    told = world.count["/diagnostics"]
    world.until(lambda: world.count["/diagnostics"] > told + 1, "diagnostics: not every thread waits")
    assert not any(pause.done() for pause in pauses)
    go_on.set()
    world.until(reset.done, "the reset")
    assert reset.result().success, reset.result().message
    world.until(lambda: all(pause.done() for pause in pauses), "the pauses")
    assert {pause.result().message for pause in pauses} == {"paused"}
    assert world.gazebo.calls[-1] == ("pause", True)


def test_a_scene_that_is_set_while_time_stands_is_told(start):
    world = start()
    assert world.call(SetBool, "sim/pause", data=True).success
    world.node.set_parameters([Parameter("seed", value=1)])
    assert world.call(Trigger, "sim/reset").success
    assert world.gazebo.calls[-1] == ("pause", True)
    other = generate("tidy", 1)
    told = lambda: {o.name for o in world.last["sim/ground_truth"].objects}  # noqa: E731
    world.until(lambda: told() == {item.name for item in other.items}, "the other scene's truth")
    base = world.last["sim/ground_truth"].robot.base.position
    assert (base.x, base.y) == pytest.approx((other.start.x, other.start.y))


def test_a_scene_that_could_not_be_set_stays_told_until_one_is(start):
    world = start()
    spawn = world.gazebo.spawn

    def refuse(name, sdf):
        raise InfrastructureError("Gazebo did not add it")

    world.gazebo.spawn = refuse
    assert not world.call(Trigger, "sim/reset").success
    world.until(lambda: "/diagnostics" in world.last, "diagnostics")
    status = lambda: world.last["/diagnostics"].status[0]  # noqa: E731
    world.until(lambda: status().message == "the scene is not set: Gazebo did not add it", "diagnostics")
    assert status().level == DiagnosticStatus.ERROR
    world.gazebo.spawn = spawn
    assert world.call(Trigger, "sim/reset").success
    world.until(lambda: status().level == DiagnosticStatus.OK, "diagnostics")


def test_parameters_that_are_not_known_are_refused(monkeypatch):
    context = rclpy.Context()
    rclpy.init(args=[], context=context)
    try:
        with pytest.raises(UserError, match="did you mean 'control'"):
            World(monkeypatch, context, {"controll": "gz_systems"})
    finally:
        rclpy.shutdown(context=context)
