# SPDX-License-Identifier: Apache-2.0
"""Who gets in: names, origins, tokens, cookies."""

import pytest
from starlette.websockets import WebSocketDisconnect

from agent_planner.console.guard import Names
from agent_planner.console.sessions import COOKIE
from tests.console.conftest import HOST, ORIGIN, OURS, TOKEN, Page, opened, sign_in

FOREIGN = ("http://evil.example", "null", "https://127.0.0.1:8770", "http://127.0.0.1:1", f"{ORIGIN}.evil.example")
# Another console on this machine has another port, and so another cookie.
OWN_COOKIE = f"{COOKIE}_8770"
CLOSED = ("/episodes", "/episodes/20260101-000000-abcd", "/map.png", "/session")


def test_the_page_is_for_everybody_and_may_load_nothing_from_elsewhere(client):
    answer = client.get("/")
    assert answer.status_code == 200 and "<title>console" in answer.text
    assert client.get("/page/console.js").headers["content-type"].startswith("text/javascript")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and f"connect-src 'self' ws://{HOST}" in policy and "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY" and answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/docs", "/redoc", "/openapi.json", "/page/", "/page/../app.py", "/page/%2e%2e/app.py"]
)
def test_nothing_else_is_shown(client, path):
    assert client.get(path).status_code == 404


def test_the_token_becomes_a_cookie(client):
    answer = sign_in(client)
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 204 and answer.content == b""
    assert cookie.startswith(f"{OWN_COOKIE}=") and "Max-Age" not in cookie and TOKEN not in cookie
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    assert client.get("/episodes").status_code == 200 and client.get("/session").status_code == 204


def test_a_wrong_token_does_not(client):
    answer = sign_in(client, "wrong")
    assert answer.status_code == 401 and "set-cookie" not in answer.headers
    assert client.get("/episodes").status_code == 401


def test_who_guesses_has_to_wait(client):
    assert [sign_in(client, "wrong").status_code for _ in range(5)] == [401] * 5
    assert sign_in(client).status_code == 429


def test_a_nonce_that_is_used_again_is_refused(client):
    said = {"token": TOKEN, "nonce": client.get("/session/nonce").json()["nonce"]}
    assert client.post("/session", json=said, headers=OURS).status_code == 204
    client.cookies.clear()
    again = client.post("/session", json=said, headers=OURS)
    assert again.status_code == 409 and "set-cookie" not in again.headers
    assert client.post("/session", json=said | {"nonce": "x"}, headers=OURS).status_code == 409


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("cookie", [None, "", "made-up", TOKEN])
def test_without_a_cookie_nothing_is_told(client, path, cookie):
    if cookie is not None:
        client.cookies.set(OWN_COOKIE, cookie)
    assert client.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/ws", "/camera"])
def test_without_a_cookie_no_socket_is_opened(client, robot, path):
    with pytest.raises(WebSocketDisconnect), opened(client, path):
        pass
    assert client.post("/stop?reason=x", headers=OURS).status_code == 401
    assert client.delete("/session", headers=OURS).status_code == 401
    assert robot.did == [] and not robot.looked_at


@pytest.mark.parametrize("origin", [*FOREIGN, None])
def test_pages_of_other_origins_do_nothing(signed_in, robot, origin):
    headers = {} if origin is None else {"Origin": origin}
    nonce = signed_in.get("/session/nonce").json()["nonce"]
    assert signed_in.post("/session", json={"token": TOKEN, "nonce": nonce}, headers=headers).status_code == 403
    assert signed_in.post("/stop?reason=x", headers=headers).status_code == 403
    assert signed_in.delete("/session", headers=headers).status_code == 403
    for path in ("/ws", "/camera"):
        with pytest.raises(WebSocketDisconnect):
            signed_in.websocket_connect(f"ws://{HOST}{path}", headers=headers).__enter__()
    assert robot.did == []


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8770", "127.0.0.1", "127.0.0.1:1", "localhost.evil:8770"]
)
def test_other_names_for_this_machine_are_refused(signed_in, host):
    for path in ("/", "/page/console.js", "/session/nonce", "/episodes"):
        assert signed_in.get(path, headers={"Host": host}).status_code == 421
    with pytest.raises(WebSocketDisconnect):
        signed_in.websocket_connect(f"ws://{host}/ws", headers={"Origin": f"http://{host}"}).__enter__()


def test_localhost_is_ours_too(client):
    assert client.get("/", headers={"Host": "LOCALHOST:8770"}).status_code == 200
    headers = {"Host": "localhost:8770", "Origin": "http://localhost:8770"}
    assert sign_in(client, **headers).status_code == 204
    assert sign_in(client, Host="localhost:8770").status_code == 403


def test_an_address_counts_where_the_server_listens_to_all():
    names = Names(frozenset({"robot"}), 8770, by_address=True)
    assert names.admit("10.0.0.7:8770", ("10.0.0.7", 8770)) and names.admit("Robot:8770", ("10.0.0.7", 8770))
    assert not names.admit("10.0.0.8:8770", ("10.0.0.7", 8770)) and not names.admit("evil:8770", ("10.0.0.7", 8770))
    assert not Names(frozenset({"robot"}), 8770).admit("10.0.0.7:8770", ("10.0.0.7", 8770))


def test_a_session_that_is_over_opens_nothing_and_its_page_is_closed(signed_in):
    cookie = signed_in.cookies[OWN_COOKIE]
    with opened(signed_in) as socket:
        assert signed_in.delete("/session", headers=OURS).status_code == 204
        with pytest.raises(WebSocketDisconnect) as closed:
            Page(socket).until(lambda message: False)
        assert closed.value.code == 4401
    signed_in.cookies.set(OWN_COOKIE, cookie)
    assert signed_in.get("/episodes").status_code == 401


def test_long_bodies_are_refused(client):
    assert client.post("/session", content=b"x" * 65537, headers=OURS).status_code == 413
    assert client.post("/session", content=iter([b"x"]), headers=OURS).status_code == 411
    assert client.post("/session", json={"token": TOKEN}, headers=OURS).status_code == 422
