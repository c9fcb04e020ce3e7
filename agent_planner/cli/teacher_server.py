# SPDX-License-Identifier: Apache-2.0
"""A teacher of this process as a language model of another one: an OpenAI-compatible endpoint on loopback."""

import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from agent_planner.errors import AgentPlannerError
from agent_planner.llm.base import Message

Answer = Callable[[Sequence[Message]], str]


class TeacherServer:
    """Serves for as long as the context lasts.

    Args:
        name: of the teacher, for logs and records.

    Attributes:
        answer: gives the next turn of a conversation; set it before the first is begun.
    """

    def __init__(self, name: str):
        self.answer: Answer | None = None
        self._name = name
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="teacher")

    @property
    def model(self) -> str:
        """What ``--model`` calls it."""
        return f"openai:{self._name}@http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "TeacherServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _reply(self, body: Any) -> tuple[int, dict[str, Any]]:
        """Status and answer to a request for a chat completion."""
        try:
            if self.answer is None:
                raise ValueError("no conversation has begun")
            said = self.answer([Message(m["role"], m["content"]) for m in body["messages"]])
        except (AgentPlannerError, KeyError, TypeError, ValueError) as error:
            # Not a code that the client would try again.
            return 400, {"error": {"message": f"{type(error).__name__}: {error}"}}
        choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
        return 200, {"object": "chat.completion", "model": self._name, "choices": [choice]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(200, {"object": "list", "data": [{"id": outer._name, "object": "model"}]})

            def do_POST(self) -> None:
                self._send(*outer._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"])))))

            def _send(self, status: int, data: dict[str, Any]) -> None:
                body = json.dumps(data).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing: the terminal is the command's."""

        return Handler
