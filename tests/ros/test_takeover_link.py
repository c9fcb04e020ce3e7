# SPDX-License-Identifier: Apache-2.0
"""What the planner makes of the supervisor's news of takeovers, where some of it is late or lost."""

from types import SimpleNamespace

import pytest

from agent_planner.agent.takeover import Takeovers
from agent_planner.ros.names import GIVE_BACK, TAKE_OVER, TELEOP_STATE
from agent_planner.ros.takeover_link import TakeoverLink
from agent_planner.ros.teleop_state import TeleopState


class Node:
    """Stands in for one: notes which services are called, and hears what a test says."""

    def __init__(self):
        self.called, self.hears = [], {}

    def create_client(self, kind, name, callback_group):
        return SimpleNamespace(service_is_ready=lambda: True, call_async=lambda request: self.called.append(name))

    def create_subscription(self, kind, topic, callback, qos, callback_group):
        self.hears[topic] = callback

    def tells(self, active, number, distance=0.0):
        state = TeleopState(active, "stick", number, distance_m=distance)
        self.hears[TELEOP_STATE](state.message("/supervisor"))


@pytest.fixture
def node():
    return Node()


@pytest.fixture
def begun():
    """Once for each time that what the robot does was ended."""
    return []


@pytest.fixture
def takeovers(begun):
    return Takeovers(lambda: begun.append(True))


@pytest.fixture
def ended():
    return []


@pytest.fixture
def link(node, takeovers, ended):
    link = TakeoverLink(node, takeovers, lambda: ended.append(True))
    link.configure()
    return link


def test_one_that_was_over_before_it_was_heard_of_counts(link, node, takeovers, begun, ended):
    node.tells(False, 1)
    assert (takeovers.pending, begun) == (False, []), "it was before our time"
    node.tells(False, 1)
    assert not takeovers.pending
    node.tells(False, 2, 1.5)
    assert (takeovers.active, takeovers.pending, begun, ended) == (False, True, [True], [True])
    assert takeovers._returned[0].source == "stick" and takeovers._returned[0].distance_m == 1.5
    node.tells(False, 0)  # another supervisor
    assert len(takeovers._returned) == 1


def test_one_that_is_heard_of_from_begin_to_end_counts_once(link, node, takeovers, begun, ended):
    node.tells(False, 0)
    node.tells(True, 1)
    assert takeovers.active
    node.tells(True, 1)
    node.tells(False, 1)
    assert (len(takeovers._returned), begun, ended) == (1, [True], [True])


@pytest.mark.parametrize("first", [0, 3])
def test_one_that_began_here_is_asked_for_until_the_supervisor_tells_of_it(link, node, takeovers, first):
    link.take("autonomy")
    node.tells(False, first)  # how it was before it heard of ours
    assert takeovers.active and node.called == [TAKE_OVER] * 2
    node.tells(True, first + 1)
    node.tells(True, first + 1)
    assert takeovers.active and takeovers.source == "autonomy"
    link.give_back()
    node.tells(False, first + 1)
    assert not takeovers.active and node.called == [TAKE_OVER, TAKE_OVER, GIVE_BACK]


def test_one_that_is_in_force_outlives_the_supervisor(link, node, takeovers, ended):
    node.tells(False, 0)
    node.tells(True, 1)
    for _ in range(2):  # one after the other; each begins to count anew
        node.tells(False, 0)
        node.tells(False, 0)
        assert takeovers.active and not ended and node.called == [TAKE_OVER] * 2
        node.called.clear()
        node.tells(True, 1)
    node.tells(False, 1)
    assert not takeovers.active and ended == [True] and not node.called


def test_one_that_was_given_back_while_no_supervisor_was_there_is_over(link, node, takeovers, ended):
    node.tells(True, 2)
    link.give_back()
    assert takeovers.active, "nobody has confirmed it yet"
    node.tells(False, 0)
    assert not takeovers.active and ended == [True] and node.called == [GIVE_BACK]
    node.tells(True, 1)
    node.tells(False, 0)
    assert takeovers.active, "the next one is a person's again"


@pytest.mark.parametrize("heard_before", [True, False])
def test_one_that_began_here_and_was_over_before_that_was_told(link, node, takeovers, heard_before):
    steps = [lambda: node.tells(False, 3), lambda: link.take("autonomy")]
    for step in steps if heard_before else reversed(steps):
        step()
    node.tells(False, 4)
    assert (takeovers.active, takeovers.pending) == (False, True)
