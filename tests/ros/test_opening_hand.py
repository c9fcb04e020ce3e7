# SPDX-License-Identifier: Apache-2.0
"""When the robot's hand opens by itself."""

from types import SimpleNamespace

import pytest

pytest.importorskip("rclpy")

from agent_planner.ros.client import Feedback
from agent_planner.ros.opening_hand import DRIVING, LIFTING, OpeningHand

pytestmark = pytest.mark.ros

PICK, DRIVE = 'pick(object="cup")', 'navigate_to(target="desk")'
WAY = [
    (DRIVE, "distance_remaining 2"),
    (PICK, "state APPROACHING"),
    (PICK, "state GRASPING"),
    (PICK, "state LIFTING"),
    (PICK, "state RETRACTING"),
    (PICK, "failed SLIPPED: gone"),
    (DRIVE, "distance_remaining 0"),
    (PICK, "ok"),
    (DRIVE, "distance_remaining 1"),
    (DRIVE, "distance_remaining 0.5"),
]


@pytest.fixture
def opened():
    """Where on the way the hand opens in an episode, for each of some seeds."""
    sent = []
    node = SimpleNamespace(create_publisher=lambda *_: SimpleNamespace(publish=sent.append))
    hand = OpeningHand(SimpleNamespace(node=node))

    def run(seed):
        hand.begin("dev", "failures", seed)
        found = []
        for call, detail in WAY:
            hand.hear(Feedback(0, "", call, "RESULT" if detail[:2] in ("ok", "fa") else "EXECUTING", detail))
            found += [(call, detail, message.data) for message in sent]
            sent.clear()
        return hand.struck, found

    return run


def test_it_opens_once_as_a_thing_is_lifted_or_on_the_first_drive_with_it(opened):
    results = [opened(seed) for seed in range(12)]
    assert {struck for struck, _ in results} == {LIFTING, DRIVING}
    at = {LIFTING: (PICK, "state LIFTING", 0.08), DRIVING: (DRIVE, "distance_remaining 1", 0.08)}
    assert all(found == [at[struck]] for struck, found in results)
    assert results == [opened(seed) for seed in range(12)]
