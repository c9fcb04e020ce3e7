# SPDX-License-Identifier: Apache-2.0
"""The ROS 2 package agent_planner (ament_python), also installable by pip; the metadata is in setup.cfg."""

import sys
from glob import glob

from setuptools import find_packages, setup

NAME = "agent_planner"

# Not `python_requires`: colcon reads a package's options as literals and stops at setuptools' version sets.
if not (3, 11) <= sys.version_info[:2] <= (3, 12):
    sys.exit(f"{NAME} needs Python 3.11 or 3.12; this is {sys.version_info.major}.{sys.version_info.minor}")

setup(
    packages=find_packages(include=[NAME, f"{NAME}.*"]),
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{NAME}"]),
        (f"share/{NAME}", ["package.xml"]),
        (f"share/{NAME}/launch", sorted(glob("launch/*.launch.py"))),
        (f"share/{NAME}/config", sorted(glob("launch/*.yaml") + glob("launch/*.rviz"))),
    ],
)
