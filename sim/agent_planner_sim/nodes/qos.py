# SPDX-License-Identifier: Apache-2.0
"""Qualities of service that several topics share."""

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

# The last message is kept for whoever comes later.
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL, reliability=ReliabilityPolicy.RELIABLE)
