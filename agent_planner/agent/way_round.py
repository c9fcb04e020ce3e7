# SPDX-License-Identifier: Apache-2.0
"""Another way to a goal, where some calls fail for good."""

from collections.abc import Collection, Hashable, Sequence

from agent_planner.agent.grammar import applicable_calls
from agent_planner.goals import Goal, apply, plan
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.types import Call


def way_round(
    goal: Goal,
    library: SkillLibrary,
    scene: SceneGraph,
    blocked: Collection[Hashable],
    at_step: int = 0,
    done: Sequence[Call] = (),
) -> Call | None:
    """Return the call after which the shortest plan needs none of those ``blocked`` (keys of `Call.key`), or None.

    Considered are calls that change the scene and take nothing but entities.
    """
    best: tuple[int, Call] | None = None
    for skill, args in applicable_calls(library, scene):
        call = Call(skill.name, args)
        if len(args) < len(skill.parameters) or not skill.makes or call.key() in blocked:
            continue
        rest = plan(goal, library, apply(call, library, scene), at_step, done)
        if rest is None or any(c.key() in blocked for c in rest):
            continue
        if best is None or len(rest) < best[0]:
            best = len(rest), call
    return best[1] if best else None
