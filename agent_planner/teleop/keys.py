# SPDX-License-Identifier: Apache-2.0
"""Bytes of a terminal as names of keys."""

import codecs
import re

UP, DOWN, LEFT, RIGHT, TAB, SPACE, OTHER = "up", "down", "left", "right", "tab", "space", "other"
_ARROWS = {"A": UP, "B": DOWN, "C": RIGHT, "D": LEFT}
_NAMED = {"\t": TAB, " ": SPACE}
# An arrow is ESC [ A, or ESC O A where the terminal is in application mode.
_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;]*([@-~])|O([@-~]))")
_BEGINNING = re.compile(r"\x1b(?:\[[0-9;]*|O)?")


class KeyReader:
    """Turns what a terminal sends, in pieces that may end anywhere, into keys.

    A key is its character, or one of this module's names; a key that has no name here is `OTHER`.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> list[str]:
        """Return the keys that are complete with these bytes."""
        text = self._rest + self._decoder.decode(data)
        found, at = [], 0
        while at < len(text):
            sequence = _SEQUENCE.match(text, at)
            if sequence:
                found.append(_ARROWS.get(sequence[1] or sequence[2], OTHER))
                at = sequence.end()
            elif text[at] == "\x1b" and _BEGINNING.fullmatch(text, at):
                break
            else:
                found.append(_NAMED.get(text[at]) or (text[at] if text[at].isprintable() else OTHER))
                at += 1
        self._rest = text[at:]
        return found

    def quiet(self) -> list[str]:
        """Nothing more came for a moment: what looked like the beginning of an arrow was the key Escape."""
        rest, self._rest = self._rest, ""
        return [OTHER] if rest else []
