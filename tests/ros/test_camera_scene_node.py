# SPDX-License-Identifier: Apache-2.0
"""The node, live: pictures in, scenes out."""

import math
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from agent_planner_interfaces.msg import SceneGraph
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import TransformStamped, Twist, TwistWithCovariance, Vector3
from nav_msgs.msg import Odometry
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image, JointState
from std_msgs.msg import String

from agent_planner.errors import UserError
from agent_planner.perception.perceiver import Perceiver
from agent_planner.perception.rigid import quaternion, transform
from agent_planner.ros.camera_scene_node import CameraScene
from agent_planner.ros.messages import to_scene, to_seconds, to_stamp
from agent_planner.ros.process import spinning
from tests.perception.scenery import RED, box, camera_at, floor, picture, table
from tests.perception.test_published import item
from tests.ros.waits import Ear

tf2 = pytest.importorskip("tf2_msgs.msg")

LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
MAP = """
places:
- {name: desk, pose: [0.9, 0, 0.35, 0], size: [0.5, 0.6, 0.7]}
- name: drawer
  pose: [3, 0, 0.5, 0]
  size: [0.3, 0.4, 0.1]
  affordances: [container, openable]
  opens: {mechanism: drawer, travel: 0.2, handle: [3.2, 0, 0.5, 0, 0, 0, 1], moves: true}
objects:
- {name: my cube, category: cube}
"""
CUBE = box(0.8, 0.1, 0.72, (0.04, 0.04, 0.04), RED)


class FakeCamera:
    """A robot that stands still before a desk and looks at it."""

    def __init__(self, node):
        self._node = node
        publish = node.create_publisher
        self._image = publish(Image, "head_camera/image", qos_profile_sensor_data)
        self._depth = publish(Image, "head_camera/depth", qos_profile_sensor_data)
        self._info = publish(CameraInfo, "head_camera/camera_info", qos_profile_sensor_data)
        self._joints = publish(JointState, "joint_states", 10)
        self._static = publish(tf2.TFMessage, "/tf_static", LATCHED)
        self._moving = publish(tf2.TFMessage, "/tf", 100)
        self.map = publish(String, "scene_map", LATCHED)
        self.tip = transform((0.5, 0.0, 1.0), (1.0, 0.0, 0.0, 0.0))
        self.opening = 0.085
        self.solids = [floor(), table(), CUBE]

    def place(self):
        self._static.publish(self._frames())

    def move(self, stamp):
        """As `place`, but for one moment."""
        self._moving.publish(self._frames(stamp))

    def _frames(self, stamp=0.0):
        frames = {"base_link": np.eye(4), "camera": camera_at(), "end_effector": self.tip}
        return tf2.TFMessage(transforms=[_transform(name, pose, stamp) for name, pose in frames.items()])

    def shoot(self):
        """Publish a picture; returns its stamp."""
        now = self._node.get_clock().now().to_msg()
        frame = picture(self.solids)
        height, width = frame.shape
        joints = JointState(name=["left", "right"], position=[self.opening / 2] * 2, velocity=[0.0, 0.0])
        joints.header.stamp = now
        self._joints.publish(joints)
        info = CameraInfo(height=height, width=width)
        k = frame.intrinsics
        info.k = [k.fx, 0.0, k.cx, 0.0, k.fy, k.cy, 0.0, 0.0, 1.0]
        image = Image(height=height, width=width, encoding="rgb8", step=3 * width, data=frame.image.tobytes())
        depth = Image(height=height, width=width, encoding="32FC1", step=4 * width, data=frame.depth.tobytes())
        for message, publisher in ((info, self._info), (image, self._image), (depth, self._depth)):
            message.header.stamp, message.header.frame_id = now, "camera"
            publisher.publish(message)
        return to_seconds(now)


def _transform(child, pose, stamp=0.0):
    message = TransformStamped(child_frame_id=child)
    message.header.frame_id, message.header.stamp = "map", to_stamp(stamp)
    t, r = message.transform.translation, message.transform.rotation
    t.x, t.y, t.z = (float(v) for v in pose[:3, 3])
    r.x, r.y, r.z, r.w = quaternion(pose)
    return message


def parameters(**values):
    return [Parameter(name, value=value) for name, value in values.items()]


