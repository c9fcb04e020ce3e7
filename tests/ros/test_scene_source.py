# SPDX-License-Identifier: Apache-2.0
import threading
import time

import pytest
from agent_planner_interfaces.msg import SceneGraph as SceneGraphMsg
from nav_msgs.msg import OccupancyGrid
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile

from agent_planner.ros.messages import to_scene_message
from agent_planner.ros.scene_source import TopicSceneSource
from agent_planner.scene.geometry import Reach
from tests.waits import eventually

NEVER = threading.Event()


@pytest.fixture
def source(node):
    source = TopicSceneSource(node, 0.4, Reach(), 0.3)
    source.configure()
    yield source
    source.release()


@pytest.fixture
def publish(node, scene, source):
    publisher = node.create_publisher(SceneGraphMsg, "scene_graph", 1)
    pause = threading.Event()
    while publisher.get_subscription_count() == 0:
        pause.wait(0.01)

    def publish(stamp, **changes):
        message = to_scene_message(scene.replace(stamp=stamp))
        for name, value in changes.items():
            setattr(message.objects[0], name, value)
        publisher.publish(message)

    yield publish
    node.destroy_publisher(publisher)


@pytest.fixture
def come(source, publish):
    """Publish and wait until it is there."""
    arrived = threading.Event()
    source._on_message = lambda message: arrived.set()

    def come(stamp):
        arrived.clear()
        publish(stamp)
        assert arrived.wait(20)

    return come


@pytest.fixture
def clock(source, monkeypatch):
    """What the source takes for the time, as a list of one."""
    now = [100.0]
    monkeypatch.setattr(source, "_now", lambda: now[0])
    return now


def later(seconds, do):
    timer = threading.Timer(seconds, do)
    timer.start()
    return timer


def test_an_older_scene_does_not_count_and_a_newer_one_does(source, publish):
    publish(10.0)
    timer = later(0.15, lambda: publish(10.5))
    seen = source.observe_after(lambda: 10.0, NEVER)
    timer.join()
    assert seen.stamp == 10.5
    assert seen.entities.keys() == {"red cube", "shelf", "blue bin"}


def test_the_map_tells_where_a_base_can_stand(node, source, publish):
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    publisher = node.create_publisher(OccupancyGrid, "map", latched)
    message = OccupancyGrid(data=[0] * 400)
    message.info.height, message.info.width, message.info.resolution = 20, 20, 0.1
    publisher.publish(message)

    def seen():
        publish(10.0)
        return source.observe_after(lambda: 9.0, NEVER)

    assert eventually(lambda: seen().floor is not None)
    floor = seen().floor
    assert (floor.is_free(1.0, 1.0), floor.is_free(5.0, 1.0)) == (True, False)
    node.destroy_publisher(publisher)


def test_waiting_ends(source, publish):
    publish(10.0)
    began = time.monotonic()
    assert source.observe_after(lambda: 10.0, NEVER) is None
    assert time.monotonic() - began >= 0.4


def test_a_scene_of_a_clock_that_is_ahead_is_not_new(source, come, clock):
    come(110.0)
    told = "the clock that stamps 'scene_graph' is 10.0 s ahead of ours; use one clock for all machines"
    assert source.observe(NEVER) is None and source.trouble == told
    clock[0] = 109.8  # our clock has come up to it, and the scene is old by now
    assert source.observe(NEVER) is None and source.trouble == told
    come(110.2)
    assert source.observe_after(lambda: 110.1, NEVER).stamp == 110.2
    assert source.error == ""
    clock[0] = 109.0  # our clock was put back
    assert source.observe(NEVER) is None
    assert "is 1.2 s ahead of ours" in source.trouble


def test_a_scene_may_come_before_the_simulated_time_that_stamps_it(node, source, come, clock):
    node.set_parameters([Parameter("use_sim_time", value=True)])
    come(102.0)
    assert source.observe(NEVER) is None and "is 2.0 s ahead of ours" in source.trouble
    clock[0] = 102.0
    assert source.observe_after(lambda: 101.0, NEVER).stamp == 102.0


def test_a_cancel_ends_it_too(source, monkeypatch):
    monkeypatch.setattr(source, "_timeout_s", 1000.0)
    cancelled = threading.Event()
    cancelled.set()
    assert source.observe_after(lambda: 10.0, cancelled) is None


def test_a_wrong_message_is_told_and_the_next_right_one_taken(source, publish):
    publish(11.0, name="Red Cube")
    assert source.observe_after(lambda: 10.0, NEVER) is None
    assert "SceneObject 'Red Cube': name" in source.error
    timer = later(0.1, lambda: publish(12.0))
    assert source.observe_after(lambda: 10.0, NEVER).stamp == 12.0
    timer.join()
    assert source.error == ""
    assert source.age_s < 1.0
