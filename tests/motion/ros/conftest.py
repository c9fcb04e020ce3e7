# SPDX-License-Identifier: Apache-2.0
"""Live rclpy in a context of its own, so that it meets no other test's."""

import itertools

import pytest

rclpy = pytest.importorskip("rclpy")
pytest.importorskip("agent_planner_interfaces.action")

from rclpy.executors import MultiThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from agent_planner.ros.process import spinning  # noqa: E402
from tests.processes import free_domain  # noqa: E402

_NUMBERS = itertools.count()


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/motion/ros/" in str(item.path):
            item.add_marker(pytest.mark.ros)


@pytest.fixture(scope="session")
def domain():
    return free_domain()


@pytest.fixture(scope="session")
def context(domain):
    patch = pytest.MonkeyPatch()
    patch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    context = rclpy.Context()
    rclpy.init(args=[], context=context, domain_id=domain)
    yield context
    rclpy.shutdown(context=context)
    patch.undo()


@pytest.fixture
def namespace():
    return f"/m{next(_NUMBERS)}"


@pytest.fixture
def node(context, namespace):
    """A node of the test's own, spinning."""
    node = Node("test", namespace=namespace, context=context)
    with spinning(MultiThreadedExecutor(4, context=context), node):
        yield node
    node.destroy_node()


@pytest.fixture
def patient(monkeypatch):
    """Readings count for longer: controller and robot share this process with whatever other tests left behind."""
    monkeypatch.setattr("agent_planner_motion.ros.messages.STALE", 10.0)


@pytest.fixture
def bare_node(context, namespace):
    """Call it with parameter overrides; nothing spins."""
    made = []

    def make(**overrides):
        values = [rclpy.parameter.Parameter(name, value=value) for name, value in overrides.items()]
        made.append(Node("n", namespace=namespace, context=context, parameter_overrides=values))
        return made[-1]

    yield make
    for node in made:
        node.destroy_node()
