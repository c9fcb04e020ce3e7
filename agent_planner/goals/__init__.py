# SPDX-License-Identifier: Apache-2.0
"""Goals as predicates on a scene, the world in which skills' effects are rolled out, and planning in it."""

from agent_planner.goals.goal import Declined, Goal, format_goal, parse_goal
from agent_planner.goals.holds import holds, unmet
from agent_planner.goals.plan import Step, next_step, plan
from agent_planner.goals.world import apply, unmet_needs

__all__ = [
    "Declined",
    "Goal",
    "Step",
    "apply",
    "format_goal",
    "holds",
    "next_step",
    "parse_goal",
    "plan",
    "unmet",
    "unmet_needs",
]
