# SPDX-License-Identifier: Apache-2.0
"""The grammar (llguidance's Lark dialect) of what may be said next, for this library and this scene."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice, product

from agent_planner.agent.conversation import MAX_INSTRUCTION
from agent_planner.agent.doubts import Doubt
from agent_planner.agent.thought_grammar import MAX_CALLS, ThoughtGrammar, quoted
from agent_planner.goals.goal import DID, Declined, format_goal
from agent_planner.goals.world import unmet_needs
from agent_planner.scene import SceneGraph
from agent_planner.scene.focus import matches
from agent_planner.scene.graph import CONTAINER, SURFACE
from agent_planner.scene.plain import plain
from agent_planner.skills import Parameter, Skill, SkillLibrary
from agent_planner.types import Atom, Call, Level, Value

# The longest text between quotation marks, in characters, whatever a parameter admits.
_PHRASE = 200
# No thought of the expert's is longer than 310 characters, with its atom.
_LONGEST = 360
_REASON = f"( [^\\n]{{1,{_LONGEST}}})?"
# Where thoughts that check needs have rules of their own: what does not begin with "by".
_OTHER_REASON = f"(, [^\\n]{{1,{_LONGEST}}}| ([^b\\n]|b[^y\\n]|by[^ \\n])[^\\n]{{0,{_LONGEST}}})?"
_MAX_STEPS = 6
# What parts an instruction into steps; where nothing does, two are admitted, for words that are not known here.
_PARTING = re.compile(
    r"(?:(?:\b(?:then|and|after|afterwards|before|next|first|finally|once|when|later)\b|[.,;:](?!\S))\s*)+",
    re.IGNORECASE,
)
# The kinds of entity that stand in the scene's own predicates.
_OBJECT = Parameter(type="entity", kinds=("object",))
_ANY = Parameter(type="entity")
_SLOTS: dict[str, tuple[Parameter, ...]] = {
    "on": (_OBJECT, Parameter(type="entity", affordances=(SURFACE,))),
    "in": (_OBJECT, Parameter(type="entity", affordances=(CONTAINER,))),
    "near": (_OBJECT, _ANY),
    "holding": (_OBJECT,),
    "at": (_ANY,),
}


def goal_grammar(
    library: SkillLibrary, scene: SceneGraph, instruction: str, level: Level, hint: Doubt | None = None
) -> str:
    """Every goal that the scene and the library's predicates allow, and every way to decline.

    A question which of several things is meant offers exactly those that its words fit. After a doubt only goals are
    admitted that it does not touch. At `Level.APPLICABLE` a goal has no more steps than the instruction has parts.
    """
    if hint is not None and hint.question is not None:
        return f"start: {quoted(format_goal(hint.question))}"
    words = json.dumps(plain(instruction, MAX_INSTRUCTION).replace('"', ""))
    which = _choice(_questions(scene, instruction))
    start, more, needed = "steps | declined", _MAX_STEPS - 1, []
    if level is Level.APPLICABLE:
        more = min(more, max(1, len(_PARTING.findall(instruction))))
    if hint is not None:
        scene = _without(scene, hint.wrong)
        library = SkillLibrary.model_construct(skills=tuple(s for s in library if s.name not in hint.skills))
        needed = sorted({*_atom_rules(library, scene, hint.lacking)}) if hint.lacking else []
    steps = f'step (" then " step){{0,{more}}}'
    if needed:
        start, steps = "steps", "(atom SEP){0,12} needed (SEP atom){0,12}"
    atoms = sorted({*_atom_rules(library, scene), '"hand free"'})
    return "\n".join(
        [
            f'start: "goal: " ({start})',
            f"steps: {steps}",
            'step: atom ("; " atom){0,11}',
            'SEP: "; " | " then "',
            f"atom: {' | '.join(atoms)}",
            f"needed: {' | '.join(needed) or 'atom'}",
            'declined: "missing(\\"" QUOTE "\\")" | "no_skill(\\"" QUOTE "\\")" | "none\\n" ANSWER'
            + (f" | {which}" if which else ""),
            f'QUOTE: %regex {{ "substring_words": {words} }}',
            "ANSWER: /[^\\n]{1,200}/",
        ]
    )


def _questions(scene: SceneGraph, instruction: str) -> list[str]:
    """``which("cup": red cup, blue cup)`` for each phrase of the instruction that fits several things."""
    words = plain(instruction, MAX_INSTRUCTION).replace('"', "").split()
    colors = {o.color for o in scene.objects}
    found: dict[str, None] = {}
    for length in (1, 2, 3):
        for first in range(len(words) - length + 1):
            phrase = " ".join(words[first : first + length]).rstrip(".,;:!?")
            fitting = matches(scene, phrase.lower())
            if phrase.lower() not in colors and len(fitting) > 1:
                found[str(Declined("which", phrase, tuple(fitting)))] = None
    return list(found)


def turn_grammar(
    library: SkillLibrary,
    scene: SceneGraph,
    unmet: Sequence[Atom],
    level: Level,
    refused: Collection[tuple] = (),
) -> str:
    """A thought that begins with an unmet atom, then one call; a thought that checks needs as `ThoughtGrammar` has it.

    Calls that were already ``refused`` in this very state (as keys of `Call.key`) are left out, and at
    `Level.APPLICABLE` those whose needs do not hold in the scene. Of a skill with numbers or words as arguments,
    of asking and of giving up, every call counts as refused with the first, unless the goal asks for that very skill.
    """
    calls = None
    built_in = {"ask": '"ask(question=\\"" PHRASE "\\")"', "give_up": '"give_up(reason=\\"" PHRASE "\\")"'}
    wanted = {atom.args[0] for atom in unmet if atom.name == DID}
    if level is Level.APPLICABLE:
        calls = _applicable(library, scene, refused, wanted)
    if calls is None:
        calls = [rule for skill in library for rule in _skill_rules(skill, scene, refused, wanted)]
    if calls:
        built_in = {name: rule for name, rule in built_in.items() if all(skill != name for skill, _ in refused)}
    calls += built_in.values()

    def admits(call: Call) -> bool:
        skill = library[call.skill]
        return not _was_refused(skill, skill.entities(call), refused, wanted)

    thoughts = ThoughtGrammar(library, scene, level is Level.APPLICABLE, admits, lambda call: _made_rule(library, call))
    ways = thoughts.ways(unmet)
    return "\n".join(
        [
            f"start: {' | '.join([*(f'{quoted(str(atom))} {way}' for atom, way in ways.items()), 'other'])}",
            *thoughts.rules,
            'other: unmet REASON "\\n" call',
            f"unmet: {_choice(map(str, unmet))}",
            f"REASON: /{_OTHER_REASON if ways else _REASON}/",
            f"call: {' | '.join(calls)}",
            f"PHRASE: {_text(_PHRASE)}",
        ]
    )


def applicable_calls(library: SkillLibrary, scene: SceneGraph) -> list[tuple[Skill, dict[str, str]]]:
    """Every skill with every choice of entities for which its needs hold (other arguments left open)."""
    found = []
    for skill in library:
        slots = {n: p.candidates(scene) for n, p in skill.parameters.items() if p.type == "entity"}
        for values in product(*slots.values()):
            chosen = dict(zip(slots, values, strict=True))
            if len(set(values)) == len(values) and not unmet_needs(_filled(skill, chosen), library, scene):
                found.append((skill, chosen))
    return found


def _filled(skill: Skill, chosen: dict[str, str]) -> Call:
    return Call(skill.name, {n: chosen.get(n, "") for n in skill.parameters})


def _applicable(
    library: SkillLibrary, scene: SceneGraph, refused: Collection[tuple], wanted: Collection[str]
) -> list[str] | None:
    rules = []
    for skill, chosen in islice(applicable_calls(library, scene), MAX_CALLS + 1):
        if not _was_refused(skill, chosen, refused, wanted):
            rules.append(_chosen_rule(skill, chosen))
    return rules if len(rules) <= MAX_CALLS else None


def _was_refused(
    skill: Skill, chosen: Mapping[str, Value], refused: Collection[tuple], wanted: Collection[str]
) -> bool:
    counts = len(chosen) == len(skill.parameters) or skill.name not in wanted
    return counts and any(name == skill.name and chosen.items() <= set(args) for name, args in refused)


def _made_rule(library: SkillLibrary, call: Call) -> str:
    """The call that a thought ends in; what no atom gives is left open."""
    skill = library[call.skill]
    if not skill.makes:
        return quoted(str(call))  # of did(…), which gives all
    return _chosen_rule(skill, skill.entities(call))


def _skill_rules(skill: Skill, scene: SceneGraph, refused: Collection[tuple], wanted: Collection[str]) -> list[str]:
    """Every call of a skill; where some were refused, one rule for each choice of entities that is left."""
    entities = {n: p.candidates(scene) for n, p in skill.parameters.items() if p.type == "entity"}
    if not all(entities.values()):
        return []
    every = [_call_rule(skill, {n: f'"\\"" ({_choice(names)}) "\\""' for n, names in entities.items()})]
    if all(name != skill.name for name, _ in refused):
        return every
    choices = [
        dict(zip(entities, chosen, strict=True)) for chosen in islice(product(*entities.values()), MAX_CALLS + 1)
    ]
    if len(choices) > MAX_CALLS:
        return every
    return [_chosen_rule(skill, chosen) for chosen in choices if not _was_refused(skill, chosen, refused, wanted)]


def _chosen_rule(skill: Skill, chosen: Mapping[str, Value]) -> str:
    """The skill with these entities; other arguments are left open."""
    return _call_rule(skill, {n: quoted(f'"{v}"') for n, v in chosen.items()})


def _call_rule(skill: Skill, slots: dict[str, str]) -> str:
    parts = [quoted(f"{skill.name}(")]
    for i, (name, parameter) in enumerate(skill.parameters.items()):
        parts += [quoted(f"{', ' if i else ''}{name}="), slots.get(name) or _open_slot(parameter)]
    return " ".join([*parts, '")"'])


def _open_slot(parameter: Parameter) -> str:
    if parameter.type == "number":
        return _number(parameter)
    if parameter.type == "enum":
        return f'"\\"" ({_choice(parameter.values)}) "\\""'
    return f'"\\"" {_text(min(parameter.max_length, _PHRASE))} "\\""'


def _text(longest: int) -> str:
    """A regular expression for what stands between quotation marks."""
    return f'/[^"\\\\\\n]{{1,{longest}}}/'


def _atom_rules(library: SkillLibrary, scene: SceneGraph, having: Collection[str] = ()) -> Iterable[str]:
    """A rule for each predicate; with ``having`` only atoms that name one of these entities."""
    for skill in library:
        if not skill.makes:
            names = [quoted(skill.name)]
            for slots in _slots(tuple(skill.parameters.values()), scene, having):
                yield _predicate(DID, False, [*names, *slots])
        for made in skill.makes:
            parameters = _SLOTS.get(made.name) or tuple(skill.parameters[a] for a in made.args)
            for slots in _slots(parameters, scene, having):
                yield _predicate(made.name, made.negated, slots)


def _slots(parameters: Sequence[Parameter], scene: SceneGraph, having: Collection[str]) -> Iterable[list[str]]:
    """What may stand in each place: once, or for each place that one of ``having`` has to stand in."""
    open_ = [_choice(p.candidates(scene)) if p.type == "entity" else _word(p) for p in parameters]
    if not having:
        if all(open_):
            yield open_
        return
    for place, parameter in enumerate(parameters):
        named = [n for n in having if parameter.type == "entity" and n in parameter.candidates(scene)]
        if named and all(open_):
            yield [*open_[:place], _choice(named), *open_[place + 1 :]]


def _without(scene: SceneGraph, names: Collection[str]) -> SceneGraph:
    return scene.replace(
        objects=tuple(o for o in scene.objects if o.name not in names),
        places=tuple(p for p in scene.places if p.name not in names),
    )


def _word(parameter: Parameter) -> str:
    if parameter.type == "number":
        return _number(parameter)
    return _choice(parameter.values) if parameter.type == "enum" else '/[^\\n(),;"]{1,80}/'


def _number(parameter: Parameter) -> str:
    bounds = {"type": "number", "minimum": parameter.minimum, "maximum": parameter.maximum}
    return f"%json {json.dumps(bounds)}"


def _predicate(name: str, negated: bool, slots: Sequence[str]) -> str:
    if not slots:
        return quoted(("not " if negated else "") + name.replace("_", " "))
    inner = ' ", " '.join(f"({s})" for s in slots)
    return f'{quoted(("not " if negated else "") + name + "(")} {inner} ")"'


def _choice(words: Iterable[str]) -> str:
    return " | ".join(quoted(w) for w in words)
