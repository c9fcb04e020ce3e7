# SPDX-License-Identifier: Apache-2.0
"""Robots, each from one description with emitters for URDF and MuJoCo."""

from agent_planner_sim.robots.mobile_manipulator import mobile_manipulator

ROBOTS = {"mobile_manipulator": mobile_manipulator}
