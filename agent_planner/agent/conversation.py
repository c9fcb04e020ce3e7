# SPDX-License-Identifier: Apache-2.0
"""The conversation with the model: the one renderer of prompt, log and training data.

Changing a word here means that the shipped adapter must be trained again.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from agent_planner.errors import CallRefused
from agent_planner.goals.plan import Step
from agent_planner.scene import SceneGraph, entity_line, focus, robot_line, scene_text
from agent_planner.scene.mentions import mentions_text
from agent_planner.scene.plain import LABEL, plain
from agent_planner.skills import SkillLibrary
from agent_planner.types import Atom, Call, ResultStatus, SkillResult, Value

RULES = (
    "You direct a robot. State the goal of the instruction, then give one call at a time.\n"
    "A thought begins with an unmet atom and the skill that makes it, and says of each need of that: yes, or no and by "
    "which skill."
)
MAX_INSTRUCTION = 2000
# Begins the line of a state that tells what is to be reached next.
UNMET = "unmet: "


def system_turn(library: SkillLibrary) -> str:
    """The same for every turn of a library, so that its cache can be kept."""
    return f"{RULES}\n{library.text()}"


def first_turn(scene: SceneGraph, instruction: str) -> str:
    """The whole scene (as far as it fits), the instruction, and what its words may mean in the scene."""
    said = plain(instruction, MAX_INSTRUCTION)
    named = mentions_text(scene, said)
    return f"Scene:\n{scene_text(focus(scene, instruction))}\nInstruction: {said}\nNamed: {named}"


def state_turn(
    library: SkillLibrary, scene: SceneGraph, unmet: Sequence[Atom], result: str = "", changed: Iterable[str] = ()
) -> str:
    """The result of the last call, the robot and its skills' conditions, what is unmet, and the facts that matter."""
    near = relevant(scene, unmet)
    lines = [result] if result else []
    lines += [robot_line(scene, library.conditions), f"{UNMET}{'; '.join(map(str, unmet))}"]
    lines += [entity_line(scene, name) for name in near]
    shown = set(lines)
    lines += [line for line in changed if line not in shown and line.partition(":")[0] not in near]
    return "\n".join(lines)


def relevant(scene: SceneGraph, atoms: Iterable[Atom]) -> list[str]:
    """Names of the entities in the atoms, and of what these are on or in, without repetition."""
    names: dict[str, None] = {}
    for name in (arg for atom in atoms for arg in atom.args):
        while name in scene.entities and name not in names:
            names[name] = None
            location = scene.location(name)
            name = location.b if location else ""
    return list(names)


def result_line(result: SkillResult) -> str:
    """``ok``, or ``failed CODE: text`` (timeout, cancelled, unknown and refused alike)."""
    if result.status is ResultStatus.OK:
        return "ok"
    return f"{result.status.value} {plain(result.code, LABEL) or 'UNKNOWN'}: {plain(result.message)}"


def tells_failure(text: str) -> bool:
    """Whether a turn begins with a call that was carried out and failed, or was not done in time."""
    return text.startswith((f"{ResultStatus.FAILED.value} ", f"{ResultStatus.TIMEOUT.value} "))


def refused_line(refusal: CallRefused) -> str:
    """``refused CODE: text``."""
    return f"refused {refusal.code}: {plain(refusal.message)}"


def thought_text(step: Step) -> str:
    """The expert's thought, from the goal's atom down to the call.

    It tells the skill that makes the atom, which of that skill's needs hold, and goes on with the first that does not.

    ``holding(cup) by pick: hand free yes, at(cup) no by navigate_to: arm down yes``
    """
    text = str(step.chain[0].atom)
    for check, below in zip_longest(step.chain, step.chain[1:]):
        needs = [f"{need} yes" for need in check.met] + ([f"{below.atom} no"] if below else [])
        text += f" by {check.skill}" if check.skill else ""
        if needs:
            text += f"{':' if check.skill else ','} {', '.join(needs)}"
    return text


def call_turn(thought: str, call: Call) -> str:
    """The assistant's turn."""
    return f"{thought}\n{call}"


_CALL = re.compile(r"([a-z][a-z0-9_]*)\((.*)\)", re.DOTALL)
_ARG = re.compile(r'\s*([a-z][a-z0-9_]*)\s*=\s*("(?:[^"\\]|\\.)*"|true|false|-?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*(,|$)')


def parse_turn(text: str) -> tuple[str, Call]:
    """Split an assistant's turn into thought and call.

    Raises:
        CallRefused: BAD_FORM.
    """
    thought, _, line = text.strip().rpartition("\n")
    match = _CALL.fullmatch(line.strip())
    if not match:
        raise CallRefused("BAD_FORM", 'end with one call on a line of its own, e.g. pick(object="red cube")')
    args: dict[str, Value] = {}
    rest = match[2].strip()
    while rest:
        arg = _ARG.match(rest)
        if not arg or (arg[3] == "," and not rest[arg.end() :].strip()):
            raise CallRefused("BAD_FORM", f"cannot read the arguments at '{rest[:40]}'; write name=\"value\"")
        args[arg[1]] = _value(arg[2])
        rest = rest[arg.end() :]
    return thought.strip(), Call(match[1], args)


def _value(text: str) -> Value:
    if text.startswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError as error:
        raise CallRefused("BAD_FORM", f"'{text}' is not a number") from error
