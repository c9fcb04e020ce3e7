# SPDX-License-Identifier: Apache-2.0
"""A language model behind any OpenAI-compatible chat endpoint."""

import asyncio
import os
import re
import threading
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import httpx

from agent_planner.errors import ModelError, UserError
from agent_planner.llm.backoff import Backoff
from agent_planner.llm.base import ChatReply, ChatRequest, Finish, OnToken, Progress
from agent_planner.llm.openai_answer import Answer, shown

KEY_VARIABLE = "OPENAI_API_KEY"
_CANCEL_SECONDS = 0.02
# What servers say of a conversation that is longer than their model reads: OpenAI and vLLM, llama.cpp, SGLang.
_TOO_LONG = ("maximum context length", "exceeds the available context size", "longer than the model's context length")
_LINE_ENDS = re.compile(r"[\r\n]+")


class OpenAIModel:
    """Streams answers; several conversations at once. A grammar is not sent: the agent checks every call anyway.

    Args:
        model: the model's name on the server.
        url: the API's root, e.g. ``http://127.0.0.1:8000/v1``.
        api_key: default: the environment's ``OPENAI_API_KEY``; local servers need none.
        connect_seconds: the longest wait for a connection.
        read_seconds: the longest silence of the server while it answers.
        repetitions: how often a request is sent again after 429, 5xx or a broken connection.
        backoff: the waits between.
        at_once: how many requests are open at the same time.
    """

    def __init__(
        self,
        model: str,
        url: str,
        api_key: str | None = None,
        connect_seconds: float = 5.0,
        read_seconds: float = 60.0,
        repetitions: int = 4,
        backoff: Backoff | None = None,
        at_once: int = 8,
    ):
        self._model = model
        self._url = url.rstrip("/")
        self._key = (api_key if api_key is not None else os.environ.get(KEY_VARIABLE, "")).strip()
        self._timeout = httpx.Timeout(read_seconds, connect=connect_seconds)
        self._repetitions = repetitions
        self._backoff = backoff or Backoff()
        self._at_once = at_once
        self._lock = threading.Lock()
        self._runner: asyncio.Runner | None = None
        self._client: httpx.AsyncClient | None = None

    @property
    def name(self) -> str:
        """What it is called in logs and figures."""
        return f"openai:{self._model}@{self._url}"

    def load(self, progress: Progress | None = None) -> None:
        """See that the server answers.

        Raises:
            UserError: nobody listens there, or the key is not accepted.
        """
        if progress is not None:
            progress(f"asking {self._url}", 0.0)
        try:
            answer = httpx.get(f"{self._url}/models", headers=self._headers(), timeout=self._timeout)
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise UserError(
                f"no language model answers at {self._url} ({_named(error)}): start the server, mend the URL, "
                "or choose another --model (default needs no server)"
            ) from error
        if answer.status_code in (401, 403):
            raise UserError(self._refused_key(answer.status_code))
        if progress is not None:
            progress("model ready", 1.0)

    def chat(
        self,
        requests: Sequence[ChatRequest],
        cancel: threading.Event | None = None,
        on_token: OnToken | None = None,
    ) -> list[ChatReply]:
        """Answer every request; see `ChatModel.chat`.

        Raises:
            UserError: key, model or URL are wrong.
            ModelError: the server failed in spite of repetitions, or what it sent is no chat completion.
        """
        with self._lock:
            if self._runner is None:
                self._runner = asyncio.Runner()
            return self._runner.run(self._chat_all(requests, cancel, on_token))

    def forget(self, conversation_id: str) -> None:
        """Nothing is kept here."""

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._runner is not None:
                if self._client is not None:
                    self._runner.run(self._client.aclose())
                self._runner.close()
            self._runner = self._client = None

    async def _chat_all(
        self, requests: Sequence[ChatRequest], cancel: threading.Event | None, on_token: OnToken | None
    ) -> list[ChatReply]:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._timeout, headers=self._headers())
        gate = asyncio.Semaphore(self._at_once)
        turns = [_Turn(request, f"{self.name}", on_token) for request in requests]
        tasks = [asyncio.create_task(self._finish(turn, gate)) for turn in turns]
        try:
            while not all(task.done() for task in tasks):
                if cancel is not None and cancel.is_set():
                    break
                failed = [task for task in tasks if task.done() and task.exception() is not None]
                if failed:
                    break
                await asyncio.wait(tasks, timeout=_CANCEL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
                raise end
        return [turn.reply(cancelled=isinstance(end, BaseException)) for turn, end in zip(turns, ends, strict=True)]

    async def _finish(self, turn: "_Turn", gate: asyncio.Semaphore) -> None:
        """Send until there is an answer, with waits between."""
        async with gate:
            for repetition in range(self._repetitions + 1):
                failure = await self._send(turn)
                if failure is None:
                    return
                if repetition < self._repetitions:
                    await asyncio.sleep(self._backoff.seconds(repetition, failure.retry_after))
        raise ModelError(
            f"{self.name}: no answer after {self._repetitions + 1} attempts; the last: {failure.what}. "
            "Look at the server, or choose another --model"
        )

    async def _send(self, turn: "_Turn") -> "_Failure | None":
        """One attempt; None if it gave an answer, else what may pass if tried again."""
        assert self._client is not None
        answer = turn.begin()
        try:
            async with self._client.stream(
                "POST", f"{self._url}/chat/completions", json=self._body(turn.request)
            ) as response:
                if response.status_code != httpx.codes.OK:
                    text = (await response.aread()).decode(errors="replace")
                    if any(words in text for words in _TOO_LONG):
                        answer.finish = "full"
                        return None
                    return self._judge(response, text)
                if "event-stream" not in response.headers.get("content-type", ""):
                    answer.add_whole((await response.aread()).decode(errors="replace"))
                    return None
                async for line in _lines(response):
                    if answer.add_line(line):
                        break
        except httpx.RequestError as error:
            if answer.finish is None:  # else all that matters has come
                return _Failure(f"the connection failed ({_named(error)})")
        if answer.finish is None:
            return _Failure("the stream ended before the answer did")
        return None

    def _judge(self, response: httpx.Response, text: str) -> "_Failure":
        """What a refusal means: something that may pass, or an error that somebody must mend."""
        code = response.status_code
        said = shown(text) or "no reason given"
        if code == httpx.codes.TOO_MANY_REQUESTS or code >= httpx.codes.INTERNAL_SERVER_ERROR:
            return _Failure(f"HTTP {code}: {said}", response.headers.get("retry-after"))
        if code in (401, 403):
            raise UserError(self._refused_key(code))
        if code == httpx.codes.NOT_FOUND:
            raise UserError(
                f"{self.name}: HTTP 404: {said}; see that the model's name is one of {self._url}/models and that "
                "the URL ends where /chat/completions begins"
            )
        if response.has_redirect_location:
            raise UserError(
                f"{self.name}: HTTP {code}: the server is at {response.headers['location']} now; write that URL, "
                "without /chat/completions"
            )
        raise ModelError(f"{self.name}: the request was refused, HTTP {code}: {said}")

    def _refused_key(self, code: int) -> str:
        what = "was not accepted" if self._key else "is missing"
        return f"{self._url}: HTTP {code}: the API key {what}; set the environment variable {KEY_VARIABLE}"

    def _headers(self) -> dict[str, str]:
        if not (self._key.isascii() and self._key.isprintable()):
            raise UserError(f"the API key holds signs that no key has (a line's end, an accent); see {KEY_VARIABLE}")
        return {"Authorization": f"Bearer {self._key}"} if self._key else {}

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "stream": True,
        }
        # Some servers know no seed, and the likeliest token needs none.
        body |= {"seed": request.seed} if request.temperature else {}
        return body | ({"tools": list(request.tools)} if request.tools else {})


