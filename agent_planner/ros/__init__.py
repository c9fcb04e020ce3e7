# SPDX-License-Identifier: Apache-2.0
"""ROS 2 at the edge: the only layer of the product that imports rclpy."""
