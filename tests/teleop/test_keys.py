# SPDX-License-Identifier: Apache-2.0
"""Bytes of a terminal, in pieces of any size, become keys."""

import pytest

from agent_planner.teleop.keys import DOWN, LEFT, OTHER, RIGHT, SPACE, TAB, UP, KeyReader

SENT = b"i\x1b[A\x1bOB\x1b[C\x1b[D\t Q\xc3\xa4"
KEYS = ["i", UP, DOWN, RIGHT, LEFT, TAB, SPACE, "Q", "ä"]


@pytest.mark.parametrize("size", [1, 2, 3, len(SENT)])
def test_keys_are_found_wherever_the_pieces_end(size):
    reader = KeyReader()
    found = [key for at in range(0, len(SENT), size) for key in reader.feed(SENT[at : at + size])]
    assert found == KEYS


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        (b"\x1b[5~", [OTHER]),  # page up
        (b"\x1b[1;5A", [UP]),  # with ctrl
        (b"\x1bx", [OTHER, "x"]),
        (b"\x01\x7f", [OTHER, OTHER]),
        (b"\xff", ["\ufffd"]),
    ],
)
def test_what_has_no_name_is_another_key(sent, keys):
    assert KeyReader().feed(sent) == keys


def test_escape_alone_is_known_once_nothing_follows():
    reader = KeyReader()
    assert reader.feed(b"\x1b") == []
    assert reader.quiet() == [OTHER]
    assert reader.quiet() == []
    assert reader.feed(b"A") == ["A"]
