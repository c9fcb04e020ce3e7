# SPDX-License-Identifier: Apache-2.0
"""What a page is told, and what comes of its commands."""

import asyncio
import json
import time

import pytest
from starlette.requests import ClientDisconnect
from starlette.websockets import WebSocketDisconnect

from agent_planner.console import page_link, steering
from agent_planner.console.hub import Hub
from agent_planner.ros.console_values import Answer
from tests.console.arena_console import SECONDS
from tests.console.conftest import HOST, ORIGIN, OURS, opened
from tests.waits import eventually

TIDY = "put the red cube in the bin"
STOOD = ("drive", 0.0, 0.0)


def test_who_comes_is_told_what_there_is(open_page):
    with open_page() as page:
        first = [page.socket.receive_json()["topic"] for _ in range(8)]
        assert {"robot", "status", "stop", "teleop", "autonomy", "questions", "map", "scene"} == set(first)
        assert page.told("alive")["time"] == pytest.approx(time.time(), abs=SECONDS)


def test_an_instruction_is_followed_to_its_result(open_page, robot):
    with open_page() as page:
        assert page.ask("instruct", instruction=TIDY)["ok"]
        result = page.told("result")
        assert (result["outcome"], result["goal"]) == ("succeeded", "in(red cube, bin)")
    kinds = [message["data"]["kind"] for message in page.heard if message.get("topic") == "event"]
    assert kinds[-1] == "ENDED" and {"GOAL", "CALL", "EXECUTING", "RESULT"} <= set(kinds)
    assert robot.did == [("instruct", TIDY, "")]
    with open_page() as later:
        # Who comes later sees how it went, in the same order.
        again = [later.next("event")["kind"] for _ in kinds]
    assert again == kinds


def test_a_question_is_asked_and_answered(open_page, robot):
    robot.arena.script = ["goal: halved(red cube)", 'halved(red cube)\ncut(object="red cube")']
    with open_page() as page:
        page.ask("instruct", instruction="cut the cube", autonomy="auto")
        (question,) = page.told("questions", lambda data: data != [])
        assert "may it be carried out?" in question["text"]
        assert not page.ask("answer", id="another", answer="yes")["ok"]
        assert page.ask("answer", id=question["id"], answer="no")["ok"]
        page.told("questions", lambda data: data == [])
        page.ask("cancel")
        page.told("result")


@pytest.mark.parametrize(
    ("fields", "did"),
    [
        ({"do": "cancel"}, ("cancel",)),
        ({"do": "autonomy", "level": "teleop"}, ("autonomy", "teleop")),
        ({"do": "take_over"}, ("take_over",)),
        ({"do": "give_back"}, ("give_back",)),
        ({"do": "gripper", "opening": 1}, ("gripper", 1.0)),
        ({"do": "stop", "reason": "a child"}, ("stop", "a child")),
        ({"do": "reset"}, ("reset",)),
    ],
)
def test_commands_are_carried_out_and_answered(open_page, robot, fields, did):
    with open_page() as page:
        assert page.ask(**fields)["ok"]
    assert robot.did == [did]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"do": "drve", "n": 1}, "there is no command 'drve'; did you mean 'drive'?"),
        ({"n": 1}, "there is no command 'None'; known: answer, autonomy, beat"),
        ({"do": "cancel"}, "cancel: n: is missing"),
        ({"do": "cancel", "n": True}, "cancel: n: Input should be a valid integer"),
        ({"do": "cancel", "n": 1.5}, "cancel: n: "),
        ({"do": "cancel", "n": 1, "now": 1}, "cancel: now: is no field"),
        ({"do": "drive", "n": 1, "linear": 2, "angular": 0}, "drive: linear: Input should be less than or equal to 1"),
        ({"do": "drive", "n": 1, "linear": "1", "angular": 0}, "drive: linear: Input should be a valid number"),
        ({"do": "drive", "n": 1, "linear": 1}, "drive: angular: is missing"),
        ({"do": "jog", "n": 1, "linear": [0, 0], "angular": [0, 0, 0]}, "jog: linear.2: is missing"),
        ({"do": "gripper", "n": 1, "opening": -0.1}, "gripper: opening: "),
        ({"do": "autonomy", "n": 1, "level": "wild"}, "'auto', 'confirm', 'plan_only' or 'teleop'"),
        ({"do": "instruct", "n": 1, "instruction": "x", "autonomy": "teleop"}, "'auto', 'confirm' or 'plan_only'"),
        ({"do": "instruct", "n": 1, "instruction": "x" * 3000}, "instruct: instruction: "),
        ([1], "a command is a JSON object"),
        ("[" * 60000, "a command is a JSON object"),
        ('{"do": "drive", "n": 1, "linear": NaN, "angular": 0}', "drive: linear: "),
        ('{"do": "drive", "n": 1, "linear": Infinity, "angular": 0}', "drive: linear: "),
        ("not JSON", "a command is a JSON object"),
    ],
)
def test_what_is_no_command_does_nothing_and_is_told(open_page, robot, said, why):
    with open_page() as page:
        page.socket.send_text(said if isinstance(said, str) else json.dumps(said))
        reply = page.until(lambda message: "reply" in message)
        assert not reply["ok"] and why in reply["message"], reply
        page.socket.send_json({"do": "beat", "n": 2})
        assert page.reply(2)["ok"]
    assert robot.did == []


