# SPDX-License-Identifier: Apache-2.0
"""What a person moves the robot with, whatever device or page they hold."""

from geometry_msgs.msg import Twist, TwistStamped, Vector3
from rclpy.duration import Duration
from rclpy.node import Node
from std_msgs.msg import Empty, Float64

from agent_planner.ros import names
from agent_planner.ros.twists import stamped, velocity_message
from agent_planner.ros.velocity_output import TELEOP
from agent_planner.safety.velocity import Velocity
from agent_planner.teleop.commands import ArmTwist


class Hands:
    """Publishes ``cmd_vel_teleop``, ``delta_twist_cmds``, ``gripper_opening``, ``operator_heartbeat``; never waits.

    Args:
        node: the node that it belongs to.
        base_frame: of stamped velocities; None: Twist instead of TwistStamped.
    """

    def __init__(self, node: Node, base_frame: str | None):
        self._node = node
        self._base_frame = base_frame
        self._velocity = node.create_publisher(Twist if base_frame is None else TwistStamped, TELEOP, 1)
        self._twist = node.create_publisher(TwistStamped, names.DELTA_TWIST_CMDS, 1)
        self._opening = node.create_publisher(Float64, names.GRIPPER_OPENING, 1)
        self._heartbeat = node.create_publisher(Empty, names.OPERATOR_HEARTBEAT, 1)

    @property
    def heard(self) -> bool:
        """Whether somebody takes velocities of the type that is sent."""
        return self._velocity.get_subscription_count() > 0

    def drive(self, velocity: Velocity) -> None:
        """Ask the base for a velocity."""
        self._velocity.publish(velocity_message(velocity, self._node, self._base_frame))

    def jog(self, arm: ArmTwist, frame: str) -> None:
        """Ask the end effector for a motion along axes of a frame (empty: the base's)."""
        x, y, z, roll, pitch, yaw = map(float, arm)
        twist = Twist(linear=Vector3(x=x, y=y, z=z), angular=Vector3(x=roll, y=pitch, z=yaw))
        self._twist.publish(stamped(twist, self._node, frame))

    def grip(self, opening: float) -> None:
        """0 closed, 1 open."""
        self._opening.publish(Float64(data=float(opening)))

    def beat(self) -> None:
        """The person's link is alive."""
        self._heartbeat.publish(Empty())

    def wait_until_heard(self, seconds: float) -> None:
        """Return when what was asked of base and arm has arrived, or after so many seconds for each."""
        for publisher in (self._velocity, self._twist):
            publisher.wait_for_all_acked(Duration(seconds=seconds))
