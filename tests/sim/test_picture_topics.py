# SPDX-License-Identifier: Apache-2.0
"""The head camera's topics, published by a node that simulates nothing else."""

import time

import pytest

rclpy = pytest.importorskip("rclpy")

from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.qos import qos_profile_sensor_data  # noqa: E402
from sensor_msgs.msg import CameraInfo, Image  # noqa: E402

from agent_planner_sim.nodes.picture_topics import PictureTopics  # noqa: E402
from tests.processes import free_domain  # noqa: E402

pytestmark = [pytest.mark.sim, pytest.mark.ros]
LIMIT = 60.0


class Camera:
    """A node with the topics, and who looks at one of them."""

    def __init__(self, context, sim, kind, topic, video):
        self.node = Node("camera", context=context)
        self.executor = SingleThreadedExecutor(context=context)
        self.executor.add_node(self.node)
        self.sim, self.got, self.now = sim, [], 1.0
        self.topics = PictureTopics(self.node, sim.robot.camera, camera_rate=10.0, video=(video, 10), path_picture=None)
        self.node.create_subscription(kind, topic, self.got.append, qos_profile_sensor_data)

    def comes(self):
        """Whether time, as it goes on, brings another picture."""
        end, before = time.monotonic() + LIMIT, len(self.got)
        while len(self.got) == before and time.monotonic() < end:
            self.now += 0.1
            self.topics.update(self.sim, self.now)
            self.executor.spin_once(timeout_sec=0.05)
        return len(self.got) > before

    def close(self):
        self.topics.close(self.sim)
        self.executor.shutdown()
        self.node.destroy_node()


@pytest.fixture
def camera(monkeypatch, simulate):
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    context = rclpy.Context()
    rclpy.init(args=[], context=context, domain_id=free_domain())
    made = []

    def make(kind, topic, video=None):
        made.append(Camera(context, simulate("table_top", 0), kind, topic, video))
        return made[-1]

    yield make
    for one in made:
        one.close()
    rclpy.shutdown(context=context)


def test_a_video_that_cannot_be_written_leaves_the_camera_alone(camera, tmp_path):
    (tmp_path / "file").touch()
    camera = camera(Image, "head_camera/image", video=tmp_path / "file" / "run.mp4")
    assert camera.comes() and camera.comes()
    assert camera.topics.failure == ""


def test_who_looks_at_nothing_but_the_camera_s_values_is_told_them(camera):
    camera = camera(CameraInfo, "head_camera/camera_info")
    assert camera.comes()
    assert camera.got[0].header.frame_id == "head_camera_optical_frame"
