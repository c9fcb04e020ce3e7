# SPDX-License-Identifier: Apache-2.0
"""The whole of it: processes of the command line, real action servers, physics."""

import os

import pytest

from tests.end_to_end.processes import RUN_SECONDS

pytest.importorskip("rclpy")
pytest.importorskip("mujoco")


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/end_to_end/" in str(item.path):
            item.add_marker(pytest.mark.ros)
            item.add_marker(pytest.mark.sim)
            item.add_marker(pytest.mark.timeout(RUN_SECONDS))


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory):
    """The stacks of these tests are seen by these tests alone."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("state")))
    yield
    patch.undo()


@pytest.fixture
def clean_environ():
    """The environment of a user who has sourced nothing."""
    return {name: os.environ[name] for name in ("HOME", "PATH", "XDG_RUNTIME_DIR") if name in os.environ}
