# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

from agent_planner.ament import ament_prefixes


def test_the_prefixes_come_in_their_order_and_empty_ones_are_none(monkeypatch):
    monkeypatch.setenv("AMENT_PREFIX_PATH", ":/own::/opt/ros:")
    assert ament_prefixes() == [Path("/own"), Path("/opt/ros")]


def test_where_nothing_is_sourced_there_are_none(monkeypatch):
    monkeypatch.delenv("AMENT_PREFIX_PATH", raising=False)
    assert ament_prefixes() == []