class _Failure:
    """An attempt that may succeed when repeated."""

    def __init__(self, what: str, retry_after: str | None = None):
        self.what = what
        self.retry_after = retry_after


class _Turn:
    """One request and what has come of it; a repeated attempt begins anew."""

    def __init__(self, request: ChatRequest, where: str, on_token: OnToken | None):
        self.request = request
        self._where = where
        self._on_token = on_token
        self._began = self._first = time.monotonic()
        self._told = ""
        self._answer = Answer(where)

    def begin(self) -> Answer:
        self._began = self._first = time.monotonic()
        self._answer = Answer(self._where, self._hear)
        return self._answer

    def _hear(self, piece: str) -> None:
        if self._first == self._began:
            self._first = time.monotonic()
        # What an attempt that broke off has told already is not told twice.
        text = self._answer.content
        if self._on_token is not None and len(text) > len(self._told):
            self._on_token(self.request.conversation_id, text[len(self._told) :])
            self._told = text

    def reply(self, cancelled: bool) -> ChatReply:
        ends: dict[str | None, Finish] = {"length": "length", "full": "full", None: "cancelled"}
        answer = self._answer
        usage = answer.usage
        details = usage.get("prompt_tokens_details")
        return ChatReply(
            text=answer.text(),
            raw_invalid=None,
            prompt_tokens=_count(usage, "prompt_tokens"),
            cached_tokens=_count(details, "cached_tokens"),
            sampled_tokens=_count(usage, "completion_tokens") or answer.pieces,
            forced_tokens=0,
            seconds_prompt=self._first - self._began,
            seconds_decode=time.monotonic() - self._first,
            finish="cancelled" if cancelled else ends.get(answer.finish, "stop"),
        )


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _count(usage: Any, name: str) -> int:
    """A server's count; 0 where it sends none, or anything else."""
    value = usage.get(name) if isinstance(usage, Mapping) else None
    return value if isinstance(value, int) else 0


async def _lines(response: httpx.Response) -> AsyncIterator[str]:
    """The lines of an event stream. httpx would part them at U+2028 and U+0085 too, which JSON holds as they are."""
    rest = ""
    async for text in response.aiter_text():
        *whole, rest = _LINE_ENDS.split(rest + text)
        for line in whole:
            yield line
    yield rest
