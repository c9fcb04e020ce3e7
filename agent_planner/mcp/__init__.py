# SPDX-License-Identifier: Apache-2.0
"""A running robot as a server of the Model Context Protocol, for other drivers than our own planner; never ROS."""
