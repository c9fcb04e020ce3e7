# SPDX-License-Identifier: Apache-2.0
"""What stands between a decision and the robot's motion. Knows neither ROS nor the language model."""