@pytest.fixture
def camera_scene(namespace):
    made = CameraScene(namespace=namespace, parameter_overrides=parameters(finger_joints=["left", "right"]))
    made.start()
    with spinning(SingleThreadedExecutor(), made):
        yield made
    made.destroy_node()


@pytest.fixture
def camera(node):
    fake = FakeCamera(node)
    fake.place()
    return fake


@pytest.fixture
def shooting(node, camera, camera_scene):
    """The camera, its map told, a picture every fifth of a second."""
    camera.map.publish(String(data=MAP))
    stop = threading.Event()

    def run():
        while not stop.wait(0.2):
            camera.shoot()

    thread = threading.Thread(target=run)
    thread.start()
    yield camera
    stop.set()
    thread.join()


def seen(message, *names):
    return {o.name for o in message.objects} == set(names)


def test_a_picture_becomes_a_scene_of_its_own_time(node, shooting):
    ear = Ear(node, SceneGraph, "scene_graph", DurabilityPolicy.TRANSIENT_LOCAL)
    message = ear.until(lambda m: seen(m, "my cube") and m.robot.gripper_opening > 0)
    scene = to_scene(message)
    cube = scene.entity("my cube")
    assert math.dist(cube.pose[:3], CUBE.pose[:3, 3]) < 0.004
    assert (cube.category, cube.color, cube.age_s) == ("cube", "red", 0.0)
    assert scene.location("my cube").b == "desk"
    assert scene.at and scene.robot.gripper_opening == pytest.approx(0.085)
    drawer = next(p for p in message.places if p.name == "drawer")
    assert not drawer.is_open and not drawer.explored and drawer.mechanism == "drawer"
    assert drawer.handle.position.x == pytest.approx(3.2) and drawer.travel == pytest.approx(0.2)
    assert 0 <= node.get_clock().now().nanoseconds * 1e-9 - scene.stamp < 20


def test_what_is_taken_away_is_gone_and_what_is_grasped_is_held(node, shooting):
    ear = Ear(node, SceneGraph, "scene_graph")
    ear.until(lambda m: seen(m, "my cube"))
    shooting.tip = transform((0.8, 0.1, 0.73), (1.0, 0.0, 0.0, 0.0))
    shooting.opening = 0.04
    shooting.place()
    held = ear.until(lambda m: m.robot.holding == "my cube")
    assert "on" not in {r.name for r in held.relations if r.a == "my cube"}
    shooting.opening = 0.085
    ear.until(lambda m: seen(m, "my cube") and not m.robot.holding and m is not held)
    shooting.solids = [floor(), table()]
    ear.until(lambda m: seen(m))


def test_a_new_map_begins_everything_anew(node, shooting):
    ear = Ear(node, SceneGraph, "scene_graph")
    ear.until(lambda m: seen(m, "my cube"))
    shooting.map.publish(String(data=MAP.replace("my cube", "old brick")))
    ear.until(lambda m: seen(m, "old brick"))
    shooting.map.publish(String(data="places: [{nam: x}]"))
    ear.next(lambda m: seen(m, "old brick"))  # a map that is wrong changes nothing


def test_without_a_map_the_diagnostics_say_what_is_missing(node, camera, camera_scene):
    ear = Ear(node, DiagnosticArray, "/diagnostics")
    timer = node.create_timer(0.2, camera.shoot)
    ear.until(lambda m: any("scene_map" in s.message for s in m.status if s.name == "camera_scene"))
    node.destroy_timer(timer)


def test_whatever_is_wrong_with_a_picture_the_diagnostics_say_so(node, shooting, monkeypatch):
    def broken(*_):
        raise ValueError("3 things\nof 2")

    ear = Ear(node, DiagnosticArray, "/diagnostics")
    ear.until(lambda m: any(s.name == "camera_scene" and s.message == "looking" for s in m.status))
    monkeypatch.setattr(Perceiver, "objects", broken)
    told = ear.until(lambda m: any("ValueError: 3 things of 2" in s.message for s in m.status))
    assert told.status[0].level == DiagnosticStatus.WARN


