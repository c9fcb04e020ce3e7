# SPDX-License-Identifier: Apache-2.0
"""The head camera's topics, and the video and picture that a run leaves behind."""

import math
import os
from pathlib import Path

import cv2
import numpy as np
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CameraInfo, Image

from agent_planner.errors import InfrastructureError, UserError
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.mujoco.video import Video
from agent_planner_sim.mujoco.view import View
from agent_planner_sim.nodes.artist import Artist
from agent_planner_sim.nodes.scene_message import stamp
from agent_planner_sim.robots.description import CameraDescription

_VIDEO_SIZE = (640, 480)
_PATH_STEP = 0.02  # metres between points of the drawn path
_LATEST = 0.1  # simulated seconds after which a picture of the head camera is there, as a real one's is


class PictureTopics:
    """`head_camera/{image,depth,camera_info}` in the optical frame, paired by stamp, if anyone listens.

    Depth is 16UC1, millimetres (REP 118): with 32FC1 a pair would not fit into the half megabyte of shared memory that
    Fast DDS gives a process, and most of the colour images would be lost.

    Args:
        node: the node the topics belong to.
        camera: the head camera.
        camera_rate: pictures a simulated second; 0: no camera.
        video: where to write a video, if anywhere, and its frames a simulated second.
        path_picture: where to write the driven path, seen from above, if anywhere.
    """

    def __init__(
        self,
        node: Node,
        camera: CameraDescription,
        camera_rate: float,
        video: tuple[Path | None, int],
        path_picture: Path | None,
    ):
        self._node = node
        self._camera = camera
        self._artist = Artist(self._tell)
        self._camera_period = 1 / camera_rate if camera_rate > 0 else math.inf
        self._video = Video(video[0], video[1]) if video[0] else None
        self._video_period = 1 / video[1]
        self._path_picture = path_picture
        self._path: list[tuple[float, float]] = []
        self._camera_due = self._video_due = 0.0
        self._rendering: float | None = None  # stamp of the head camera's picture that is being made
        self._image = node.create_publisher(Image, "head_camera/image", qos_profile_sensor_data)
        self._depth = node.create_publisher(Image, "head_camera/depth", qos_profile_sensor_data)
        self._info = node.create_publisher(CameraInfo, "head_camera/camera_info", qos_profile_sensor_data)

    def update(self, sim: Simulation, now: float) -> None:
        """Have made what is due."""
        if self._path_picture:
            x, y, _ = sim.base_pose()
            if not self._path or math.dist(self._path[-1], (x, y)) >= _PATH_STEP:
                self._path.append((x, y))
        if self._video and now >= self._video_due:
            self._video_due = now + self._video_period - 1e-6
            self._artist.draw(sim, lambda view: self._film(view, now), droppable=True)
        if now >= self._camera_due and self._rendering is None and self._is_watched():
            self._rendering = now
            if self._artist.draw(sim, lambda view: self._publish(view, now), droppable=True):
                self._camera_due = now + self._camera_period - 1e-6
            else:
                self._rendering = None

    @property
    def failure(self) -> str:
        """Why there are no pictures; empty where nothing is known against them."""
        return self._artist.failure

    def is_late(self, now: float) -> bool:
        """Whether a picture of the head camera ought to be there by now.

        Simulated time then waits for it: what the robot sees would be older than on a real one, by how slow the
        processor is.
        """
        return self._rendering is not None and now - self._rendering > _LATEST and not self.failure

    def restart(self) -> None:
        """Begin a new path: the scene is another one."""
        self._path.clear()

    def close(self, sim: Simulation) -> None:
        """Finish the video and the picture of the path."""
        if self._path_picture:
            picture, path = self._path_picture, list(self._path)
            self._artist.draw(sim, lambda view: self._write(picture, view.top(path)), droppable=False)
        self._artist.close()
        if self._video:
            self._video.close()

    def _tell(self, failure: str) -> None:
        self._node.get_logger().error(failure)

    def _is_watched(self) -> bool:
        return math.isfinite(self._camera_period) and (
            any(topic.get_subscription_count() for topic in (self._image, self._depth, self._info))
        )

    def _film(self, view: View, now: float) -> None:
        if self._video is None:
            return
        frame = view.third_person(*_VIDEO_SIZE)
        try:
            self._video.add(frame, now)
        except InfrastructureError as error:  # a full disk, say; the camera goes on
            self._video = None
            self._tell(str(error))

    def _write(self, path: Path, image: np.ndarray) -> None:
        if not cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR)):
            self._tell(f"the picture {path} cannot be written")

    def _publish(self, view: View, now: float) -> None:
        image, depth = view.head(self._camera.width, self._camera.height)
        self._info.publish(camera_info(self._camera, now))
        self._image.publish(self._message(image, "rgb8", now))
        self._depth.publish(self._message(_millimetres(depth), "16UC1", now))
        self._rendering = None

    def _message(self, pixels: np.ndarray, encoding: str, now: float) -> Image:
        message = Image(height=pixels.shape[0], width=pixels.shape[1], encoding=encoding)
        message.header.frame_id = self._camera.frame
        message.header.stamp = stamp(now)
        message.step = pixels.strides[0]
        message.data = pixels.tobytes()
        return message


def _millimetres(depth: np.ndarray) -> np.ndarray:
    """Return depth in metres, infinite where there is nothing, as millimetres, 0 where there is nothing."""
    return np.where(np.isfinite(depth), np.rint(depth * 1000), 0).astype(np.uint16)


def camera_info(camera: CameraDescription, now: float) -> CameraInfo:
    """Return what the camera tells of itself, stamped with seconds."""
    focal = camera.height / 2 / math.tan(camera.vertical_fov / 2)
    cx, cy = (camera.width - 1) / 2, (camera.height - 1) / 2  # the middle of the first pixel is at 0
    message = CameraInfo(height=camera.height, width=camera.width, distortion_model="plumb_bob")
    message.header.frame_id = camera.frame
    message.header.stamp = stamp(now)
    message.d = [0.0] * 5
    message.k = [focal, 0.0, cx, 0.0, focal, cy, 0.0, 0.0, 1.0]
    message.r = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
    message.p = [focal, 0.0, cx, 0.0, 0.0, focal, cy, 0.0, 0.0, 0.0, 1.0, 0.0]
    return message


def output_file(parameter: str, text: str, ending: str) -> Path | None:
    """Return where something is to be written, in a folder that is there then; None where the parameter is empty.

    Raises:
        UserError: that cannot be; better now than when all that was to be written is lost.
    """
    if not text:
        return None
    path = Path(text)
    if path.suffix != ending:
        raise UserError(f"the parameter {parameter} is '{text}'; its name must end in {ending}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"the parameter {parameter} is '{text}': {error.strerror}: {error.filename}") from error
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise UserError(f"the parameter {parameter} is '{text}', which cannot be written")
    return path
