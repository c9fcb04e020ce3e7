# SPDX-License-Identifier: Apache-2.0
"""The embedded backend: MuJoCo, without ROS."""

from agent_planner_sim.mujoco.gl import choose_gl

# MuJoCo reads this when it is first imported, so that it has to be settled before any module here imports it.
choose_gl()
