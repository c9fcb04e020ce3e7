# SPDX-License-Identifier: Apache-2.0
"""A skill library proposed from what a graph offers, as YAML that a person edits.

For a type that a shipped library binds, the entries are those of that library, comments included, with the server's
own name. For any other type an entry is made from the fields of its goal or request. Names from the graph are data:
they are written by a YAML library, and skills get names of the allowed form.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache

import yaml

from agent_planner.errors import ConfigError
from agent_planner.ros.binding import check_binding
from agent_planner.ros.interface_types import InterfaceMissing, load_interface
from agent_planner.ros.offered import Offered
from agent_planner.skills import SkillLibrary
from agent_planner.skills.library import BUILT_IN, DEFAULT_LIBRARY, SHIPPED

_HEAD = """\
# Proposed from what a running graph offers: read it all before a robot acts on it. Delete what is no skill. Say in each
# description what the skill does, in `needs` what must hold before it and in `makes` what holds after it, with the
# names of its parameters (at(target), not holding(object), hand free …): the planner plans with these.
# Then: agent-planner skills check FILE
"""
_NUMBER = re.compile(r"float|double|long double|u?int\d+")
_TEXT = re.compile(r"w?string(?:<(\d+)>)?")
_NAME = re.compile(r"^- name: .*$", re.MULTILINE)
_PLACE_OF_NAME = re.compile(r"^(  (?:action|service):\n    name: ).*$", re.MULTILINE)
_RULES = re.compile(r"^    success: .*$", re.MULTILINE)
_RISK = re.compile(r"^  risk: .*\n", re.MULTILINE)
_MARK = "←"  # in a shipped entry: a name or number of one robot
_POSES = tuple(f"geometry_msgs/{name}" for name in ("Pose", "PoseStamped", "Point", "Vector3", "Pose2D"))
_PLAIN_NAME = re.compile(r"[A-Za-z/]\w*(?:/\w+)*", re.ASCII)
_SUCCESS = (("success", "boolean", True), ("error_code", "", 0))


def proposal(offered: Iterable[Offered], namespace: str = "/") -> str:
    """Return the library's text; it loads, and fits the installed types.

    Args:
        offered: servers, in the order in which they are to come.
        namespace: that of the planner, to which servers' names are relative.
    """
    taken: set[str] = set(BUILT_IN)
    parts = [_HEAD, "skills:\n"]
    for server in offered:
        parts.append(f"# {_comment(server.name)} of {_comment(server.node)}, {_comment(server.type)}\n")
        parts += _entries(server, _relative(server.name, namespace), taken)
    if not any(part.startswith("- name:") for part in parts):
        parts.append("  []\n")
    return "".join(parts)


def _entries(server: Offered, name: str, taken: set[str]) -> Iterator[str]:
    try:
        load_interface(server.type)
    except InterfaceMissing as error:
        yield f"# left out: {_comment(str(error))}\n\n"
        return
    fitting = [fitted for entry in shipped_entries().get(server.type, []) if (fitted := _fitted(entry))]
    for entry in fitting or [_generic(server, name)]:
        yield _renamed(_cautious(entry), name, taken) + "\n"


@cache
def shipped_entries() -> dict[str, list[str]]:
    """The text of the entries for each type, from the first shipped library that binds it."""
    found: dict[str, list[str]] = {}
    files = sorted(SHIPPED.glob("*.yaml"), key=lambda path: (path != DEFAULT_LIBRARY, path.name))
    for path in files:
        texts = re.split(r"^(?=- name: )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        of_file: dict[str, list[str]] = {}
        for text in texts:
            (skill,) = SkillLibrary.parse(f"skills:\n{text}")
            binding = skill.action or skill.service
            if binding is not None:
                of_file.setdefault(binding.type, []).append(text.rstrip() + "\n")
        for kind, entries in of_file.items():
            found.setdefault(kind, entries)
    return found


def _renamed(entry: str, server: str, taken: set[str]) -> str:
    """The entry with a name that is still free, and with the server's name."""
    wanted = name = yaml.safe_load(entry)[0]["name"]
    n = 2
    while name in taken:
        name, n = f"{wanted[:36]}_{n}", n + 1
    taken.add(name)
    entry = _NAME.sub(lambda _: f"- name: {_scalar(name)}", entry, count=1)
    return _PLACE_OF_NAME.sub(lambda match: match[1] + _scalar(server), entry, count=1)


