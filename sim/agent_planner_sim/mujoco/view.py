# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""Pictures of a simulation: head camera, third person, from above."""

import math
from collections.abc import Sequence

import cv2
import mujoco
import numpy as np

from agent_planner_sim.mujoco.offscreen import Offscreen
from agent_planner_sim.mujoco.robot_model import BASE, CAMERA
from agent_planner_sim.scenes.description import Scene

_FOLLOW_SHARE = 0.08  # of the way to the robot that the camera's aim goes each frame
_FARTHEST = 20.0
_TOP_FOV = 20.0  # degrees; small, so that the picture is nearly a plan
_PATH_COLOR, _START_COLOR, _END_COLOR = (220, 60, 40), (30, 140, 60), (30, 70, 200)


class View:
    """Renders states of one model. Create and use it in one thread: OpenGL contexts do not move.

    Args:
        model: the compiled model.
        scene: what it was made from.

    Raises:
        InfrastructureError: there is no OpenGL that renders without a display.
    """

    def __init__(self, model: mujoco.MjModel, scene: Scene):
        self.model = model
        self._scene = scene
        self._data = mujoco.MjData(model)
        self._screen = Offscreen(model)
        self._aim: np.ndarray | None = None

    def show(self, qpos: np.ndarray) -> None:
        """Take a state to render."""
        self._data.qpos[:] = qpos
        mujoco.mj_kinematics(self.model, self._data)
        mujoco.mj_comPos(self.model, self._data)
        mujoco.mj_camlight(self.model, self._data)

    def head(self, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
        """Return what the head camera sees: RGB, (height, width, 3), and depth in metres, (height, width).

        Depth is infinite where there is nothing.
        """
        image, depth = self._screen.render(self._data, self._head(), width, height)
        depth[depth > _FARTHEST] = np.inf
        return image, depth

    def head_geoms(self, width: int, height: int) -> np.ndarray:
        """Return which geom of the model each pixel of the head camera shows, (height, width), int; -1: none."""
        return self._screen.geoms(self._data, self._head(), width, height)

    def third_person(self, width: int, height: int) -> np.ndarray:
        """Return a picture from a camera that looks down on the robot and follows it, (height, width, 3)."""
        x, y, _ = self._data.body(BASE).xpos
        x0, y0, x1, y1 = self._scene.bounds
        # Between the robot and the middle of the room, so that what it drives to is seen early.
        goal = np.array([0.8 * x + 0.1 * (x0 + x1), 0.8 * y + 0.1 * (y0 + y1), 0.45])
        self._aim = goal if self._aim is None else self._aim + _FOLLOW_SHARE * (goal - self._aim)
        return self._free(width, height, self._aim, distance=3.5, azimuth=125.0, elevation=-42.0, fov=45.0)

    def top(self, path: Sequence[tuple[float, float]] = (), scale: float = 110.0) -> np.ndarray:
        """Return the scene from above with a driven path on it.

        Args:
            path: positions of the base, metres, frame map.
            scale: pixels a metre; large scenes are made smaller to fit the renderer.

        Returns:
            RGB, y of the map upwards.
        """
        x0, y0, x1, y1 = self._scene.bounds
        general = self.model.vis.global_
        scale = min(scale, general.offwidth / (x1 - x0), general.offheight / (y1 - y0))
        width, height = int((x1 - x0) * scale) // 2 * 2, int((y1 - y0) * scale) // 2 * 2
        distance = (y1 - y0) / 2 / math.tan(math.radians(_TOP_FOV / 2))
        middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2, 0.0])
        image = self._free(width, height, middle, distance, azimuth=90.0, elevation=-90.0, fov=_TOP_FOV)
        pixels = [(round((x - x0) * scale), round((y1 - y) * scale)) for x, y in path]
        if len(pixels) > 1:
            line = np.array(pixels, dtype=np.int32)[:, None]
            cv2.polylines(image, [line], isClosed=False, color=_PATH_COLOR, thickness=3, lineType=cv2.LINE_AA)
        for pixel, color in zip((pixels[:1] + pixels[-1:]), (_START_COLOR, _END_COLOR), strict=False):
            cv2.circle(image, pixel, 7, color, thickness=-1, lineType=cv2.LINE_AA)
            cv2.circle(image, pixel, 7, (255, 255, 255), thickness=2, lineType=cv2.LINE_AA)
        return image

    def close(self) -> None:
        """Release the OpenGL context."""
        self._screen.close()

    def _head(self) -> mujoco.MjvCamera:
        camera = mujoco.MjvCamera()
        camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        camera.fixedcamid = self.model.camera(CAMERA).id
        return camera

    def _free(
        self, width: int, height: int, aim: np.ndarray, distance: float, azimuth: float, elevation: float, fov: float
    ) -> np.ndarray:
        camera = mujoco.MjvCamera()
        camera.type = mujoco.mjtCamera.mjCAMERA_FREE
        camera.lookat, camera.distance = aim, distance
        camera.azimuth, camera.elevation = azimuth, elevation
        self.model.vis.global_.fovy = fov
        image, _ = self._screen.render(self._data, camera, width, height)
        return image