@pytest.mark.parametrize("number", [5, 4, -1])
def test_a_command_that_is_replayed_closes_the_connection(open_page, robot, number):
    with open_page() as page:
        page.socket.send_json({"do": "take_over", "n": 5})
        page.reply(5)
        page.socket.send_json({"do": "give_back", "n": number})
        reply = page.reply(number)
        assert not reply["ok"] and "replayed" in reply["message"]
        with pytest.raises(WebSocketDisconnect) as closed:
            page.until(lambda message: False)
    assert closed.value.code == page_link.REPLAYED and robot.did == [("take_over",)]


def test_a_stop_is_carried_out_whatever_is_wrong_with_it(open_page, robot):
    with open_page() as page:
        page.socket.send_json({"do": "stop", "reason": ["a", 1], "colour": "red"})
        assert page.until(lambda message: "reply" in message)["ok"]
        assert page.told("stop", lambda stop: stop["stopped"])
    assert robot.did == [("stop", "['a', 1]")]


def test_a_stop_waits_for_no_other_command(open_page, robot):
    robot.silent = True
    with open_page() as page:
        for _ in range(50):
            page.say("take_over")
        assert page.ask("stop", reason="now")["ok"]


def test_a_stop_by_http_needs_no_socket(signed_in, robot):
    for address, body in (("/stop?reason=the%20page%20hangs", b""), ("/stop", b""), ("/stop", b"not json")):
        answer = signed_in.post(address, content=body, headers=OURS)
        assert (answer.status_code, answer.json()["ok"]) == (202, True)
    assert robot.did == [("stop", "the page hangs"), *[("stop", "")] * 2]


def test_a_stop_by_http_waits_for_no_body(signed_in, robot):
    cookies = "; ".join(f"{name}={value}" for name, value in signed_in.cookies.items())
    said = {"host": HOST, "origin": ORIGIN, "cookie": cookies, "content-length": "9"}
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/stop",
        "query_string": b"", "headers": [(name.encode(), value.encode()) for name, value in said.items()],
    }  # fmt: skip
    sent = []

    async def receive():
        raise ClientDisconnect

    async def send(message):
        sent.append(message)

    asyncio.run(signed_in.app(scope, receive, send))
    assert sent[0]["status"] == 202 and robot.did == [("stop", "")]


def test_what_comes_of_the_gripper_is_told(open_page, robot):
    robot.gripper = lambda opening: Answer(False, "the robot is stopped")
    with open_page() as page:
        reply = page.ask("gripper", opening=1)
    assert (reply["ok"], reply["message"]) == (False, "the robot is stopped")


def test_a_service_that_never_answers_is_told(open_page, robot, monkeypatch):
    monkeypatch.setattr(page_link, "_ANSWER_S", 0.1)
    robot.silent = True
    with open_page() as page:
        reply = page.ask("take_over")
    assert not reply["ok"] and "no answer within 0.1 s" in reply["message"]


