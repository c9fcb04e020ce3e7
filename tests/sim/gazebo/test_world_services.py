# SPDX-License-Identifier: Apache-2.0
"""Gazebo's world services, with a bridge that never answers."""

import threading
from types import SimpleNamespace

import pytest

pytest.importorskip("rclpy")

from agent_planner.errors import InfrastructureError
from agent_planner_sim.gazebo import world_services
from agent_planner_sim.gazebo.world_services import WorldServices

pytestmark = [pytest.mark.sim, pytest.mark.ros]


class Bridge:
    """A node and its clients in one."""

    srv_name = "gazebo/control"

    def __init__(self, offers):
        self.offers = offers
        self.asked = threading.Event()
        self.forgotten = []

    def create_client(self, kind, name, callback_group):
        return self

    def wait_for_service(self, seconds):
        return self.offers

    def call_async(self, request):
        self.asked.set()
        return self

    def add_done_callback(self, callback):
        pass

    def remove_pending_request(self, future):
        self.forgotten.append(future)


@pytest.mark.parametrize("offers", [False, True])
def test_a_node_that_is_being_ended_does_not_wait_for_gazebo(monkeypatch, offers):
    request = SimpleNamespace(world_control=SimpleNamespace(pause=None))
    monkeypatch.setattr(world_services, "load_interface", lambda kind: SimpleNamespace(Request=lambda: request))
    bridge, ended = Bridge(offers), threading.Event()
    ended.set()
    with pytest.raises(InfrastructureError, match="is being ended"):
        WorldServices(bridge, ended).pause(True)
    assert bridge.asked.is_set() == offers
    assert bridge.forgotten == ([bridge] if offers else [])
