# SPDX-License-Identifier: Apache-2.0
"""`agent-planner console` as a process, with a client that speaks as its page does, and a still robot."""

import re
import signal
import socket
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import httpx
import pytest

from agent_planner.cli import console_door
from agent_planner.cli.demo import demo
from agent_planner.cli.terminal import Terminal
from agent_planner.errors import UserError
from tests.cli.still_robot import SCENE, output
from tests.processes import SECONDS, Process

pytest.importorskip("rclpy")
pytest.importorskip("fastapi")

from tests.console.browser import LINK, Browser

pytestmark = pytest.mark.ros

CONSOLE = ("console", "--wait", "60", "--port", "0", "--no-open")
TOKEN = "a-token-of-the-test-alone"


@pytest.fixture
def console(stack, tmp_path):
    """The console of the still robot."""
    process = Process(tmp_path / "console.log", *CONSOLE)
    try:
        process.until("Ctrl-C ends the console")
        yield process
    finally:
        process.end(signal.SIGTERM)


@pytest.fixture
def browser(console):
    port, token = LINK.search(console.log.read_text()).groups()
    return Browser(port, token)


def begin_anew(robot, page):
    """The cube is on the shelf again, and that has been seen."""
    robot.scene = SCENE
    seen = {"red cube": "on shelf, away", "shelf": "surface, away"}
    page.told("scene", lambda scene: {thing["name"]: thing["words"] for thing in scene["things"]} == seen)


def test_a_person_instructs_watches_stops_and_resets(console, browser, robot):
    assert browser.signed_in == 204
    with browser.page() as page:
        about = page.told("robot", lambda data: data["name"])
        assert "pick" in [skill["name"] for skill in about["skills"]] and about["drives"]
        assert page.told("stop", lambda data: data["heard"])["stopped"] is False
        begin_anew(robot, page)
        assert page.ask("instruct", instruction="pick up the red cube")["ok"]
        result = page.told("result")
        assert (result["outcome"], result["goal"]) == ("succeeded", "holding(red cube)")
        (newest, *_) = browser.http.get("/episodes").json()
        assert (newest["id"], newest["outcome"]) == (result["episode_id"], "succeeded")
        kinds = [event["kind"] for event in browser.http.get(f"/episodes/{newest['id']}").json()]
        assert {"GOAL", "CALL", "EXECUTING", "RESULT", "ENDED"} <= set(kinds)
        assert browser.http.post("/stop?reason=seen%20enough").status_code == 202
        assert "console: seen enough" in page.told("stop", lambda data: data["stopped"] and data["reasons"])["reasons"]
        page.told("stop", lambda data: data["parts"].get("execute_instruction") == "confirmed, nothing runs")
        assert page.ask("reset")["ok"]
        page.told("stop", lambda data: not data["stopped"])
        page.say("drive", linear=0.5, angular=0)
        assert page.told("teleop", lambda data: data["active"])["source"] == "stick"
        assert page.ask("give_back")["ok"]
        page.told("teleop", lambda data: not data["active"])
    assert browser.http.get("/map.png").status_code == 404


def test_the_door_is_shut_to_others(console, browser):
    port = LINK.search(console.log.read_text())[1]
    assert Browser(port, "wrong").signed_in == 401
    with httpx.Client(base_url=browser.origin) as stranger:
        assert stranger.get("/episodes").status_code == 401
        assert stranger.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert browser.http.post("/stop", headers={"Origin": "http://evil.example"}).status_code == 403
    assert console.log.read_text().count(LINK.search(console.log.read_text())[2]) == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_it_and_what_it_began_but_not_the_robot(console, browser, robot, hanging, number, code):
    with browser.page() as page:
        begin_anew(robot, page)
        assert page.ask("instruct", instruction="pick up the red cube")["ok"]
        assert hanging.running.wait(SECONDS)
        assert console.end(number) == code
    assert hanging.ended == ["canceled"] and "Traceback" not in console.log.read_text()


def test_the_token_of_a_file_is_not_printed(stack, tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    process = Process(tmp_path / "console.log", *CONSOLE, "--token-file", str(file))
    said = process.until("Ctrl-C ends the console")
    assert Browser(re.search(r"127\.0\.0\.1:(\d+)/", said)[1], TOKEN).signed_in == 204
    assert process.end(signal.SIGTERM) == 143 and TOKEN not in said


def test_a_host_beyond_this_machine_is_warned_of(stack, tmp_path):
    process = Process(tmp_path / "console.log", *CONSOLE, "--host", "0.0.0.0")
    said = process.until("Ctrl-C ends the console")
    port, token = re.search(rf"http://{socket.gethostname()}:(\d+)/#(\S+)", said).groups()
    assert "WARNING: --host 0.0.0.0 lets in whoever" in said and "ssh -L" in said
    assert Browser(port, token).signed_in == 204  # by an address of this machine
    assert httpx.get(f"http://127.0.0.1:{port}/", headers={"Host": f"evil:{port}"}).status_code == 421
    assert process.end(signal.SIGTERM) == 143


def test_without_a_robot_that_is_told(state):
    done = output("console", "--domain", "101", "--wait", "1", "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        "the planner's parameters: no answer within 1 s in ROS domain 101" in done.stderr
        and "Traceback" not in done.stderr
    )


def test_a_taken_port_is_told(state):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = output("console", "--domain", "101", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2 and "choose another one by --port" in done.stderr


def test_without_the_packages_that_is_told(monkeypatch):
    monkeypatch.setattr(console_door, "find_spec", lambda name: None if name == "uvicorn" else name)
    with (
        pytest.raises(UserError, match=r"not installed: uvicorn; run `pip install '\.\[console\]'`"),
        console_door.console_door("127.0.0.1", 0, None, False),
    ):
        pass


def test_a_browser_gets_a_token_that_is_good_once(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    for display, opens in (("", False), (":0", True)):
        monkeypatch.setenv("DISPLAY", display)
        with console_door.console_door("127.0.0.1", 0, None, True) as door:
            assert door.opens is opens and door.link("x") == f"http://127.0.0.1:{door.port}/#x"


def test_a_demo_with_a_console_has_neither_video_nor_verdict(tmp_path):
    with pytest.raises(UserError, match="--console goes on until Ctrl-C: there is no --video and no --json"):
        demo(console=True, as_json=True)
    with pytest.raises(UserError, match="there is no --video"):
        demo(console=True, video=tmp_path / "a.mp4")


def test_what_fails_once_it_is_served_ends_what_was_sent(monkeypatch):
    ended = []
    link = SimpleNamespace(join=lambda seconds: None, end=ended.append)
    monkeypatch.setattr("agent_planner.ros.console_link.ConsoleLink", lambda *what: link)
    monkeypatch.setattr("agent_planner.console.app.console_app", lambda *what: None)
    monkeypatch.setattr("agent_planner.console.serve.served", lambda app, socket: nullcontext(lambda: None))
    monkeypatch.setattr(console_door.webbrowser, "open", lambda address: 1 / 0)
    with (
        socket.create_server(("127.0.0.1", 0)) as listens,
        pytest.raises(ZeroDivisionError),
        console_door.console_at(
            console_door.Door(listens, "127.0.0.1", TOKEN, True, True), None, Terminal(), 1, "hand"
        ),
    ):
        pass
    assert len(ended) == 1