def _cautious(entry: str) -> str:
    """The entry of another robot is of high risk, and says so, until a person has made it this one's."""
    if _MARK not in entry:
        return entry
    risk = (
        f"  risk: high  # made for another robot: put in what is marked {_MARK}, its words and numbers; then lower it\n"
    )
    head, place, rest = _RISK.sub("", entry).partition("  action:\n")
    return head + risk + place + rest


def _fitted(entry: str) -> str | None:
    """The entry as it fits the installed type, if it does: another distribution's result may lack a field."""
    faults = _faults(entry)
    if faults and all(fault.startswith("success") for fault in faults):
        entry = _RULES.sub(
            lambda _: (
                "    success: {}  # TODO this distribution's result lacks a field of the rule: is the status enough?"
            ),
            entry,
        )
        faults = _faults(entry)
    return None if faults else entry


def _faults(entry: str) -> list[str]:
    try:
        (skill,) = SkillLibrary.parse(f"skills:\n{entry}")
    except ConfigError as error:
        return [str(error)]
    return check_binding(skill)


def _generic(server: Offered, name: str) -> str:
    """An entry from the fields of the type; `_renamed` puts the server's name in."""
    is_action = "/action/" in server.type
    kind = load_interface(server.type)
    request, result = (kind.Goal(), kind.Result()) if is_action else (kind.Request(), kind.Response())
    parameters, fields, notes = {}, {}, []
    for field, of in request.get_fields_and_field_types().items():
        if _NUMBER.fullmatch(of):
            parameters[field] = {"type": "number", "minimum": 0, "maximum": 1}
            notes.append(f"TODO {field} ({of}): its bounds and its unit (deg: then write {{{field}.rad}} above)")
        elif text := _TEXT.fullmatch(of):
            parameters[field] = {"type": "text"} | ({"max_length": min(int(text[1]), 2000)} if text[1] else {})
            notes.append(f"{field}: what may be said? type: entity for a thing or place, or enum with its values")
        elif of == "boolean":
            fields[field] = False
            notes.append(f"{field}: always false here; two skills, one for each, are often clearer")
        else:
            hint = "; a pose is filled with {target.approach_pose}" if of in _POSES else ""
            notes.append(f"{field} ({of}) keeps its default{hint}")
            continue
        fields.setdefault(field, f"{{{field}}}")
    binding: dict[str, object] = {"name": "", "type": server.type, "goal" if is_action else "request": fields}
    if rule := _success(result.get_fields_and_field_types()):
        binding["success"] = rule
    skill = _skill_name(name)
    entry: dict[str, object] = {"name": skill, "description": f"Runs {skill}; say what it does."}
    if parameters:
        entry["parameters"] = parameters
    entry |= {"risk": "high", "action" if is_action else "service": binding}
    notes.append("risk: high, since nothing is known of it; a policy asks a person then")
    if not is_action:
        notes.append("if it moves the robot, name the service (std_srvs/Trigger) that stops it: stop: …")
    text = yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=110)
    return text + "".join(f"  # {_comment(note)}\n" for note in notes)


def _success(fields: dict[str, str]) -> dict[str, object]:
    for name, kind, wanted in _SUCCESS:
        if fields.get(name) == kind or (not kind and _NUMBER.fullmatch(fields.get(name, ""))):
            return {name: wanted}
    return {"error_code.val": 1} if fields.get("error_code") == "moveit_msgs/MoveItErrorCodes" else {}


def _skill_name(server: str) -> str:
    name = re.sub(r"[^a-z0-9_]+", "_", server.rpartition("/")[2].lower()).strip("_")
    return (name if name[:1].isalpha() else f"skill_{name}")[:40]


def _relative(name: str, namespace: str) -> str:
    inside = f"/{namespace.strip('/')}/" if namespace.strip("/") else "/"
    return name.removeprefix(inside) if name.startswith(inside) else name


def _scalar(text: str) -> str:
    plain = _PLAIN_NAME.fullmatch(text) and yaml.safe_load(text) == text  # `on` would be read as true
    return text if plain else json.dumps(text)


def _comment(text: str) -> str:
    """On one line, with nothing that YAML or a terminal takes for a command."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))
