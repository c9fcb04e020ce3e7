# SPDX-License-Identifier: Apache-2.0
from types import SimpleNamespace

import pytest

from agent_planner.ros import speed_limit
from agent_planner.ros.interface_types import is_installed
from agent_planner.ros.speed_limit import TOPIC, TYPE, SpeedLimit


class Network:
    """A node on a network with Nav2, which need not be installed."""

    def __init__(self):
        self.publishers, self.told = 1, []
        self.topic_name = f"/robot/{TOPIC}"
        self.now = lambda: self
        self.to_msg = lambda: None

    def create_publisher(self, kind, topic, depth):
        return self

    def get_clock(self):
        return self

    def get_subscription_count(self):
        return 1

    def count_publishers(self, topic):
        assert topic == self.topic_name
        return self.publishers

    def msg_type(self, **fields):
        return SimpleNamespace(header=SimpleNamespace(stamp=None), **fields)

    def publish(self, message):
        self.told.append(message.speed_limit)


def test_nothing_is_said_into_another_s_zone(monkeypatch):
    monkeypatch.setattr(speed_limit, "is_installed", lambda name: True)
    monkeypatch.setattr(speed_limit, "load_interface", lambda name: None)
    network = Network()
    limit = SpeedLimit(network, 0.3)
    limit.configure()
    limit.tell()
    network.publishers = 2
    limit.tell()
    assert network.told == [0.3]


@pytest.mark.skipif(is_installed(TYPE), reason="nav2_msgs is installed")
def test_without_nav2_nothing_is_said(start_supervisor, node):
    supervisor, _ = start_supervisor()
    assert supervisor.count_publishers(TOPIC) == 0


@pytest.mark.parametrize(("most", "told"), [(0.3, 0.3), (0.0, 0.001)])
def test_nav2_is_told_the_cap(start_supervisor, listen, most, told):
    msg = pytest.importorskip("nav2_msgs.msg", reason="nav2_msgs is not installed")
    limits = listen(msg.SpeedLimit, TOPIC)
    start_supervisor(max_linear=most)
    limit = limits.until(lambda m: True)
    assert (limit.percentage, limit.speed_limit) == (False, pytest.approx(told))
