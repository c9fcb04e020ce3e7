# SPDX-License-Identifier: Apache-2.0
"""The executable `motion_servers`: all motion servers in one process."""

import sys

from agent_planner.ros.process import run_node
from agent_planner_motion.ros.servers import MotionServers


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    sys.exit(run_node(lambda: MotionServers("motion_servers")))
