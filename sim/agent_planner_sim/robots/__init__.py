# SPDX-License-Identifier: Apache-2.0
"""Robots, each from one description with emitters for URDF and MuJoCo."""
