# SPDX-License-Identifier: Apache-2.0
"""The executable `manipulation`: the servers of arm and gripper."""

import sys

from agent_planner.ros.process import run_node
from agent_planner_motion.ros.servers import MANIPULATION, MotionServers


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    sys.exit(run_node(lambda: MotionServers("manipulation", MANIPULATION)))
