# SPDX-License-Identifier: Apache-2.0
"""Decides about a call by a policy: bounds first, then the first rule that matches."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from agent_planner.safety.bounds import violations
from agent_planner.safety.places import entities_of, sites
from agent_planner.safety.policy import Effect, Policy, Rule
from agent_planner.scene import SceneGraph
from agent_planner.skills import Skill
from agent_planner.types import Call

NO_POLICY, NO_MATCH = "no policy", "no rule matches"


@dataclass(frozen=True)
class Opinion:
    """What a bound or a rule says of a call: ``effect`` is None where it does not apply. ``reason`` is for people."""

    rule: str
    effect: Effect | None
    reason: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}" if self.reason else self.rule


class _Unknown(Exception):
    """A rule needs what is not known."""


class Judge:
    """Judges checked calls. Without a policy, and where no rule matches, a person must be asked."""

    def __init__(self, policy: Policy | None):
        self.policy = policy

    def decide(self, call: Call, skill: Skill, scene: SceneGraph) -> Opinion:
        """The first opinion that decides; its ``effect`` is never None."""
        return next(o for o in self.opinions(call, skill, scene) if o.effect is not None)

    def opinions(self, call: Call, skill: Skill, scene: SceneGraph) -> Iterator[Opinion]:
        """What each bound that is exceeded and each rule says, in order; the first that decides, decides."""
        if self.policy is None:
            yield Opinion(NO_POLICY, Effect.ASK, "the planner was started without one, so that every call is asked for")
            return
        for name, reason in violations(self.policy.bounds, call, skill, scene):
            yield Opinion(f"bounds.{name}", Effect.DENY, reason)
        for rule in self.policy.rules:
            yield _opinion(rule, self.policy, call, skill, scene)
        yield Opinion(NO_MATCH, Effect.ASK, "what the policy does not speak of is asked for")


def _opinion(rule: Rule, policy: Policy, call: Call, skill: Skill, scene: SceneGraph) -> Opinion:
    try:
        against = next(_mismatches(rule, policy, call, skill, scene), None)
    except _Unknown as unknown:
        return Opinion(rule.name, Effect.DENY, f"it depends on where {unknown} is, which is not known")
    return Opinion(rule.name, None, against) if against else Opinion(rule.name, rule.then, rule.because)


def _mismatches(rule: Rule, policy: Policy, call: Call, skill: Skill, scene: SceneGraph) -> Iterator[str]:
    if rule.skills and skill.name not in rule.skills:
        yield f"it is for {_listed(rule.skills)}"
    if rule.risks and skill.risk not in rule.risks:
        yield f"it is for risk {_listed(rule.risks)}, not {skill.risk}"
    for name, admitted in rule.arguments.items():
        value = call.args.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not admitted.holds(value):
            yield f"{name} is not {admitted}"
    entities = entities_of(call, skill, scene)
    if rule.kinds and not _fits(rule, [e.kind in rule.kinds for e in entities]):
        yield f"it is for {_quantity(rule)} of kind {_listed(rule.kinds)}"
    if rule.entities and not _fits(rule, [e.name in rule.entities for e in entities]):
        yield f"it is for {_quantity(rule)} among {_listed(rule.entities)}"
    if rule.zones and not _leads_there(rule, policy, call, skill, scene):
        yield f"it does not lead into {_listed(rule.zones)}"


def _fits(rule: Rule, fitting: Collection[bool]) -> bool:
    """What is allowed must be covered in all its parts; for the rest one part is enough."""
    return bool(fitting) and (all(fitting) if rule.then is Effect.ALLOW else any(fitting))


def _leads_there(rule: Rule, policy: Policy, call: Call, skill: Skill, scene: SceneGraph) -> bool:
    areas = [policy.zones[name] for name in rule.zones]
    there, unknown = [], []
    for site in sites(call, skill, scene):
        if not site.points:
            unknown.append(site.what)
        there += [any(area.contains(point) for area in areas) for point in site.points]
    if unknown and not (rule.then is not Effect.ALLOW and any(there)):
        raise _Unknown(unknown[0])
    return _fits(rule, there)


def _quantity(rule: Rule) -> str:
    return "calls with nothing but entities" if rule.then is Effect.ALLOW else "calls with an entity"


def _listed(names: Collection[str]) -> str:
    return ", ".join(names)
