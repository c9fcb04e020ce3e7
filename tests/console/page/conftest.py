# SPDX-License-Identifier: Apache-2.0
"""The page in a real browser, served by the real server; behind it the arena."""

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("playwright")

from agent_planner.access import LOOPBACK, listening
from agent_planner.console.app import console_app
from agent_planner.console.serve import names_of, served
from tests.console.page.stage import DESKTOP, TOKEN, PageRobot, chromium, sign_in


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/console/page/" in str(item.path):
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="module")
def browser():
    """For no longer than a module, for the sake of tests that run a loop of their own."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def robot(tmp_path):
    return PageRobot(tmp_path)


@pytest.fixture
def address(robot):
    with listening(0) as socket:
        port = socket.getsockname()[1]
        with served(console_app(robot, TOKEN, names_of(LOOPBACK, port)), socket):
            yield f"http://{LOOPBACK}:{port}/"


@pytest.fixture
def options():
    """Of the browser's window; a test may have others."""
    return DESKTOP


@pytest.fixture
def blank(browser, address, options):
    """A window that shows nothing yet. No page may log an error that no test expects, or break its own policy."""
    context = browser.new_context(base_url=address, **options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: "Content Security" in message.text and faults.append(message.text))
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def page(blank):
    """The console, signed in."""
    sign_in(blank)
    return blank
