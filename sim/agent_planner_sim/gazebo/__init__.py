# SPDX-License-Identifier: Apache-2.0
"""Gazebo as another backend of the same scenes and robots: SDF, the bridge to ROS, and the simulator's own topics."""
