# SPDX-License-Identifier: Apache-2.0
"""The panel: its cells by name. A case depends on cell, split and seed alone.

Every cell draws scenes of its own from seeds that hash cell and split (but for the pairs, which share theirs on
purpose), so that no scene, goal and wording is shared with training or between dev and test.
"""

from collections.abc import Callable

from agent_planner.errors import UserError
from agent_planner.goals import Declined
from agent_planner.tuning.panel.case import Case, drawn, seeded
from agent_planner.tuning.panel.compositions import compositions
from agent_planner.tuning.panel.faults import failures_seen, failures_unseen
from agent_planner.tuning.panel.libraries import embodiment, prompt_only
from agent_planner.tuning.panel.new_names import held_in, new_objects, renamed
from agent_planner.tuning.panel.pairs import ambiguous, infeasible, looking, nothing_to_do
from agent_planner.tuning.scenarios.phrasing import held_out
from agent_planner.tuning.scenarios.scenario import KNOWN, Scenario, draw_setting, feasible
from agent_planner.tuning.scenarios.suites import SPLITS, check_name
from agent_planner.tuning.zoo.written_instructions import read_written, written_library


def wordings(split: str, seed: int) -> Case:
    """One or two clauses about things that training knows, in words that it does not."""
    rng = seeded("wordings", split, seed)
    several = rng.random() < 0.35
    words = held_out(split, several)

    def draw() -> Scenario | None:
        scenario = feasible(rng, draw_setting(rng, KNOWN), f"{split}/wordings/{seed}", words)
        return scenario if scenario is not None and len(scenario.clauses) == 1 + several else None

    return Case(drawn(draw), "wordings")


def written(split: str, seed: int) -> Case:
    """What was written by hand, each once: to ask it again would tell nothing new.

    Raises:
        UserError: so many were not written.
    """
    known = read_written(split)
    if seed >= len(known):
        raise UserError(
            f"the cell written has {len(known)} instructions on {split}, the seeds 0:{len(known)}; leave it out, with "
            "--cell for each of the others, or take fewer --seeds"
        )
    one = known[seed]
    kind = one.goal.kind if isinstance(one.goal, Declined) else "written"
    scenario = Scenario(f"{split}/written/{seed}", written_library(one.roles), one.scene, one.say, one.goal, kind)
    return Case(scenario, "written")


_DRAW: dict[str, Callable[[str, int], Case]] = {
    cell.__name__: cell
    for cell in (
        held_in,
        wordings,
        written,
        new_objects,
        compositions,
        renamed,
        prompt_only,
        embodiment,
        failures_seen,
        failures_unseen,
        infeasible,
        nothing_to_do,
        ambiguous,
        looking,
    )
}
CELLS: tuple[str, ...] = tuple(_DRAW)


def size_of(cell: str, split: str) -> int | None:
    """How many cases a cell has, seeds from 0; None where there is no end of them."""
    return len(read_written(split)) if cell == written.__name__ else None


def case_of(cell: str, split: str, seed: int) -> Case:
    """Return that case.

    Raises:
        UserError: there is no such cell, split or seed.
    """
    check_name("cell", cell, CELLS)
    check_name("split", split, SPLITS)
    return _DRAW[cell](split, seed)
