# SPDX-License-Identifier: Apache-2.0
"""Names and qualities of service on which planner, supervisor and their clients must agree."""

from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy

EXECUTE_INSTRUCTION = "execute_instruction"
# The same action, but the instruction is one call, which no model has thought of.
EXECUTE_CALL = "execute_call"
PLANNER_ACTIONS = (EXECUTE_INSTRUCTION, EXECUTE_CALL)
STOP, RESET_STOP = "stop", "reset_stop"
STOP_ACTIVE, STOP_REQUEST, STOP_REPORT = "stop_active", "stop_request", "stop_report"
TAKE_OVER, GIVE_BACK = "take_over", "give_back"
# A person's commands for arm and gripper; the first as MoveIt Servo has it.
DELTA_TWIST_CMDS, GRIPPER_OPENING = "delta_twist_cmds", "gripper_opening"
TELEOP_STATE, AUTONOMY = "teleop_state", "autonomy"
PLANNER_HEARTBEAT, OPERATOR_HEARTBEAT = "planner_heartbeat", "operator_heartbeat"

# How often beats and repetitions go out, seconds of steady time.
BEAT_S = 0.1
# Silence for longer than this is up to whoever watches; the middleware tells of a publisher that went away at once.
LEASE_S = 10.0

# The last message is kept for whoever comes later.
NEWEST = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
# Of a subscription: it hears publishers of either kind.
BEST_EFFORT = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
HEARTBEAT = QoSProfile(
    depth=1,
    liveliness=LivelinessPolicy.MANUAL_BY_TOPIC,
    liveliness_lease_duration=Duration(seconds=LEASE_S),
)


def recorder_name(node: Node) -> str:
    """Name of the node that records topics for a planner."""
    return f"{node.get_name()}_recorder"
