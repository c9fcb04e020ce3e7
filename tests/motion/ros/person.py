# SPDX-License-Identifier: Apache-2.0
"""What a supervisor tells, and what a person sends who moves the arm."""

from diagnostic_msgs.msg import DiagnosticStatus
from geometry_msgs.msg import TwistStamped
from std_msgs.msg import Bool, Float64

from agent_planner.ros.names import NEWEST
from agent_planner.ros.teleop_state import TeleopState


class Person:
    """Has the robot, which is not stopped, unless told otherwise."""

    def __init__(self, node):
        self.has_the_robot, self.stopped = True, False
        self._active = node.create_publisher(Bool, "stop_active", NEWEST)
        self._state = node.create_publisher(DiagnosticStatus, "teleop_state", NEWEST)
        self._twists = node.create_publisher(TwistStamped, "delta_twist_cmds", 1)
        self._openings = node.create_publisher(Float64, "gripper_opening", 1)
        self._beats = node.create_timer(0.05, self.tell)
        self._sends = None
        self._node = node

    def tell(self):
        self._active.publish(Bool(data=self.stopped))
        self._state.publish(TeleopState(active=self.has_the_robot).message("supervisor"))

    def falls_silent(self):
        self._node.destroy_timer(self._beats)

    def asks(self, frame="base_link", **linear):
        """Ask again and again, until told otherwise."""
        message = TwistStamped()
        message.header.frame_id = frame
        for axis, value in linear.items():
            setattr(message.twist.linear, axis, value)
        self.rests()
        self._sends = self._node.create_timer(0.03, lambda: self._twists.publish(message))

    def rests(self):
        if self._sends is not None:
            self._node.destroy_timer(self._sends)
            self._sends = None

    def opens(self, opening):
        self._openings.publish(Float64(data=opening))
