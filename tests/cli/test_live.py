# SPDX-License-Identifier: Apache-2.0
"""The lines of a run."""

import pytest

pytest.importorskip("rclpy")

from agent_planner.cli.live import LiveRun
from agent_planner.cli.terminal import Terminal
from agent_planner.ros.client import Feedback, InstructionResult

pytestmark = pytest.mark.ros

RUN = (
    Feedback(0, "", "", "LOADING_MODEL", "loading weights (10%)"),
    Feedback(0, "", "", "LOADING_MODEL", "loading weights (90%)"),
    Feedback(0, "", "", "THINKING", ""),
    Feedback(0, "in(red cube, blue bin)", "", "GOAL", ""),
    Feedback(1, "needs at(desk)", 'navigate_to(target="desk")', "CHECKING", ""),
    Feedback(1, "", 'navigate_to(target="desk")', "REFUSED", "NO_PROGRESS: already there"),
    Feedback(2, "[x] needs", 'pick(object="red cube")', "CHECKING", ""),
    Feedback(2, "", 'pick(object="red cube")', "EXECUTING", 'pick(object="red cube")'),
    Feedback(2, "", 'pick(object="red cube")', "EXECUTING", "state GRASPING"),
    Feedback(2, "", 'pick(object="red cube")', "EXECUTING", "state GRASPING"),
    Feedback(2, "", 'pick(object="red cube")', "EXECUTING", "distance_remaining 1.2"),  # too soon to tell
    Feedback(2, "", 'pick(object="red cube")', "RESULT", "failed SLIPPED: [the cube] fell"),
    Feedback(2, "", "", "TELEOP", "a person has the robot (stick)"),
)
END = InstructionResult("ABORTED", "failed", 103, "SLIPPED", "failed after 1 call", "in(red cube, blue bin)", (), "id")


def test_each_thing_is_said_once_and_nothing_is_taken_for_markup(capsys):
    live = LiveRun(Terminal())
    for feedback in RUN:
        live.hear(feedback)
    live.ended(END)
    assert capsys.readouterr().out.splitlines() == [
        "the model is loading",
        "goal      in(red cube, blue bin)",
        "  1  thought  needs at(desk)",
        '     call     navigate_to(target="desk")',
        "     refused  NO_PROGRESS: already there",
        "  2  thought  [x] needs",
        '     call     pick(object="red cube")',
        "     check    ok",
        "     robot    grasping",
        "     result   failed SLIPPED: [the cube] fell",
        "     person   a person has the robot (stick)",
        "ABORTED  failed after 1 call",
    ]


def test_what_is_said_instead_of_a_goal_is_shown_alike(capsys):
    LiveRun(Terminal()).hear(Feedback(0, 'goal: missing("cup")', "", "GOAL", ""))
    assert capsys.readouterr().out == 'goal      missing("cup")\n'


def test_with_json_it_goes_to_stderr(capsys):
    LiveRun(Terminal(as_json=True)).hear(RUN[3])
    out, err = capsys.readouterr()
    assert (out, err) == ("", "goal      in(red cube, blue bin)\n")
