# SPDX-License-Identifier: Apache-2.0
"""Names and qualities of service on which planner, supervisor and their clients must agree."""

from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile

EXECUTE_INSTRUCTION = "execute_instruction"
STOP, RESET_STOP = "stop", "reset_stop"
STOP_ACTIVE, STOP_REQUEST, STOP_REPORT = "stop_active", "stop_request", "stop_report"
PLANNER_HEARTBEAT, OPERATOR_HEARTBEAT = "planner_heartbeat", "operator_heartbeat"

# How often beats and repetitions go out, seconds of steady time.
BEAT_S = 0.1
# Silence for longer than this is up to whoever watches; the middleware tells of a publisher that went away at once.
LEASE_S = 10.0

NEWEST = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
HEARTBEAT = QoSProfile(
    depth=1,
    liveliness=LivelinessPolicy.MANUAL_BY_TOPIC,
    liveliness_lease_duration=Duration(seconds=LEASE_S),
)
