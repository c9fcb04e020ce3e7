# SPDX-License-Identifier: Apache-2.0
"""A real HTTP server on loopback that behaves as a test tells it to."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ChatServer:
    """Answers ``POST /v1/chat/completions`` with the next of its behaviours (the last one repeats).

    Attributes:
        bodies: what was asked, in order; headers: with which headers.
    """

    def __init__(self, *behaviours: Callable):
        self.bodies: list[dict] = []
        self.headers: list[dict] = []
        self.open_at_once = 0
        self.most_open = 0
        self._behaviours = list(behaviours)
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                status(outer.models_code)(self)

            def do_POST(self):
                self.body = body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer._lock:
                    outer.bodies.append(body)
                    outer.headers.append(dict(self.headers))
                    outer.open_at_once += 1
                    outer.most_open = max(outer.most_open, outer.open_at_once)
                    rest = outer._behaviours
                    behave = rest.pop(0) if len(rest) > 1 else rest[0]
                try:
                    behave(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                finally:
                    with outer._lock:
                        outer.open_at_once -= 1

            def log_message(self, *args):
                pass

        self.models_code = 200
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def status(code: int, text: str = "", headers: dict | None = None) -> Callable:
    def behave(handler):
        handler.send_response(code)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(text.encode())))
        handler.end_headers()
        handler.wfile.write(text.encode())

    return behave


def stream(*events: object, done: bool = True, before: Callable[[int], object] | None = None) -> Callable:
    """Server-sent events; strings are sent as they are. Without ``done`` the connection is cut behind them."""

    def behave(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
        handler.send_header("Connection", "close")
        handler.end_headers()
        for number, event in enumerate([*events, *(["[DONE]"] if done else [])]):
            if before is not None:
                before(number)
            data = event if isinstance(event, str) else json.dumps(event)
            handler.wfile.write(f"data: {data}\n\n".encode())
            handler.wfile.flush()
        handler.close_connection = True

    return behave


def piece(content: str | None = None, finish: str | None = None, **delta: object) -> dict:
    return {"choices": [{"index": 0, "delta": {"content": content, **delta}, "finish_reason": finish}]}


def says(*pieces: str) -> Callable:
    return stream(*(piece(p) for p in pieces), piece(finish="stop"))
