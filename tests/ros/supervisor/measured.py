# SPDX-License-Identifier: Apache-2.0
"""A robot of which nothing is there but its odometry and its joint states."""

from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState

JOINTS = ["shoulder", "elbow"]


class Measured:
    """Publishes both at 20 Hz; the speeds may be changed."""

    def __init__(self, node):
        self.linear = 0.0
        self.joint = 0.0
        self.position = 0.5
        self.odometry = True
        self._odom = node.create_publisher(Odometry, "odom", 1)
        self._joints = node.create_publisher(JointState, "joint_states", 1)
        node.create_timer(0.05, self._tick)

    def _tick(self):
        if self.odometry:
            odom = Odometry()
            odom.twist.twist.linear.x = self.linear
            self._odom.publish(odom)
        names, positions = ["gripper", *JOINTS], [0.04, self.position, -self.position]
        self._joints.publish(JointState(name=names, position=positions, velocity=[9.0, self.joint, 0.0]))
