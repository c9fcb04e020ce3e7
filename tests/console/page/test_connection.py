# SPDX-License-Identifier: Apache-2.0
"""A connection that is lost is shown at once, and comes back by itself."""

import time

from playwright.sync_api import expect

from tests.console.page.stage import Cut, sign_in
from tests.waits import eventually

_SAID = """
    window.said = [];
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
        if (data.startsWith("{")) said.push(JSON.parse(data).do);
        send.call(this, data);
    };
"""
# Forget what was said, show or hide the page, and return what it says at once.
_SEE = """(seen) => {
    said.length = 0;
    Object.defineProperty(document, "hidden", { configurable: true, get: () => !seen });
    document.dispatchEvent(new Event("visibilitychange"));
    return said;
}"""


def test_a_silent_connection_is_shown_within_about_a_second_and_mended(blank, robot):
    socket = Cut(blank)
    sign_in(blank)
    robot.take_over()
    expect(blank.get_by_role("button", name="X plus")).to_be_enabled()
    began = time.monotonic()
    socket.cut()
    expect(blank.locator("#lost")).to_be_visible(timeout=2000)
    assert time.monotonic() - began < 1.8
    expect(blank.locator("#connection")).to_have_text("connection lost")
    for name in ("Send", "Give back", "Open", "auto", "X plus"):
        expect(blank.get_by_role("button", name=name, exact=True)).to_be_disabled()
    expect(blank.locator("#stop")).to_be_enabled()
    socket.mend()
    expect(blank.locator("#lost")).to_be_hidden()
    expect(blank.get_by_role("button", name="Send")).to_be_enabled()
    expect(blank.get_by_role("button", name="X plus")).to_be_enabled()


def test_a_device_that_goes_offline_says_so(page):
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_contain_text("This device is offline.")
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_have_text("connected")


def test_a_connection_is_lost_once(blank):
    sockets = []

    def only_once(socket):
        sockets.append(socket)
        if len(sockets) == 1:
            socket.connect_to_server()
        else:
            socket.close()

    blank.route_web_socket("**/ws", only_once)
    sign_in(blank)
    sockets[0].close()
    assert eventually(lambda: blank.wait_for_timeout(50) or len(sockets) > 3)
    expect(blank.locator("#lost")).to_be_visible()
    expect(blank.locator("#log .bad")).to_have_count(1)


def test_the_page_beats_for_the_watchdog(page, robot):
    assert eventually(lambda: robot.beats >= 3, seconds=3)


def test_a_page_that_nobody_sees_does_not_beat(blank):
    blank.add_init_script(_SAID)
    blank.clock.install()
    sign_in(blank)
    assert eventually(lambda: "beat" in blank.evaluate("said"), seconds=3)
    assert blank.evaluate(_SEE, False) == []
    blank.clock.run_for(400)
    assert blank.evaluate("said") == []
    assert blank.evaluate(_SEE, True) == ["beat"]


def test_what_was_typed_stays_through_it(blank, robot):
    socket = Cut(blank)
    sign_in(blank)
    blank.get_by_label("Instruction").fill("put the cup away")
    socket.cut()
    expect(blank.locator("#lost")).to_be_visible()
    socket.mend()
    expect(blank.locator("#lost")).to_be_hidden()
    expect(blank.get_by_label("Instruction")).to_have_value("put the cup away")


def test_the_camera_is_shown_and_its_silence_told(page, robot):
    robot.about(camera=True)
    assert eventually(lambda: robot.looked_at)
    robot.photograph()
    expect(page.get_by_alt_text("What the robot's camera sees")).to_be_visible()
    expect(page.locator("#no-picture")).to_have_text("no picture for 2 s")
    robot.photograph()
    expect(page.locator("#picture")).to_be_visible()
    assert page.locator("#picture").evaluate("(picture) => picture.naturalWidth") == 64
