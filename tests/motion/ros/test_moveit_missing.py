# SPDX-License-Identifier: Apache-2.0
"""What is told where a parameter asks for MoveIt and its interfaces are not there."""

import pytest

from agent_planner.ros.interface_types import InterfaceMissing, is_installed
from agent_planner_motion.ros.parameters import Parameters
from agent_planner_motion.ros.robot import RosRobot


@pytest.mark.skipif(is_installed("moveit_msgs/action/MoveGroup"), reason="moveit_msgs is installed")
def test_the_package_is_named(bare_node):
    node = bare_node(arm_interface="move_group")
    with pytest.raises(InterfaceMissing, match="ExecuteTrajectory is not installed: there is no package 'moveit_msgs'"):
        RosRobot(node, Parameters(node).channels())