def test_a_stick_of_which_nothing_is_heard_stands_still(open_page, robot):
    with open_page() as page:
        page.say("drive", linear=0.5, angular=-1)
        began = time.monotonic()
        assert eventually(lambda: robot.did[-1:] == [STOOD], every=0.005)
        assert 0.25 < time.monotonic() - began < 2
        page.say("jog", linear=[0, 0, 1], angular=[0, 0, 0])
        assert eventually(lambda: robot.did[-1] == ("jog", (0, 0, 0), (0, 0, 0)))
        assert not page.heard or all("reply" not in message for message in page.heard)
    assert robot.did[0] == ("drive", 0.5, -1.0)


def test_a_stick_that_is_held_goes_on(open_page, robot, monkeypatch):
    monkeypatch.setattr(steering, "SILENCE_S", 1.0)
    with open_page() as page:
        for _ in range(2):
            page.say("drive", linear=1, angular=0)
            page.next("alive"), page.next("alive"), page.next("alive")
        assert STOOD not in robot.did
        page.say("drive", linear=0, angular=0)
        assert eventually(lambda: robot.did[-1] == STOOD)


def test_a_page_that_goes_lets_go_of_the_stick(open_page, robot, monkeypatch):
    monkeypatch.setattr(steering, "SILENCE_S", 60.0)
    with open_page() as page:
        page.say("drive", linear=1, angular=0)
        assert eventually(lambda: robot.did)
        page.socket.close()
        assert eventually(lambda: robot.did[-1] == STOOD)
    assert robot.did == [("drive", 1.0, 0.0), STOOD]


def test_a_page_that_only_looks_moves_nothing_when_it_goes(open_page, robot):
    with open_page() as driving:
        driving.say("drive", linear=1, angular=0)
        assert eventually(lambda: robot.did)
        with open_page() as looking:
            looking.told("robot")
            before = len(robot.did)
        assert STOOD not in robot.did[:before]


def test_the_operators_link_lives_while_a_page_beats(open_page, robot):
    with open_page() as page:
        page.next("alive"), page.next("alive")
        assert robot.beats == 0
        page.ask("beat")
        assert eventually(lambda: robot.beats >= 2)
        # It lives for 0.6 s; these come 0.3 s apart.
        page.next("alive"), page.next("alive"), page.next("alive"), page.next("alive")
        ended = robot.beats
        page.next("alive"), page.next("alive")
        assert robot.beats == ended <= 4


def test_the_newest_counts_for_a_page_that_comes_late(open_page, robot):
    for number in range(100):
        robot.tell("autonomy", {"level": str(number)})
    with open_page() as page:
        assert page.told("autonomy") == {"level": "99"}


def test_a_page_that_comes_late_has_room_for_more(open_page, robot):
    with open_page() as page:
        for number in range(600):
            robot.tell("event", {"kind": "CALL", "episode_id": "x", "step": number})
            if number % 100 == 99:
                page.next("event", lambda event, number=number: event["step"] == number)
    with open_page() as late:
        assert late.ask("beat")["ok"]
        late.told("event", lambda event: event["step"] == 599)


class StuckSocket:
    """A page that takes nothing, and says nothing."""

    def __init__(self):
        self.closed = None

    async def receive(self):
        await asyncio.Event().wait()

    async def send_text(self, text):
        await asyncio.Event().wait()

    async def close(self, code):
        self.closed = code


@pytest.mark.parametrize("how", ["stuck", "flooded"])
def test_a_page_that_is_too_slow_is_disconnected(robot, monkeypatch, how):
    monkeypatch.setattr(page_link, "_SEND_S", 0.1 if how == "stuck" else 30.0)

    async def main():
        hub, socket = Hub(robot), StuckSocket()
        async with hub.running(), asyncio.timeout(SECONDS):
            link = page_link.PageLink(socket, hub, "cookie")
            serving = asyncio.create_task(link.serve())
            if how == "flooded":
                for _ in range(600):
                    link.tell("event", {"kind": "CALL", "episode_id": "x"})
            await serving
        return socket.closed

    assert asyncio.run(main()) == page_link.TOO_SLOW


def test_pages_of_one_robot_do_not_wait_for_each_other(open_page, signed_in, robot):
    with open_page() as one, open_page() as other, opened(signed_in):
        one.ask("autonomy", level="confirm")
        assert other.told("autonomy", lambda data: data["level"] == "confirm")
