# SPDX-License-Identifier: Apache-2.0
"""Cells about libraries that training never had: abilities known from the prompt alone, and another robot."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

from agent_planner.scene import Relation
from agent_planner.skills import Skill, SkillLibrary
from agent_planner.tuning.panel.case import Case, drawn, seeded
from agent_planner.tuning.panel.pairs import actionable, acts
from agent_planner.tuning.scenarios.clauses import ability_clause, draw_kind, make_clause
from agent_planner.tuning.scenarios.own_robot import roles_of
from agent_planner.tuning.scenarios.phrasing import TRAINING
from agent_planner.tuning.scenarios.scenario import Scenario, Setting, joined
from agent_planner.tuning.scenarios.scenes import observed, random_scene
from agent_planner.tuning.zoo.families import BY_ROLE, CORE, FAMILIES, Family
from agent_planner.tuning.zoo.held_out_families import DEV_FAMILIES, DEV_KINDS, TEST_FAMILIES, TEST_KINDS
from agent_planner.tuning.zoo.held_out_wordings import WORDINGS_OF
from agent_planner.tuning.zoo.kinds import AbilityKind, stands_alone
from agent_planner.tuning.zoo.vocabulary import SEEN

_FAMILIES = {"dev": DEV_FAMILIES, "test": TEST_FAMILIES}
_KINDS = {"dev": DEV_KINDS, "test": TEST_KINDS}


def prompt_only(split: str, seed: int) -> Case:
    """Something that only a family of this split does, alone or before or after a clause of training."""
    rng = seeded("prompt_only", split, seed)
    # Drawn beforehand: kinds whose entities are rare would else be rare.
    kind = rng.choice(_KINDS[split])
    alone = rng.random() < 0.6
    return Case(drawn(lambda: _prompt_only(rng, split, kind, alone, f"{split}/prompt_only/{seed}")), "prompt_only")


def embodiment(split: str, seed: int) -> Case:
    """What training asks of its robots, asked of an arm that hangs from the ceiling."""
    rng = seeded("embodiment", split, seed)

    def draw() -> Scenario | None:
        arm = Relation("arm_up" if rng.random() < 0.7 else "arm_down")
        world = random_scene(rng, SEEN)
        world = world.replace(relations=(*world.relations, arm))
        return actionable(rng, Setting(gantry(), roles_of(gantry()), world))

    return Case(replace(drawn(draw), id=f"{split}/embodiment/{seed}"), "embodiment")


@cache
def gantry() -> SkillLibrary:
    """The library of the arm on the ceiling."""
    return SkillLibrary.load(Path(__file__).parent / "gantry.yaml")


def _prompt_only(rng: Random, split: str, kind: AbilityKind, alone: bool, name: str) -> Scenario | None:
    setting = _setting(rng, _FAMILIES[split], kind.role)
    scene = observed(setting.world)
    if not scene.objects:
        return None
    roles = setting.by_role
    wordings = [w for w in WORDINGS_OF[split][kind.kind] if alone or not stands_alone(w)]
    wording = rng.choice(wordings)
    clause = ability_clause(rng, kind, wording, roles, scene)
    clauses = [clause]
    if not alone:
        clauses.append(make_clause(rng, draw_kind(rng, roles, scene), roles, scene))
        rng.shuffle(clauses)
    known = [c for c in clauses if c is not None]
    if len(known) < len(clauses):
        return None
    words = replace(TRAINING, frames=("{i}",)) if stands_alone(wording) else TRAINING
    scenario = joined(rng, setting, name, known, words)
    return scenario if acts(scenario) else None


def _setting(rng: Random, held_out: tuple[Family, ...], role: str) -> Setting:
    """The family of that role, core skills, up to two more of the held-out families and up to three of training's."""
    families = [f for f in held_out if f.role == role]
    families += [BY_ROLE[r] for r in CORE if r in ("navigate", "pick") or rng.random() < 0.85]
    families += rng.sample([f for f in held_out if f.role != role], rng.randint(0, 2))
    families += rng.sample([f for f in FAMILIES if f.role not in CORE], rng.randint(0, 3))
    skills: list[Skill] = []
    roles: dict[str, str] = {}
    for family in families:
        skill = family.draw(rng)
        if skill.name not in roles:
            skills.append(skill)
            roles[skill.name] = family.role
    rng.shuffle(skills)
    return Setting(SkillLibrary(skills=tuple(skills)), roles, random_scene(rng, SEEN))
