# SPDX-License-Identifier: Apache-2.0
"""Text from outside is data: what is taken out of it before it may stand in the prompt or before a person's eyes.

Names, colours, instructions, results and answers come from perception, servers and people; any of them may try to
look like a turn of the conversation. This is the one place that says what they lose.
"""

import re
import unicodedata

LABEL, TEXT = 40, 200
# What the lines of the conversation begin with (see `agent.conversation`), and the roles of every chat format.
_OURS = "scene|instruction|named|goal|robot|unmet|answer|new|gone|ok|failed|refused|timeout|cancelled|unknown"
_ROLES = "system|user|assistant|human|model|developer|tool|function|observation|thought|action"
_OPENING = re.compile(rf"[\W_]*(?:{_OURS}|{_ROLES})(?-i: [A-Z][A-Z_]+)?\s*:", re.IGNORECASE)
# Special tokens of known formats: <|im_end|>, </s>, <start_of_turn>, <<SYS>>, <think>; [INST], [/INST], [TOOL_CALLS].
_TOKEN = re.compile(r"<[^<>\n]{0,60}>|\[/?[A-Z][A-Z_]{1,30}\]")
# What is left of them cannot be put together again.
_BRACKETS = str.maketrans("", "", "<>|")
_LINE_ENDS = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_RESERVED = frozenset(_OURS.split("|"))


def plain(text: str, limit: int = TEXT) -> str:
    """Return the text on one line, at most ``limit`` characters long, without anything that could pass for ours.

    Out go control, zero-width and bidirectional characters, special tokens of chat formats, and at the beginning of
    each of its lines the words that the conversation's own lines begin with. Compatibility forms are folded first, so
    that no full-width bracket comes back as a plain one. What is plain already stays as it is.
    """
    # Nobody reads more; and nothing that is taken out should cost time without end.
    text = text[: 4 * limit + 200]
    # Again until nothing changes: what stood around something that went out may make a new whole.
    while (stripped := _stripped(text)) != text:
        text = stripped
    return text if len(text) <= limit else text[: limit - 3].rstrip() + "..."


def is_reserved(name: str) -> bool:
    """Whether an entity of that name would make a line that looks like one of the conversation's own."""
    return name in _RESERVED


def _stripped(text: str) -> str:
    lines = (_without_opening(_bare(line)) for line in _LINE_ENDS.split(unicodedata.normalize("NFKC", text)))
    return " ".join(line for line in lines if line)


def _bare(line: str) -> str:
    line = "".join(c if unicodedata.category(c)[0] != "C" else _instead(c) for c in line)
    while _TOKEN.search(line):
        line = _TOKEN.sub(" ", line)
    return re.sub(r"\s+", " ", line.translate(_BRACKETS)).strip()


def _instead(character: str) -> str:
    """A control character parts words; one that has no width does not."""
    return " " if unicodedata.category(character) == "Cc" else ""


def _without_opening(line: str) -> str:
    while found := _OPENING.match(line):
        line = line[found.end() :].strip()
    return line
