# SPDX-License-Identifier: Apache-2.0
"""The client against a real HTTP server on loopback, well-behaved and not."""

import json
import socket
import threading
import time

import pytest

from agent_planner.errors import ModelError, UserError
from agent_planner.llm.backoff import Backoff
from agent_planner.llm.base import ChatRequest, Message
from agent_planner.llm.openai import OpenAIModel
from tests.llm.chat_server import ChatServer, piece, says, status, stream

TOOL = {"type": "function", "function": {"name": "pick", "parameters": {"type": "object", "properties": {}}}}


def ask(name="a", **more):
    return ChatRequest(name, (Message("system", "You direct a robot."), Message("user", f"hello {name}")), **more)


def client(server, **more):
    url = server if isinstance(server, str) else server.url
    return OpenAIModel("some-model", url, **{"backoff": Backoff(first=0.01), "read_seconds": 5.0, **more})


def chat(server, *requests, **more):
    model = client(server, **more)
    try:
        return model.chat(requests or [ask()])
    finally:
        model.close()


def test_a_stream_is_put_together_and_told_as_it_comes():
    with ChatServer(says("goal: ", "at(", "desk)")) as server:
        model, heard = client(server), []
        (reply,) = model.chat([ask(max_tokens=7)], on_token=lambda c, t: heard.append((c, t)))
        model.close()
    assert (reply.text, reply.finish, reply.raw_invalid) == ("goal: at(desk)", "stop", None)
    assert heard == [("a", "goal: "), ("a", "at("), ("a", "desk)")]
    (body,) = server.bodies
    assert body["model"] == "some-model"
    assert body["messages"] == [
        {"role": "system", "content": "You direct a robot."},
        {"role": "user", "content": "hello a"},
    ]
    assert (body["max_tokens"], body["stream"], "tools" in body) == (7, True, False)
    assert (body["temperature"], "seed" in body) == (0.0, False)


def test_who_wants_an_answer_drawn_says_how():
    with ChatServer(says("hm")) as server:
        chat(server, ask(temperature=0.7, seed=12))
    assert (server.bodies[0]["temperature"], server.bodies[0]["seed"]) == (0.7, 12)


def test_an_answer_that_is_not_streamed():
    whole = {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9}}
    with ChatServer(status(200, json.dumps(whole), {"Content-Type": "application/json"})) as server:
        (reply,) = chat(server)
    assert (reply.text, reply.prompt_tokens) == ("hi", 9)


def test_a_tool_call_becomes_text():
    first = {"index": 0, "id": "x", "function": {"name": "pick", "arguments": '{"object": "red'}}
    then = {"index": 0, "function": {"arguments": ' cube", "force": 2.5, "slow": true}'}}
    other = {"index": 1, "function": {"name": "place", "arguments": "{}"}}
    events = [
        piece("not holding it"),
        *(piece(tool_calls=[c]) for c in (first, then, other)),
        piece(finish="tool_calls"),
    ]
    with ChatServer(stream(*events)) as server:
        (reply,) = chat(server, ask(tools=(TOOL,)))
    assert reply.text == 'not holding it\npick(object="red cube", force=2.5, slow=true)'
    assert server.bodies[0]["tools"] == [TOOL]


def test_a_server_that_gives_every_tool_call_the_same_index():
    first, second = ({"id": name, "function": {"name": name, "arguments": "{}"}} for name in ("pick", "place"))
    for index in ({"index": 0}, {"index": None}, {}):
        events = [piece(tool_calls=[call | index]) for call in (first, second)]
        with ChatServer(stream(*events, piece(finish="tool_calls"))) as server:
            (reply,) = chat(server)
        assert reply.text == "pick()"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ('{"id": 1234567, "lat": 48.1234567}', "pick(id=1234567, lat=48.1234567)"),
        (f'{{"n": 1{"0" * 400}}}', f"pick(n=1{'0' * 400})"),
        ("[" * 100_000, f"pick({'[' * 100_000})"),
        ("{broken", "pick({broken)"),
        ("[1,\n2]", "pick([1, 2])"),
        ("", "pick()"),
        ('{"a": "x\\ny", "b": {"c": 1}}', 'pick(a="x y", b="{\\"c\\": 1}")'),
    ],
)
def test_arguments_that_are_odd_stay_visible(arguments, text):
    call = {"index": 0, "function": {"name": "pick", "arguments": arguments}}
    with ChatServer(stream(piece(tool_calls=[call]), piece(finish="tool_calls"))) as server:
        (reply,) = chat(server)
    assert reply.text == text


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (("it is \ud83d", "\ude00 here"), "it is \U0001f600 here"),
        (("it is \ud83d", " here"), "it is \ufffd here"),
        (("\ude00 \ud83d",), "\ufffd \ufffd"),
    ],
)
def test_a_character_that_came_in_halves_is_put_together(pieces, text):
    with ChatServer(says(*pieces)) as server:
        (reply,) = chat(server)
    assert reply.text == text
    first = {"index": 0, "function": {"name": "say", "arguments": f'{{"text": "{pieces[0]}'}}
    rest = {"index": 0, "function": {"arguments": f'{"".join(pieces[1:])}"}}'}}
    with ChatServer(stream(piece(tool_calls=[first]), piece(tool_calls=[rest]), piece(finish="tool_calls"))) as server:
        (reply,) = chat(server)
    assert reply.text == f'say(text="{text}")'


