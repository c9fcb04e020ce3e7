# SPDX-License-Identifier: Apache-2.0
"""What a person's keys and sticks mean; knows no ROS and no terminal."""
