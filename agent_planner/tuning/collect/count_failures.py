# SPDX-License-Identifier: Apache-2.0
"""How often which call failed in recorded episodes, how, and what the world showed after it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent_planner.agent.conversation import parse_turn
from agent_planner.agent.takeover import TAKEOVER
from agent_planner.errors import ConfigError
from agent_planner.scene.plain import plain
from agent_planner.skills import Skill, SkillLibrary
from agent_planner.tuning.collect.expert import FAILURES
from agent_planner.tuning.data.records import Record
from agent_planner.tuning.panel.statistics import wilson
from agent_planner.tuning.scenarios.failure_table import PRIOR, Calls, Code, FailureTable, Kept, made_first
from agent_planner.types import Call, ResultStatus

_BAD = (ResultStatus.FAILED, ResultStatus.TIMEOUT, ResultStatus.UNKNOWN)
_FAILED = re.compile(rf"(?:{'|'.join(status.value for status in _BAD)}) ([A-Z0-9_]+): (.*)")
_ENTITY = re.compile(r"^(?:new: )?([a-z0-9 ]+): (.*)", re.MULTILINE)
_ROBOT = "robot"
# What begins as the line of an entity does, and is none.
_NO_ENTITIES = ("unmet", "gone", "answer")
_HOLDING, _LOCATIONS, _DOORS = "holding ", ("on ", "in "), ("open", "closed")
# The words of the line of each entity, and of the robot.
_Facts = Mapping[str, Sequence[str]]


@dataclass
class _Tally:
    calls: int = 0
    provoked_calls: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    provoked: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    messages: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)


def count_failures(records: Iterable[Record], library: SkillLibrary, note: str = "") -> FailureTable:
    """Count the calls of recorded episodes; what was done to the robot in one stands in its ``faults``.

    Args:
        records: of episodes, with their conversations.
        library: whose skills the episodes call.
        note: how the episodes were made.

    Raises:
        ConfigError: a call is of another library.
    """
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    episodes = provoked = 0
    for item in records:
        faulted = bool((item.model_extra or {}).get("faults"))
        episodes += 1
        provoked += faulted
        turns = _turns(item)
        things = [f"'{name}'" for turn in turns for name in _facts(turn)]
        for call, result, before, after in _calls(item, turns):
            if call.skill not in library.by_name:
                raise ConfigError(item.id, f"the library has no skill '{call.skill}'; choose the robot of these runs")
            others = {f"'{_server(library[call.skill])}'": "the skill"} | dict.fromkeys(things, "something")
            _count(tallies[call.skill], call, result, faulted, others)
            tallies[call.skill].shown.update(_shown(call, result, before, after))
    skills = {skill.name: _summary(tallies[skill.name], made_first(skill)) for skill in library}
    seen = {code.code for calls in skills.values() for code in calls.failures}
    calls = sum(tally.calls + tally.provoked_calls for tally in tallies.values())
    new = f"did not come up in {calls} calls; counted as half a time (Jeffreys' prior)"
    known = "came up in other words; in these the panel's cell failures_seen has it"
    kept = tuple(
        Kept(code=code, message=text, weight=PRIOR, reason=known if code in seen else new) for code, text in FAILURES
    )
    return FailureTable(note=note, episodes=episodes, provoked=provoked, skills=skills, kept=kept)


def _turns(item: Record) -> list[str]:
    """What was said in all conversations of an episode, one behind the other."""
    earlier: Any = (item.model_extra or {}).get("earlier", ())
    return [turn["value"] for turns in earlier for turn in turns] + [turn.value for turn in item.conversations]


def _calls(item: Record, turns: Sequence[str]) -> Iterator[tuple[Call, str, _Facts, _Facts]]:
    """Each call that went to the robot and its result, with what was known before it, and what the turn after it shows.

    The latter is empty where the conversation does not have it (after the last call, for one).
    """
    known: dict[str, Sequence[str]] = {}
    at = read = 0
    for step in (item.model_extra or {}).get("steps", ()):
        if "call" not in step or step["result"].startswith(f"cancelled {TAKEOVER}"):
            continue  # a person's step, or a call that a person ended
        told = (n for n in range(at, len(turns)) if turns[n].endswith(f"\n{step['call']}"))
        found = next((n for n in told if "".join(turns[n + 1 : n + 2]).startswith(step["result"])), None)
        if found is not None:
            at = found + 1
            for turn in turns[read:at]:
                known |= _facts(turn)
            read = at
        after = _facts(turns[at]) if found is not None else {}
        yield parse_turn(step["call"])[1], step["result"], dict(known), after


def _facts(turn: str) -> _Facts:
    """What a turn says of robot and entities: the first one of all, later ones of what matters or has changed."""
    return {name: words.split(", ") for name, words in _ENTITY.findall(turn) if name not in _NO_ENTITIES}


def _count(tally: _Tally, call: Call, result: str, faulted: bool, others: Mapping[str, str]) -> None:
    if faulted:
        tally.provoked_calls += 1
    else:
        tally.calls += 1
    if match := _FAILED.fullmatch(result):
        code, message = match.groups()
        (tally.provoked if faulted else tally.codes)[code] += 1
        tally.messages.setdefault(code, general(message, call, others))
        if result.startswith(ResultStatus.UNKNOWN.value):
            tally.ended.add(code)


def general(message: str, call: Call, others: Mapping[str, str]) -> str:
    """A message with ``{0}``, ``{1}`` and so on for the call's own arguments, and with other words for ``others``."""
    text = plain(message).replace("{", "(").replace("}", ")")
    for number, value in enumerate(v for v in call.args.values() if isinstance(v, str)):
        text = text.replace(f"'{value}'", f"'{{{number}}}'")
    for name, instead in others.items():
        text = text.replace(name, instead)
    return text


