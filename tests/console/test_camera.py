# SPDX-License-Identifier: Apache-2.0
"""Pictures, one at a time."""

import pytest
from starlette.websockets import WebSocketDisconnect

from agent_planner.console import camera
from tests.console.conftest import OURS, opened
from tests.waits import eventually


def test_a_picture_comes_for_each_that_is_asked_for(signed_in, robot):
    robot.photograph()
    with opened(signed_in, "/camera") as socket:
        assert eventually(lambda: robot.looked_at)
        for _ in range(3):
            socket.send_text("next")
            robot.photograph()
            assert socket.receive_bytes().startswith(b"\xff\xd8")
    assert eventually(lambda: not robot.looked_at)


def test_where_none_is_new_that_is_told(signed_in, robot, monkeypatch):
    monkeypatch.setattr(camera, "_WAIT_S", 0.05)
    robot.photograph()
    with opened(signed_in, "/camera") as socket:
        socket.send_text("next")
        assert socket.receive_text() == "none"


def test_two_pages_look_and_one_goes(signed_in, robot):
    with opened(signed_in, "/camera"):
        with opened(signed_in, "/camera") as socket:
            socket.send_text("next")
            assert eventually(lambda: robot.looked_at)
            robot.photograph()
            socket.receive_bytes()
        assert robot.looked_at


@pytest.mark.parametrize("said", ["more", "", b"next"])
def test_what_is_not_known_ends_it(signed_in, said):
    with opened(signed_in, "/camera") as socket:
        socket.send_bytes(said) if isinstance(said, bytes) else socket.send_text(said)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == 1008


def test_who_signs_out_sees_no_more(signed_in):
    with opened(signed_in, "/camera") as socket:
        signed_in.delete("/session", headers=OURS)
        socket.send_text("next")
        with pytest.raises(WebSocketDisconnect):
            socket.receive_bytes()
