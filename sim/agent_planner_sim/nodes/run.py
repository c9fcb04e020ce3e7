# SPDX-License-Identifier: Apache-2.0
"""Running something that needs the main thread as an executable: its fault ends the process, a signal ends it well."""

import signal
import sys
import threading
from collections.abc import Callable
from typing import Protocol

from rclpy.utilities import try_shutdown

from agent_planner.errors import AgentPlannerError, UserError
from agent_planner.ros.process import init_ros


class Runnable(Protocol):
    """What an executable runs."""

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop."""

    def close(self) -> None:
        """Release everything."""


def run_node(create: Callable[[], Runnable]) -> None:
    """Create something that runs, run it until a signal comes, and exit with a code.

    The code is 0 after a signal, 2 if the person must act (wrong parameter, wrong name), 1 if a machine must be
    looked at.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    code = 0
    try:
        init_ros(sys.argv)
        node = create()
        try:
            node.run(stop)
        finally:
            node.close()
    except AgentPlannerError as error:
        print(f"error: {error}", file=sys.stderr)
        code = 2 if isinstance(error, UserError) else 1
    finally:
        try_shutdown()
    sys.exit(code)
