# SPDX-License-Identifier: Apache-2.0
"""Where to look for a thing that is not in sight."""

from agent_planner.goals import Goal, plan
from agent_planner.scene import SceneGraph
from agent_planner.skills import SkillLibrary
from agent_planner.types import Atom


def explored(place: str) -> Goal:
    """The goal of having looked into a place."""
    return Goal(((Atom("explored", (place,)),),))


class Looking:
    """Remembers which places were tried for one instruction."""

    def __init__(self, library: SkillLibrary):
        self._library = library
        self._tried: list[str] = []

    def next_place(self, scene: SceneGraph) -> str | None:
        """The place not yet looked into that takes the fewest calls, as a plan has it; the scene's order breaks ties.

        None where there is none left that the robot's skills can look into and that was not tried before.
        """
        calls = {
            place.name: plan(explored(place.name), self._library, scene)
            for place in scene.places
            if not place.explored and place.name not in self._tried
        }
        lengths = {name: len(found) for name, found in calls.items() if found is not None}
        return min(lengths, key=lambda name: lengths[name], default=None)

    def tried(self, place: str) -> None:
        """That place was looked into, or could not be."""
        self._tried.append(place)

    def account(self, scene: SceneGraph) -> str:
        """What was looked into and what was not, for a person; empty if there was nothing to look into."""
        closed = [place.name for place in scene.places if not place.explored]
        seen = [name for name in self._tried if name not in closed]
        told = [f"; looked into: {', '.join(seen)}" if seen else ""]
        told += [f"; not looked into: {', '.join(closed)}" if closed else ""]
        return "".join(told)
