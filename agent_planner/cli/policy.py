# SPDX-License-Identifier: Apache-2.0
"""`agent-planner policy`: check a safety policy, and tell what it says of a call."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from agent_planner.cli.terminal import Terminal
from agent_planner.errors import CallRefused, UserError, fault_text

if TYPE_CHECKING:
    from agent_planner.scene import SceneGraph
    from agent_planner.skills import Skill, SkillLibrary
    from agent_planner.types import Call

app = typer.Typer(help="Safety policies: check a file, explain a decision.", no_args_is_help=True)
SkillsFile = Annotated[Path | None, typer.Option("--skills", help="a skill library; the shipped one if left out")]
_STYLE = {"allow": "green", "ask": "yellow", "hand_over": "magenta", "deny": "red"}


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="a policy in YAML, or the name of a shipped one")],
    skills: SkillsFile = None,
) -> None:
    """Validate a policy; what is wrong is named with file, line and field."""
    from agent_planner.safety.policy import Policy, policy_path

    path = policy_path(file)
    policy = Policy.load(path, _library(skills))
    bounds = sorted(policy.bounds.model_fields_set)
    Terminal().say(
        f"{path}: {len(policy.rules)} rules and {len(policy.zones)} zones are valid; "
        f"bounds: {', '.join(bounds) or 'none'}"
    )


@app.command()
def explain(
    call: Annotated[str, typer.Argument(help="e.g. 'navigate_to(target=\"shelf\")'")],
    policy: Annotated[str, typer.Option(help="a policy in YAML, or the name of a shipped one")] = "simulation",
    scene: Annotated[
        Path | None, typer.Option(help="a scene in YAML or JSON; without one no place is known to the policy")
    ] = None,
    skills: SkillsFile = None,
) -> None:
    """Tell which rule decides about a call, why, and what the others said."""
    from agent_planner.agent.conversation import parse_turn
    from agent_planner.safety.judge import NO_MATCH, Judge
    from agent_planner.safety.policy import Policy, policy_path

    library = _library(skills)
    judge = Judge(Policy.load(policy_path(policy), library))
    try:
        _, said = parse_turn(call)
        skill = library.skill_of(said)
        world = _scene(scene) if scene else _unplaced(said, skill)
        said = type(said)(said.skill, skill.check(said.args, world))
    except CallRefused as refusal:
        raise UserError(f"{call}: {refusal.message}") from refusal
    terminal = Terminal()
    decided = False
    for opinion in judge.opinions(said, skill, world):
        if decided and opinion.rule == NO_MATCH:
            break
        effect = opinion.effect.value if opinion.effect else "no match"
        after = " (not reached)" if decided and opinion.effect else ""
        style = "dim" if decided or not opinion.effect else _STYLE[effect]
        terminal.say(f"{effect:<9} {opinion}{after}", style)
        decided = decided or opinion.effect is not None
    decision = judge.decide(said, skill, world)
    assert decision.effect is not None
    terminal.say(f"decision  {decision.effect.value}: {said}", f"bold {_STYLE[decision.effect.value]}")


def _library(path: Path | None) -> "SkillLibrary":
    from agent_planner.skills import SkillLibrary

    return SkillLibrary.load(path) if path else SkillLibrary.load()


def _scene(path: Path) -> "SceneGraph":
    from agent_planner.config import parse_yaml, read_text
    from agent_planner.scene import SceneGraph

    return parse_yaml(SceneGraph, read_text(path), str(path), needs="objects")[0]


def _unplaced(call: "Call", skill: "Skill") -> "SceneGraph":
    """A scene of the entities that the call names, of the right kind, wherever they are."""
    from agent_planner.scene import SceneGraph, SceneObject, ScenePlace

    objects, places = {}, {}
    for name, parameter in skill.parameters.items():
        value = call.args.get(name)
        if parameter.type != "entity" or not isinstance(value, str):
            continue
        kind, found = (SceneObject, objects) if "object" in parameter.kinds else (ScenePlace, places)
        try:
            found[value] = kind(name=value, affordances=frozenset(parameter.affordances))
        except ValidationError as error:
            raise UserError(f"'{value}' cannot be an entity's {fault_text(error.errors()[0])}") from error
    places = {name: place for name, place in places.items() if name not in objects}
    return SceneGraph(objects=tuple(objects.values()), places=tuple(places.values()))
