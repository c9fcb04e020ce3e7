# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""Rendering without a display.

MuJoCo's own renderer takes its OpenGL from an environment variable that is read when MuJoCo is first imported, by
whomever; this one chooses when it is built, and reads colour and depth in one go.
"""

import importlib
import weakref
from typing import Any

import mujoco
import numpy as np

from agent_planner.errors import InfrastructureError

_BACKENDS = ("egl", "osmesa")
_HINT = "rendering needs EGL and Mesa, or OSMesa: apt-get install libegl1 libgl1-mesa-dri (or libosmesa6)"
_MOST_GEOMS = 2000


class Offscreen:
    """A framebuffer for one model. Create, use and close it in one thread: OpenGL contexts do not move.

    Args:
        model: its `vis.global_` tells the largest picture.

    Raises:
        InfrastructureError: there is no OpenGL that works without a display.
    """

    def __init__(self, model: mujoco.MjModel):
        self._model = model
        general = model.vis.global_
        self._gl = _open_gl(general.offwidth, general.offheight)
        self._gl.make_current()
        try:
            self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_100)
        except mujoco.FatalError as error:
            self._gl.free()
            raise InfrastructureError(f"no picture can be rendered ({error}); {_HINT}") from error
        self._release = weakref.finalize(self, _free, self._gl, self._context)
        self._release.atexit = False  # the process takes its contexts with it
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        # Near zero floats are dense: the far end of the range keeps its precision.
        self._context.readDepthMap = mujoco.mjtDepthMap.mjDEPTH_ZEROFAR
        self._scene = mujoco.MjvScene(model, maxgeom=_MOST_GEOMS)
        self._option = mujoco.MjvOption()

    def render(
        self, data: mujoco.MjData, camera: mujoco.MjvCamera, width: int, height: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return RGB, (height, width, 3), uint8, and depth in metres, (height, width), float32."""
        self._gl.make_current()  # another one of this thread may have been used, or closed, since
        every = mujoco.mjtCatBit.mjCAT_ALL
        mujoco.mjv_updateScene(self._model, data, self._option, None, camera, every, self._scene)
        area = mujoco.MjrRect(0, 0, width, height)
        image = np.empty((height, width, 3), dtype=np.uint8)
        depth = np.empty((height, width), dtype=np.float32)
        mujoco.mjr_render(area, self._scene, self._context)
        mujoco.mjr_readPixels(image, depth, area, self._context)
        return np.ascontiguousarray(image[::-1]), self._metres(depth[::-1])

    def geoms(self, data: mujoco.MjData, camera: mujoco.MjvCamera, width: int, height: int) -> np.ndarray:
        """Return which geom each pixel shows, (height, width), int; -1 where there is none."""
        self._gl.make_current()
        every = mujoco.mjtCatBit.mjCAT_ALL
        mujoco.mjv_updateScene(self._model, data, self._option, None, camera, every, self._scene)
        flags = [int(mujoco.mjtRndFlag.mjRND_SEGMENT), int(mujoco.mjtRndFlag.mjRND_IDCOLOR)]
        before = [self._scene.flags[flag] for flag in flags]
        self._scene.flags[flags] = 1
        area = mujoco.MjrRect(0, 0, width, height)
        image = np.empty((height, width, 3), dtype=np.uint8)
        mujoco.mjr_render(area, self._scene, self._context)
        mujoco.mjr_readPixels(image, None, area, self._context)
        self._scene.flags[flags] = before
        red, green, blue = np.moveaxis(image[::-1].astype(np.int32), 2, 0)
        return self._numbers()[red + (green << 8) + (blue << 16)]

    def _numbers(self) -> np.ndarray:
        """The geom's number for each colour that stands for one: the colour is its place in the scene, and one."""
        numbers = np.full(_MOST_GEOMS + 2, -1)
        for geom in self._scene.geoms[: self._scene.ngeom]:
            if geom.segid >= 0 and geom.objtype == mujoco.mjtObj.mjOBJ_GEOM:
                numbers[geom.segid + 1] = geom.objid
        return numbers

    def close(self) -> None:
        """Release the context; what is forgotten is released as well."""
        self._release()

    def _metres(self, depth: np.ndarray) -> np.ndarray:
        extent = self._model.stat.extent
        near, far = self._model.vis.map.znear * extent, self._model.vis.map.zfar * extent
        return (near * far / (near + depth * (far - near))).astype(np.float32)


def _free(gl: Any, context: mujoco.MjrContext) -> None:
    # MuJoCo frees by number in whatever context is current: in another one that would be another's objects.
    gl.make_current()
    context.free()
    gl.free()


def _open_gl(width: int, height: int) -> Any:
    failures = []
    for backend in _BACKENDS:
        try:
            return importlib.import_module(f"mujoco.{backend}").GLContext(width, height)
        except (ImportError, RuntimeError, AttributeError, OSError) as error:  # it depends on what is missing
            failures.append(f"{backend}: {error}")
    raise InfrastructureError(f"no picture can be rendered ({'; '.join(failures)}); {_HINT}")
