# SPDX-License-Identifier: Apache-2.0
"""The ROS 2 package agent_planner_motion (ament_python); the metadata is in setup.cfg."""

from glob import glob

from setuptools import find_packages, setup

NAME = "agent_planner_motion"

setup(
    packages=find_packages(include=[NAME, f"{NAME}.*"]),
    data_files=[
        ("share/ament_index/resource_index/packages", [f"resource/{NAME}"]),
        (f"share/{NAME}", ["package.xml"]),
        (f"share/{NAME}/config", sorted(glob(f"{NAME}/config/*.yaml"))),
    ],
)
