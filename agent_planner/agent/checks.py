# SPDX-License-Identifier: Apache-2.0
"""Pure checks between what the model says and what may reach a server."""

from collections.abc import Collection

from agent_planner.agent.conversation import parse_turn
from agent_planner.agent.doubts import Doubted, doubt
from agent_planner.errors import CallRefused, did_you_mean
from agent_planner.goals import Declined, Goal, plan, unmet_needs
from agent_planner.goals.goal import DID, Stated
from agent_planner.scene import SceneGraph
from agent_planner.scene.focus import matches
from agent_planner.scene.predicates import SCENE_PREDICATES
from agent_planner.skills import Parameter, SkillLibrary
from agent_planner.skills.library import BUILT_IN
from agent_planner.types import Atom, Call

_ARTICLES = ("the", "a", "an")
_BUILT_IN_ARGUMENT = {"ask": "question", "give_up": "reason"}


def read_call(text: str, library: SkillLibrary, scene: SceneGraph) -> tuple[str, Call]:
    """Parse and check a turn: form, skill, schema, entities and bounds. Returns thought and typed call.

    Raises:
        CallRefused: with a code for the model.
    """
    thought, call = parse_turn(text)
    if call.skill in BUILT_IN:
        name = _BUILT_IN_ARGUMENT[call.skill]
        if set(call.args) != {name} or not isinstance(call.args[name], str):
            raise CallRefused("BAD_FORM", f'write {call.skill}({name}="…")')
        return thought, call
    skill = library.skill_of(call)
    return thought, Call(call.skill, skill.check(call.args, scene))


def refuse_unmet(call: Call, library: SkillLibrary, scene: SceneGraph) -> None:
    """Raise CallRefused (NEEDS) where a need of the call does not hold in the observed scene."""
    missing = unmet_needs(call, library, scene)
    if missing:
        raise CallRefused("NEEDS", f"{call.skill} needs {', '.join(map(str, missing))}")


def check_goal(stated: Stated, library: SkillLibrary, scene: SceneGraph) -> None:
    """Raise CallRefused (BAD_GOAL) where a stated goal contradicts the scene or the library.

    It names what is not there, calls missing what is there, or nothing that the skills make reaches it.
    """
    if isinstance(stated, Declined):
        for name in stated.options:
            _known_entity(name, scene)
        if stated.kind == "missing":
            _refuse_present(stated.words, scene)
        if stated.kind == "which":
            _check_options(stated, scene)
        return
    for step in stated.steps:
        for atom in step:
            _check_atom(atom, library, scene)
    if plan(stated, library, scene) is None:
        raise CallRefused("BAD_GOAL", f"the skills of this robot cannot reach {stated}")


def refuse_goal(
    stated: Stated, library: SkillLibrary, scene: SceneGraph, instruction: str, doubted: Collection[Stated] = ()
) -> None:
    """Raise CallRefused where a goal cannot be (BAD_GOAL), Doubted where it is not the likely one (the first time)."""
    check_goal(stated, library, scene)
    found = None if stated in doubted else doubt(stated, library, scene, instruction)
    if found is not None:
        raise Doubted(found)


def _check_atom(atom: Atom, library: SkillLibrary, scene: SceneGraph) -> None:
    if atom.name == DID:
        if not atom.args or atom.args[0] not in library.by_name:
            known = did_you_mean(atom.args[0] if atom.args else "", library.by_name)
            raise CallRefused("BAD_GOAL", f"{atom}: no such skill; {known}")
        skill = library[atom.args[0]]
        if len(atom.args) != len(skill.parameters) + 1:
            raise CallRefused("BAD_GOAL", f"{atom}: write did({', '.join([skill.name, *skill.parameters])})")
        values = zip(skill.parameters.items(), atom.args[1:], strict=True)
        skill.check({name: _typed(parameter, text) for (name, parameter), text in values}, scene)
        return
    known = SCENE_PREDICATES | library.predicates
    if atom.name not in known:
        raise CallRefused("BAD_GOAL", f"'{atom.name}' is not a predicate; {did_you_mean(atom.name, known)}")
    if len(atom.args) != known[atom.name]:
        raise CallRefused("BAD_GOAL", f"{atom}: {atom.name} takes {known[atom.name]} argument(s)")
    for name in atom.args:
        _known_entity(name, scene)


def _typed(parameter: Parameter, text: str) -> str | float:
    if parameter.type != "number":
        return text
    try:
        return float(text)
    except ValueError as error:
        raise CallRefused("BAD_GOAL", f"'{text}' is not a number") from error


def _refuse_present(words: str, scene: SceneGraph) -> None:
    fitting = matches(scene, _bare(words))
    if fitting:
        raise CallRefused("BAD_GOAL", f"'{words}' is in the scene: {', '.join(fitting)}")


def _check_options(stated: Declined, scene: SceneGraph) -> None:
    fitting = matches(scene, _bare(stated.words))
    if fitting and set(fitting) != set(stated.options):
        raise CallRefused("BAD_GOAL", f"'{stated.words}' fits {', '.join(fitting)}{' alone' * (len(fitting) == 1)}")
    if len(set(stated.options)) < 2:
        raise CallRefused("BAD_GOAL", "which(…) needs at least two different entities")


def _bare(words: str) -> str:
    return " ".join(w for w in words.lower().split() if w not in _ARTICLES)


def _known_entity(name: str, scene: SceneGraph) -> None:
    if name not in scene.entities:
        raise CallRefused("BAD_GOAL", f"'{name}' is not in the scene; {did_you_mean(name, scene.entities)}")


def goal_fits(goal: Goal, other: Stated | None) -> bool:
    """Whether two goals ask for the same: the same steps, each with the same atoms in any order."""
    return isinstance(other, Goal) and [set(s) for s in goal.steps] == [set(s) for s in other.steps]


__all__ = ["Goal", "check_goal", "goal_fits", "read_call", "refuse_goal", "refuse_unmet"]
