# SPDX-License-Identifier: Apache-2.0
"""`agent-planner demo --console`: a session in simulation that one can steer."""

import io
import math
import signal

import pytest
from PIL import Image

from tests.console.browser import LINK, Browser
from tests.end_to_end.processes import CUBE_SCRIPT, console_demo

pytest.importorskip("fastapi")


@pytest.fixture
def demo(tmp_path):
    with console_demo(tmp_path, CUBE_SCRIPT) as process:
        yield process


def test_a_person_sees_drives_and_stops_the_simulated_robot(demo):
    browser = Browser(*LINK.search(demo.log.read_text()).groups())
    with browser.page() as page:
        about = page.told("robot", lambda robot: robot["camera"])
        assert about["suggestion"] == "put the red cube in the blue bin" and about["arm"] and about["drives"]
        things = page.told("scene")["things"]
        assert next(thing for thing in things if thing["name"] == "red cube")["color"].startswith("#")
        shown = page.told("map")
        assert Image.open(io.BytesIO(browser.http.get("/map.png").content)).size == (shown["width"], shown["height"])
        assert Image.open(io.BytesIO(browser.picture())).size[0] >= 320
        began = page.told("scene")["robot"]["yaw"]
        heading = lambda: math.remainder(page.newest["scene"]["robot"]["yaw"] - began, math.tau)  # noqa: E731
        page.hold("drive", lambda: heading() > 0.3, linear=0.0, angular=0.5)
        assert page.told("teleop", lambda teleop: teleop["active"])["source"] == "stick"
        assert page.ask("give_back")["ok"]
        assert page.ask("instruct", instruction="put the red cube in the blue bin")["ok"]
        page.told("event", lambda event: event["kind"] == "EXECUTING")
        assert browser.http.post("/stop?reason=enough").json()["ok"]
        assert page.told("stop", lambda stop: stop["confirmed"])["parts"]["base"] == "at rest, as measured"
        assert page.told("result")["outcome"] in ("cancelled", "failed")
    assert demo.end(signal.SIGINT) == 130
    assert "Traceback" not in demo.log.read_text()
