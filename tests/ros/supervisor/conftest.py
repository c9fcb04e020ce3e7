# SPDX-License-Identifier: Apache-2.0
"""A supervisor, what it may meet, and what it tells."""

import pytest
from agent_planner_interfaces.action import Pick
from agent_planner_interfaces.msg import StopReport
from geometry_msgs.msg import Twist
from rclpy.qos import DurabilityPolicy
from std_msgs.msg import Bool

from agent_planner.ros.action_client import SafeActionClient
from tests.ros.supervisor.measured import Measured
from tests.ros.waits import SECONDS, eventually

PICK = "agent_planner_interfaces/action/Pick"
LIBRARY = f"""
skills:
- name: wave
  description: Wave.
  action: {{name: wave, type: {PICK}, goal: {{object: hand}}}}
- name: nod
  description: Nod.
  action: {{name: nod, type: {PICK}, goal: {{object: head}}}}
- name: tidy
  description: Tidy up.
  service: {{name: tidy, type: std_srvs/srv/Trigger, stop: tidy_stop}}
"""


@pytest.fixture
def start_supervisor(start_supervisor):
    """As elsewhere, and it has had the time to find the servers."""

    def start(**parameters):
        started = start_supervisor(**parameters)
        assert eventually(lambda: started[0]._path.looked_round)
        return started

    return start


@pytest.fixture
def library_file(tmp_path):
    path = tmp_path / "skills.yaml"
    path.write_text(LIBRARY)
    return str(path)


@pytest.fixture
def active(listen):
    return listen(Bool, "stop_active", DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.fixture
def reports(listen):
    return listen(StopReport, "stop_report", DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.fixture
def velocities(listen):
    return listen(Twist, "cmd_vel")


@pytest.fixture
def send(node):
    """Send a goal to an action; returns a future of its handle. Each call has a client of its own."""
    clients = []

    def send(name="wave"):
        clients.append(SafeActionClient(node, Pick, name))
        assert clients[-1].wait_for_server(SECONDS)
        return clients[-1].send_goal_async(Pick.Goal(object="hand"))

    yield send
    for client in clients:
        client.destroy()


@pytest.fixture
def measure(node):
    """A robot that tells where it is and how fast."""
    return Measured(node)
