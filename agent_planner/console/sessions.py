# SPDX-License-Identifier: Apache-2.0
"""Who may use the console: a token once, then a cookie."""

import hmac
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from enum import Enum

COOKIE = "agent_planner_console"
NONCE_S = 60.0
# Wrong tokens within this time, seconds, after which none is looked at; those of one host shut out no other.
WRONG_S, MOST_WRONG = 60.0, 5
# How long a token is good that begins one session only, seconds.
ONCE_S = 60.0
_MOST_NONCES, _MOST_HOSTS, _MOST_SESSIONS = 1000, 1000, 32


class Refusal(Enum):
    """Why no session was begun."""

    TOO_MANY = "too many wrong tokens; wait a minute"
    NONCE = "the nonce is not known, was used, or is older than a minute; ask for another one"
    TOKEN = "the token is wrong; the right one was printed when the console was started"


class Sessions:
    """Everything is bounded; what is oldest goes first.

    Args:
        token: the right one.
        once: another one, good for one session that is begun within a minute: for where others may read it.
        clock: steady time in seconds.
    """

    def __init__(self, token: str, once: str | None = None, clock: Callable[[], float] = time.monotonic):
        self._token = token.encode()
        self._once = once.encode() if once else None
        self._clock = clock
        self._once_until = clock() + ONCE_S
        self._nonces: OrderedDict[str, float] = OrderedDict()
        self._cookies: OrderedDict[str, None] = OrderedDict()
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def nonce(self) -> str:
        """A new one, good for one try within a minute."""
        new = secrets.token_urlsafe(16)
        self._nonces[new] = self._clock() + NONCE_S
        while len(self._nonces) > _MOST_NONCES:
            self._nonces.popitem(last=False)
        return new

    def begin(self, token: str, nonce: str, host: str) -> str | Refusal:
        """The cookie of a new session, or why there is none. The nonce is used up either way.

        Args:
            token: what was given.
            nonce: one of ours.
            host: the client's address.
        """
        now = self._clock()
        good_until = self._nonces.pop(nonce, now)
        wrong = self._wrong.get(host, ())
        if len(wrong) == MOST_WRONG and now - wrong[0] < WRONG_S:
            return Refusal.TOO_MANY
        if now >= good_until:
            return Refusal.NONCE
        if not self._is_right(token.encode(), now):
            self._note_wrong(host, now)
            return Refusal.TOKEN
        cookie = secrets.token_urlsafe(32)
        self._cookies[cookie] = None
        while len(self._cookies) > _MOST_SESSIONS:
            self._cookies.popitem(last=False)
        return cookie

    def _note_wrong(self, host: str, now: float) -> None:
        self._wrong.setdefault(host, deque(maxlen=MOST_WRONG)).append(now)
        self._wrong.move_to_end(host)
        while len(self._wrong) > _MOST_HOSTS:
            self._wrong.popitem(last=False)

    def _is_right(self, token: bytes, now: float) -> bool:
        if hmac.compare_digest(token, self._token):
            return True
        if self._once is None or not hmac.compare_digest(token, self._once):
            return False
        self._once = None
        return now < self._once_until

    def holds(self, cookie: str | None) -> bool:
        """Whether it belongs to a session."""
        # Looked up by the hash of 256 random bits: how long that takes tells nothing.
        return cookie is not None and cookie in self._cookies

    def end(self, cookie: str) -> None:
        """It is worth nothing any more."""
        self._cookies.pop(cookie, None)
