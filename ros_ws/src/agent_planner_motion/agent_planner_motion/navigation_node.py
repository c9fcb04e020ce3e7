# SPDX-License-Identifier: Apache-2.0
"""The executable `navigation`: the server that drives the base."""

import sys

from agent_planner.ros.process import run_node
from agent_planner_motion.ros.servers import NAVIGATION, MotionServers


def main() -> None:
    """Run until SIGINT or SIGTERM."""
    sys.exit(run_node(lambda: MotionServers("navigation", NAVIGATION)))
