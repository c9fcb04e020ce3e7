# SPDX-License-Identifier: Apache-2.0
"""Tokens and sockets of servers."""

import os

import pytest

from agent_planner.access import listening, new_token, token_of
from agent_planner.errors import ConfigError, UserError

TOKEN = "a-token-of-the-test-alone"


def test_tokens_are_long_and_never_the_same():
    assert len({new_token() for _ in range(8)}) == 8 and len(new_token()) >= 40


def test_the_token_comes_from_a_file_that_nobody_else_may_read(tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    file.chmod(0o600)
    assert token_of(file) == TOKEN
    file.chmod(0o640)
    with pytest.raises(ConfigError, match="others may read it; do: chmod 600"):
        token_of(file)


@pytest.mark.parametrize("text", ["", "short", "two words of the same token", "schlüssel-mit-umlaut"])
def test_what_is_no_token_is_refused(tmp_path, text):
    file = tmp_path / "token"
    file.write_text(text)
    os.chmod(file, 0o600)
    with pytest.raises(ConfigError, match="one word of at least 16 ASCII characters"):
        token_of(file)


def test_a_taken_port_is_told():
    with listening(0) as taken, pytest.raises(UserError, match="choose another one by --port"):
        listening(taken.getsockname()[1])


def test_a_host_that_is_none_of_this_machine_is_told():
    with pytest.raises(UserError, match="--host no.such.host.invalid: is no IPv4 address or name"):
        listening(0, "no.such.host.invalid")
