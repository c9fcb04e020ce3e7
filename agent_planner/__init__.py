# SPDX-License-Identifier: Apache-2.0
"""Tell a ROS 2 robot what to do: a language model calls the robot's own skills, every call is checked first."""

__version__ = "0.1.0"