def test_lines_end_where_a_stream_says_and_not_where_unicode_does():
    """U+2028, U+0085 and others may stand in JSON as they are."""
    said = "caf\u00e9 \u2028 one \u0085 two"
    with ChatServer(stream(json.dumps(piece(said, finish="stop"), ensure_ascii=False))) as server:
        (reply,) = chat(server)
    assert reply.text == said


def test_what_a_server_says_of_an_error_can_be_encoded():
    broken = stream({"error": {"message": "half \ud83d"}})
    with ChatServer(broken) as server, pytest.raises(ModelError, match="the server broke off: half \ufffd"):
        chat(server)


def test_an_answer_that_was_whole_is_not_asked_for_again():
    """Whatever becomes of the connection behind it."""
    whole = [f"data: {json.dumps(event)}\n\n".encode() for event in (piece("goal: at(desk)"), piece(finish="stop"))]

    def cut(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for data in whole:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        handler.close_connection = True

    for behaviour in (cut, stream(piece("goal: at(desk)"))):  # without a reason for the end, but with [DONE]
        with ChatServer(behaviour) as server:
            (reply,) = chat(server)
        assert (reply.text, reply.finish, len(server.bodies)) == ("goal: at(desk)", "stop", 1)


@pytest.mark.parametrize("usage", [[1], "many", {"prompt_tokens": "n/a", "prompt_tokens_details": "?"}])
def test_counts_that_cannot_be_read_are_left_out(usage):
    with ChatServer(stream(piece("hi", finish="stop") | {"usage": usage})) as server:
        (reply,) = chat(server)
    assert (reply.text, reply.prompt_tokens, reply.cached_tokens, reply.sampled_tokens) == ("hi", 0, 0, 1)


def test_the_length_limit_is_told():
    with ChatServer(stream(piece("goal"), piece(finish="length"))) as server:
        (reply,) = chat(server)
    assert reply.finish == "length"


@pytest.mark.parametrize(
    "said",
    [
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 8227 tokens.",
        "request (8227 tokens) exceeds the available context size (8192 tokens), try increasing it",
        "The input (8227 tokens) is longer than the model's context length (8192 tokens).",
    ],
)
def test_a_conversation_that_is_too_long_leaves_the_others_alone(said):
    with ChatServer(status(400, json.dumps({"error": {"message": said}})), says("ok")) as server:
        replies = chat(server, ask("long"), ask("short"), at_once=1)
    assert [(r.text, r.finish) for r in replies] == [("", "full"), ("ok", "stop")]


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_busy_then_ok(code):
    with ChatServer(status(code, "busy"), status(code, "busy"), says("ok")) as server:
        (reply,) = chat(server)
    assert reply.text == "ok"
    assert len(server.bodies) == 3


def test_the_server_says_how_long_to_wait():
    with ChatServer(status(429, "slow down", {"Retry-After": "1"}), says("ok")) as server:
        began = time.monotonic()
        (reply,) = chat(server)
    assert reply.text == "ok"
    assert time.monotonic() - began >= 1.0


def test_a_stream_cut_short_is_asked_for_again_and_not_told_twice():
    with ChatServer(stream(piece("goal: at("), done=False), says("goal: at(", "desk)")) as server:
        model, heard = client(server), []
        (reply,) = model.chat([ask()], on_token=lambda c, t: heard.append(t))
        model.close()
    assert reply.text == "goal: at(desk)"
    assert heard == ["goal: at(", "desk)"]


@pytest.mark.parametrize(
    ("behaviour", "says_why"),
    [
        (status(500, '{"error": {"message": "out of memory"}}'), "HTTP 500.*out of memory"),
        (stream(piece("goal"), done=False), "the stream ended before the answer did"),
        (status(200, "hello", {"Content-Encoding": "gzip"}), "DecodingError"),
    ],
)
def test_failing_for_good_is_told_with_the_last_reason(behaviour, says_why):
    with ChatServer(behaviour) as server:
        with pytest.raises(ModelError, match=f"no answer after 3 attempts; the last: .*{says_why}"):
            chat(server, repetitions=2)
        assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("behaviour", "kind", "says_why"),
    [
        (status(401, "who are you"), UserError, "API key is missing; set the environment variable OPENAI_API_KEY"),
        (status(404, '{"detail": "no such model"}'), UserError, "no such model.*/v1/models"),
        (status(307, "", {"Location": "https://there/v1/chat/completions"}), UserError, "is at https://there/.* now"),
        (status(400, '{"error": {"message": "too long"}}'), ModelError, "refused, HTTP 400.*too long"),
        (status(200, "<html>hello</html>", {"Content-Type": "text/html"}), ModelError, "not JSON: <html>hello"),
        (stream("{nonsense"), ModelError, "not JSON: {nonsense"),
        (stream({"answer": 42}), ModelError, r"no chat completion: \{\"answer\": 42\}; is the URL"),
        (stream([1, 2]), ModelError, "no chat completion"),
        (stream({"choices": [{"delta": {"content": 5}}]}), ModelError, "no chat completion"),
        (stream({"error": {"message": "GPU fell off"}}), ModelError, "the server broke off: GPU fell off"),
    ],
)
def test_what_repeating_cannot_mend_is_raised_at_once(behaviour, kind, says_why, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ChatServer(behaviour) as server:
        with pytest.raises(kind, match=says_why):
            chat(server)
        assert len(server.bodies) == 1


def test_a_silent_server_is_given_up():
    release = threading.Event()
    with ChatServer(stream(piece("goal"), before=lambda n: release.wait(20))) as server:
        began = time.monotonic()
        with pytest.raises(ModelError, match="ReadTimeout"):
            chat(server, read_seconds=0.3, repetitions=1)
        assert time.monotonic() - began < 5
        release.set()


def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(UserError, match=f"no language model answers at {url}.*start the server"):
        client(url).load()
    with pytest.raises(ModelError, match="after 2 attempts; the last: the connection failed"):
        chat(url, repetitions=1)


def test_load_asks_once_and_refuses_a_bad_key():
    with ChatServer(says("ok")) as server:
        client(server).load()
        server.models_code = 401
        with pytest.raises(UserError, match="the API key was not accepted"):
            client(server, api_key="wrong").load()


def test_the_key_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    with ChatServer(says("ok")) as server:
        chat(server)
    assert server.headers[0]["Authorization"] == "Bearer secret"


def test_a_key_is_sent_without_what_stands_around_it():
    with ChatServer(says("ok")) as server:
        chat(server, api_key=" secret\n")
    assert server.headers[0]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize("key", ["s\u00e9cret", "sec\nret"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(key):
    model = client("http://127.0.0.1:9/v1", api_key=key)
    for attempt in (model.load, lambda: model.chat([ask()])):
        with pytest.raises(UserError, match="the API key holds .*; see OPENAI_API_KEY") as caught:
            attempt()
        assert "cret" not in str(caught.value)
    model.close()


def test_several_conversations_at_once_in_their_order():
    together = threading.Barrier(4, timeout=10)

    def echo(handler):
        together.wait()
        says(handler.body["messages"][1]["content"])(handler)

    with ChatServer(echo) as server:
        replies = chat(server, *(ask(str(n)) for n in range(4)))
    assert [reply.text for reply in replies] == [f"hello {n}" for n in range(4)]
    assert server.most_open == 4


def test_no_more_at_once_than_allowed():
    with ChatServer(stream(piece("ok"), piece(finish="stop"), before=lambda n: threading.Event().wait(0.02))) as server:
        chat(server, *(ask(str(n)) for n in range(6)), at_once=2)
    assert server.most_open == 2


def test_cancel_ends_a_stream_at_once():
    release, cancel = threading.Event(), threading.Event()
    with ChatServer(stream(piece("goal"), piece("more"), before=lambda n: n and release.wait(60))) as server:
        model = client(server)
        (reply,) = model.chat([ask()], cancel=cancel, on_token=lambda *_: cancel.set())
        release.set()
        model.close()
    assert (reply.finish, reply.text) == ("cancelled", "goal")


def test_cancel_ends_the_wait_for_another_attempt():
    cancel = threading.Event()
    with ChatServer(status(429, "", {"Retry-After": "60"})) as server:
        model = client(server)
        threading.Timer(0.5, cancel.set).start()
        began = time.monotonic()
        (reply,) = model.chat([ask()], cancel=cancel)
        assert time.monotonic() - began < 20
        model.close()
    assert (reply.finish, reply.text) == ("cancelled", "")
