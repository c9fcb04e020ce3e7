# SPDX-License-Identifier: Apache-2.0
"""The skill library: what the robot can do, what each skill needs and makes, and how it is bound to ROS."""

from agent_planner.skills.library import SkillLibrary
from agent_planner.skills.parameter import Parameter
from agent_planner.skills.pattern import Pattern
from agent_planner.skills.skill import ActionBinding, ServiceBinding, Skill

__all__ = ["ActionBinding", "Parameter", "Pattern", "ServiceBinding", "Skill", "SkillLibrary"]