@pytest.mark.parametrize(
    ("twist", "speeds", "moving"),
    [
        (Twist(), [], (False, False)),
        (Twist(linear=Vector3(y=0.2)), [], (True, False)),
        (Twist(angular=Vector3(z=0.2)), [0.0], (True, False)),
        (Twist(), [0.2], (False, True)),
    ],
)
def test_what_moves_is_told_whoever_tells_of_it(namespace, twist, speeds, moving):
    made = CameraScene(namespace=namespace, parameter_overrides=parameters(finger_joints=["left", "right"]))
    made._on_odom(Odometry(twist=TwistWithCovariance(twist=twist)))
    made._joints.take(JointState(name=["elbow"], position=[0.5], velocity=speeds))
    made._joints.take(JointState(name=["left", "right"], position=[0.01, 0.02], velocity=[1.0, 1.0]))
    assert made._moving(1.0) == moving
    assert made._opening(1.0) == pytest.approx(0.03)
    made.destroy_node()


def test_a_picture_waits_for_a_tf_that_is_slower_than_the_camera(node, camera_scene):
    camera = FakeCamera(node)
    camera.map.publish(String(data=MAP))
    ear = Ear(node, SceneGraph, "scene_graph")
    shots = []

    def shoot():
        shots.append(camera.shoot())
        if len(shots) > 2:
            camera.move(shots[-3])

    timer = node.create_timer(0.2, shoot)
    message = ear.until(lambda m: seen(m, "my cube"))
    node.destroy_timer(timer)
    assert to_seconds(message.header.stamp) in [pytest.approx(shot, abs=1e-6) for shot in shots]


def test_a_clock_that_goes_back_neither_silences_the_scene_nor_seems_fresh(namespace, monkeypatch):
    made = CameraScene(namespace=namespace)
    told = []
    made._diagnostics = SimpleNamespace(publish=told.append)
    monkeypatch.setattr(made, "_now", lambda: 500.0)
    made._on_scene_map(String(data=MAP))
    made._trouble, made._last = "", 500.0
    monkeypatch.setattr(made, "_now", lambda: 1.0)
    made._report()
    status = told[-1].status[0]
    assert status.level == DiagnosticStatus.WARN
    assert status.message == "the last picture is 499 s ahead of the clock"
    made._on_pictures(SimpleNamespace(stamp=1.0, frame_id="camera"))
    assert made._pictures.stamp == 1.0
    made.destroy_node()


def test_published_detections_wait_for_their_transforms(namespace, tmp_path, monkeypatch):
    chain, places = tmp_path / "chain.yaml", tmp_path / "places.yaml"
    chain.write_text("detectors: [{type: published, message: std_msgs/msg/Header}]")
    places.write_text(MAP)
    files = parameters(chain_file=str(chain), places_file=str(places))
    made = CameraScene(namespace=namespace, parameter_overrides=files)
    made.start()
    monkeypatch.setattr(made, "_now", lambda: 10.1)
    (detector,) = made._perceiver.chain.published

    def found(stamp):
        return detector.detect(SimpleNamespace(frame=SimpleNamespace(stamp=stamp)))

    detections = SimpleNamespace(header=_transform("camera", np.eye(4), 10.0).header, detections=[item()])
    detections.header.frame_id = "camera"
    made._on_detections("detections", detections)
    assert not found(10.0)
    wrong = _transform("camera", camera_at(), 10.0)
    wrong.transform.rotation.w = math.nan
    made._on_tf(tf2.TFMessage(transforms=[wrong]))
    assert not found(10.0)
    made._on_tf(tf2.TFMessage(transforms=[_transform("camera", camera_at(), 10.0)]))
    assert [d.kinds for d in found(10.0)] == [{"cup": 0.8}]
    made.destroy_node()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"chain_fil": "x"}, "did you mean 'chain_file'"),
        ({"chain_file": "/nowhere.yaml"}, "cannot be read"),
        ({"places_file": "/nowhere.yaml"}, "cannot be read"),
    ],
)
def test_wrong_parameters_are_refused(namespace, values, told):
    with pytest.raises(UserError, match=told):
        CameraScene(namespace=namespace, parameter_overrides=parameters(**values))


def test_a_detector_s_message_that_is_not_installed_is_told(namespace, tmp_path):
    chain = tmp_path / "chain.yaml"
    chain.write_text("detectors: [{type: published, message: nobody_msgs/msg/Detection3DArray}]")
    made = CameraScene(namespace=namespace, parameter_overrides=parameters(chain_file=str(chain)))
    with pytest.raises(UserError, match="nobody_msgs"):
        made.start()
    made.destroy_node()
