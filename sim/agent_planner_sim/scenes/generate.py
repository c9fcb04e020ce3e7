# SPDX-License-Identifier: Apache-2.0
"""Scenes from a name and a seed."""

import hashlib
from collections.abc import Callable, Sequence
from random import Random

from agent_planner.errors import UserError, did_you_mean
from agent_planner_sim.scenes.apartment import apartment
from agent_planner_sim.scenes.description import Scene
from agent_planner_sim.scenes.layout import all_approachable
from agent_planner_sim.scenes.table_top import table_top
from agent_planner_sim.scenes.tidy import tidy

Builder = Callable[[Random, int, Sequence[str]], Scene | None]
BUILDERS: dict[str, Builder] = {"tidy": tidy, "apartment": apartment, "table_top": table_top}
# What the demo speaks of is there in each scene, unless the caller asks for other things.
DEFAULT_ENTITIES = ("red cube", "blue bin")
_TRIES = 200


def generate(name: str, seed: int, must_have: Sequence[str] = DEFAULT_ENTITIES) -> Scene:
    """Return the scene of that name and seed, the same every time.

    Args:
        name: ``tidy``, ``apartment`` or ``table_top``.
        seed: any whole number.
        must_have: names of entities that are there at every seed and can be seen from the start, such as
            ``red cube``, ``desk``, ``drawer``.

    Raises:
        UserError: the scene is not known, or an entity cannot be built or does not fit.
    """
    if name not in BUILDERS:
        raise UserError(f"there is no scene '{name}'; {did_you_mean(name, BUILDERS)}")
    # Python's own hash differs from run to run.
    digest = hashlib.sha256(f"{name}/{seed}".encode()).digest()
    rng = Random(int.from_bytes(digest[:8], "big"))
    for _ in range(_TRIES):
        scene = BUILDERS[name](rng, seed, tuple(must_have))
        if scene is not None and all_approachable(scene):
            return scene
    raise UserError(
        f"scene '{name}' with seed {seed} finds no room for all that is wanted ({', '.join(must_have)}); "
        "ask for less or take 'apartment'"
    )
