# SPDX-License-Identifier: Apache-2.0
import pytest

from agent_planner.ros.interface_types import is_installed
from agent_planner.ros.speed_limit import TOPIC, TYPE


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
