# SPDX-License-Identifier: Apache-2.0
"""The line at the bottom."""

import pytest

from agent_planner.teleop.keyboard import Keyboard
from agent_planner.teleop.status import TeleopStatus, status_line


@pytest.fixture
def keyboard():
    return Keyboard(0.25, 0.6)


def test_it_tells_who_has_the_robot_level_speed_and_stop(keyboard):
    status = TeleopStatus(True, 12.4, "confirm", False)
    told = "not stopped | robot: person, 12 s | level: confirm | BASE 0.25 m/s 0.60 rad/s"
    assert status_line(status, keyboard, 200) == told
    assert status_line(status, keyboard, 20) == told[:20]
    keyboard.press("tab")
    told = status_line(TeleopStatus(False, 0.0, "auto", True, "a test"), keyboard, 200)
    assert told == "STOPPED: a test | robot: skills | level: auto | ARM 50%, base axes"


def test_what_is_not_heard_is_said(keyboard):
    told = status_line(TeleopStatus(), keyboard, 200)
    assert told.startswith("NO SUPERVISOR | robot: not known | level: no planner | ")


def test_a_text_from_elsewhere_moves_no_cursor(keyboard):
    status = TeleopStatus(False, 0.0, "auto", True, "\x1b[2J\r\nrm -rf\x07")
    line = status_line(status, keyboard, 300)
    assert line.isprintable() and "rm -rf" in line