def _server(skill: Skill) -> str:
    bound = skill.action or skill.service
    return bound.name if bound is not None else skill.name


def _shown(call: Call, result: str, before: _Facts, after: _Facts) -> Iterator[str]:
    """What came of a call beside its effects; nothing where the turn after it shows no state."""
    if _ROBOT not in after:
        return
    about = {value for value in call.args.values() if isinstance(value, str)}
    held, holds = _held(before), _held(after)
    if held and held != holds and (result != "ok" or held not in about):
        yield "dropped"
    others = before.keys() & after.keys() - {_ROBOT, *about, held, holds}
    if any(_differ(_location(before[name]), _location(after[name])) for name in others):
        yield "moved"
    others = before.keys() & after.keys() - {_ROBOT, *about}
    if any(_differ(_door(before[name]), _door(after[name])) for name in others):
        yield "doors"


def _held(facts: _Facts) -> str:
    """What the hand holds; empty for nothing."""
    words = (word for word in facts.get(_ROBOT, ()) if word.startswith(_HOLDING))
    return next(words, "").removeprefix(_HOLDING)


def _location(words: Sequence[str]) -> str:
    return next((word for word in words if word.startswith(_LOCATIONS)), "")


def _door(words: Sequence[str]) -> str:
    return next((word for word in words if word in _DOORS), "")


def _differ(before: str, after: str) -> bool:
    """Whether both are known, and are not the same."""
    return bool(before and after) and before != after


def _summary(tally: _Tally, makes: str) -> Calls:
    failed = tally.codes.total()
    codes = [
        Code(
            code=code,
            message=tally.messages[code],
            count=tally.codes[code],
            provoked=tally.provoked[code],
            rate=round(tally.codes[code] / max(1, tally.calls), 4),
            ci95=wilson(tally.codes[code], tally.calls),
            ends=code in tally.ended,
        )
        for code, _ in (tally.codes + tally.provoked).most_common()
    ]
    return Calls(
        makes=makes,
        calls=tally.calls,
        provoked_calls=tally.provoked_calls,
        failed=failed,
        rate=round(failed / max(1, tally.calls), 4),
        ci95=wilson(failed, tally.calls),
        failures=tuple(codes),
        **tally.shown,
    )
