# SPDX-License-Identifier: Apache-2.0
"""What a detector of any word should look for."""

from collections.abc import Iterable

from agent_planner.perception.places import KnownObject
from agent_planner.scene import SceneGraph
from agent_planner.scene.mentions import mentions
from agent_planner.skills.library import SkillLibrary

# Parameters of skills whose listed values are things.
_THINGS = frozenset({"object", "item", "thing"})


def wanted_words(known: Iterable[KnownObject], library: SkillLibrary | None, instruction: str) -> tuple[str, ...]:
    """Return what to look for: what the instruction speaks of, what the map names, what skills list as objects."""
    said = [mention.phrase for mention in mentions(SceneGraph(), instruction)] if instruction else []
    named = [thing.name for thing in known]
    listed = [
        value
        for skill in library or ()
        for name, parameter in skill.parameters.items()
        if name in _THINGS and parameter.type == "enum"
        for value in parameter.values
    ]
    return tuple(dict.fromkeys((*said, *named, *listed)))
