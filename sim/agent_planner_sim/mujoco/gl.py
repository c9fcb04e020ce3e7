# SPDX-License-Identifier: Apache-2.0
"""Which OpenGL renders without a display."""

import ctypes
import os

_LIBRARIES = {"egl": "libEGL.so.1", "osmesa": "libOSMesa.so.8"}
HINT = "rendering needs libegl1 and Mesa (or libosmesa6): apt-get install libegl1 libgl1-mesa-dri"


def choose_gl() -> str:
    """Set MUJOCO_GL, unless the person has, to what is installed, and return it."""
    if "MUJOCO_GL" not in os.environ:
        os.environ["MUJOCO_GL"] = next((gl for gl, name in _LIBRARIES.items() if _loads(name)), "disable")
    return os.environ["MUJOCO_GL"]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
