# SPDX-License-Identifier: Apache-2.0
"""An action client that knows nothing of this project but its interfaces: INSTRUCTION [preempt] [cancel].

With `cancel` it does so as soon as the base drives, and tells how long the base took to stop, in simulated seconds.
"""

import json
import sys

import rclpy
from agent_planner_interfaces.action import ExecuteInstruction
from nav_msgs.msg import Odometry
from rclpy.action import ActionClient

rclpy.init()
node = rclpy.create_node("outside_client")
client = ActionClient(node, ExecuteInstruction, "execute_instruction")
odometry = []
node.create_subscription(Odometry, "odom", odometry.append, 50)
assert client.wait_for_server(30.0)
heard = []
goal = ExecuteInstruction.Goal(instruction=sys.argv[1], preempt="preempt" in sys.argv)


def hear(message):
    heard.append(message.feedback)
    print(message.feedback.state, flush=True)


sending = client.send_goal_async(goal, hear)
rclpy.spin_until_future_complete(node, sending)
result = sending.result().get_result_async()
cancelled = stopped = None
while not result.done():
    rclpy.spin_once(node, timeout_sec=0.1)
    # Before that the base may still be coming to rest from another instruction.
    executing = any(feedback.state == "EXECUTING" for feedback in heard)
    driving = executing and bool(odometry) and abs(odometry[-1].twist.twist.linear.x) > 0.2
    if "cancel" in sys.argv and cancelled is None and driving:
        stamp = odometry[-1].header.stamp
        cancelled = stamp.sec + stamp.nanosec * 1e-9
        sending.result().cancel_goal_async()
for message in odometry:
    now = message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
    twist = message.twist.twist
    if cancelled is not None and now > cancelled and abs(twist.linear.x) + abs(twist.angular.z) > 0.02:
        stopped = now - cancelled
answer = result.result()
print(
    json.dumps(
        {
            "status": answer.status,
            "outcome": answer.result.outcome,
            "error_code": answer.result.error_code,
            "error_msg": answer.result.error_msg,
            "goal": answer.result.goal,
            "steps": list(answer.result.steps),
            "states": [feedback.state for feedback in heard],
            "calls": [feedback.call for feedback in heard if feedback.state == "CHECKING"],
            "stopped_after": stopped,
        }
    )
)
node.destroy_node()
rclpy.shutdown()
