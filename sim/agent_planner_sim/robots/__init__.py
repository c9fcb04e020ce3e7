# SPDX-License-Identifier: Apache-2.0
"""Robots, each from one description with emitters for URDF, MuJoCo and Gazebo."""

from agent_planner_sim.robots.delivery_base import delivery_base
from agent_planner_sim.robots.fixed_arm import fixed_arm
from agent_planner_sim.robots.mobile_manipulator import mobile_manipulator

ROBOTS = {"mobile_manipulator": mobile_manipulator, "fixed_arm": fixed_arm, "delivery_base": delivery_base}
