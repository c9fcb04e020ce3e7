# SPDX-License-Identifier: Apache-2.0
"""Where ROS packages are installed, without ROS."""

import os
from pathlib import Path


def ament_prefixes() -> list[Path]:
    """The folders of what is sourced, in the order in which packages are looked for."""
    return [Path(prefix) for prefix in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if prefix]
