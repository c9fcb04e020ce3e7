# SPDX-License-Identifier: Apache-2.0
"""The scripted model, where tests look for it."""

from agent_planner.llm.scripted import Script, ScriptedModel

__all__ = ["Script", "ScriptedModel"]
