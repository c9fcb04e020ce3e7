# SPDX-License-Identifier: Apache-2.0
"""The embedded backend: MuJoCo, without ROS."""
