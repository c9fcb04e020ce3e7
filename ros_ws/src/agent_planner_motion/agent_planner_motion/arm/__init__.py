# SPDX-License-Identifier: Apache-2.0
"""The arm: kinematics, collision checks, paths and trajectories. No ROS here."""
