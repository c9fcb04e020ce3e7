# SPDX-License-Identifier: Apache-2.0
"""Tokens, nonces and cookies."""

import pytest

from agent_planner.console.sessions import MOST_WRONG, NONCE_S, ONCE_S, WRONG_S, Refusal, Sessions
from tests.clock import Clock

TOKEN, ONCE = "a-token-of-the-test-alone", "another-one-that-is-good-once"
HOST = "127.0.0.1"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sessions(clock):
    return Sessions(TOKEN, ONCE, clock)


def begin(sessions, token=TOKEN, host=HOST):
    return sessions.begin(token, sessions.nonce(), host)


def test_the_token_begins_a_session_that_ends(sessions):
    cookie = begin(sessions)
    assert sessions.holds(cookie)
    sessions.end(cookie)
    assert not sessions.holds(cookie) and not sessions.holds(None)


def test_no_two_sessions_have_a_cookie(sessions):
    assert len({begin(sessions) for _ in range(8)}) == 8


@pytest.mark.parametrize("token", ["", "wrong", f"{TOKEN}x", TOKEN[:-1], "ä"])
def test_a_wrong_token_begins_none(sessions, token):
    assert begin(sessions, token) is Refusal.TOKEN


def test_a_nonce_is_good_once_also_with_a_wrong_token(sessions):
    for token, first in ((TOKEN, None), ("wrong", Refusal.TOKEN)):
        nonce = sessions.nonce()
        assert (answer := sessions.begin(token, nonce, HOST)) is first or isinstance(answer, str)
        assert sessions.begin(TOKEN, nonce, HOST) is Refusal.NONCE


def test_a_nonce_ages(sessions, clock):
    nonce = sessions.nonce()
    clock.now = NONCE_S
    assert sessions.begin(TOKEN, nonce, HOST) is Refusal.NONCE
    assert sessions.begin(TOKEN, "made up", HOST) is Refusal.NONCE


def test_who_guesses_has_to_wait(sessions, clock):
    for _ in range(MOST_WRONG):
        assert begin(sessions, "wrong") is Refusal.TOKEN
    assert begin(sessions) is Refusal.TOO_MANY
    clock.now = WRONG_S
    assert isinstance(begin(sessions), str)


def test_who_guesses_shuts_out_nobody_else(sessions):
    for _ in range(MOST_WRONG):
        begin(sessions, "wrong")
    assert isinstance(begin(sessions, host="192.0.2.1"), str)
    assert begin(sessions) is Refusal.TOO_MANY
    for number in range(1000):
        begin(sessions, "wrong", f"host {number}")
    # The oldest are forgotten.
    assert isinstance(begin(sessions), str)


def test_a_token_may_be_good_once(sessions):
    assert isinstance(begin(sessions, ONCE), str)
    assert begin(sessions, ONCE) is Refusal.TOKEN
    assert isinstance(begin(sessions), str)


def test_a_token_that_is_good_once_ages(sessions, clock):
    clock.now = ONCE_S
    assert begin(sessions, ONCE) is Refusal.TOKEN


def test_everything_is_bounded(sessions):
    first, nonce = begin(sessions), sessions.nonce()
    for _ in range(1000):
        sessions.nonce()
    assert sessions.begin(TOKEN, nonce, HOST) is Refusal.NONCE
    for _ in range(32):
        begin(sessions)
    assert not sessions.holds(first)
