# SPDX-License-Identifier: Apache-2.0
"""The supervisor seen from outside: what it said before it died confirms nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import rclpy
from std_msgs.msg import String

from agent_planner.ros.client_node import ClientNode
from agent_planner.ros.stop_client import StopClient
from agent_planner.ros.stop_sender import StopSender
from tests.ros.waits import SECONDS, eventually


@pytest.fixture
def client(namespace, monkeypatch):
    monkeypatch.setenv("ROS_DOMAIN_ID", str(rclpy.get_default_context().get_domain_id()))
    client = ClientNode(namespace=namespace)
    client.open()
    yield client
    client.close()


def test_a_stop_that_goes_out_before_the_supervisor_is_there_is_sent_again(client, start_supervisor):
    stops = StopClient(client)
    with ThreadPoolExecutor() as pool:
        shown = pool.submit(stops.request, "a child", SECONDS)
        start_supervisor()
        assert shown.result()
        assert pool.submit(stops.stop, "").result().success


def test_a_persons_stop_is_sent_until_it_has_arrived(client, start_supervisor):
    sender = StopSender(client.node)
    sender.send("a person")
    supervisor, _ = start_supervisor()
    assert eventually(lambda: supervisor._latch.active)
    assert supervisor._latch.stop.reasons == ("a person",)
    sender.arrived()
    heard = []
    client.node.create_subscription(String, "stop_request", heard.append, 10)
    assert not eventually(lambda: heard, 0.5)


def test_an_old_report_of_a_supervisor_that_died_confirms_nothing(client, start_supervisor):
    _, end = start_supervisor()
    stops = StopClient(client)
    stops.wait_for_report()
    client.wait_until(lambda: stops.found, SECONDS, "a supervisor")
    assert stops.request("a child", SECONDS)
    told = []
    stops.follow(0.5, told.append)
    assert told[0].reason == "a child"
    end()
    assert eventually(lambda: not stops.request("a child", 0.2))
    assert not stops.follow(0.4, lambda progress: told.append("old")) and "old" not in told
    # What was heard last is known still.
    assert stops.reasons == ("a child",)
