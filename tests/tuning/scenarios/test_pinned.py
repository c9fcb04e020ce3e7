# SPDX-License-Identifier: Apache-2.0
"""What a seed gives is pinned: models were trained on it and measured with it; their cards tell what changed since."""

from itertools import islice
from random import Random

from agent_planner.tuning.scenarios.scenario import draw_setting, scenarios, single
from agent_planner.tuning.scenarios.suites import scenario_of
from agent_planner.tuning.training.trees import trees
from tests.tuning.digest import digest


def test_suites():
    held_in = [single(split, "held_in", seed) for split in ("dev", "test") for seed in range(40)]
    smoke = [scenario_of("smoke", split, seed) for split in ("dev", "test") for seed in range(20)]
    assert (digest(held_in), digest(smoke)) == ("8ee74ff9aeb0", "5451ec64ea62")


def test_settings_and_the_scenarios_about_them():
    rng = Random(7)
    settings = [draw_setting(rng) for _ in range(24)]
    drawn = [list(islice(scenarios(rng, setting, 12, "pinned"), 12)) for setting in settings]
    assert (digest(settings), digest(drawn)) == ("911c3e0a9eb2", "75d388eb4469")


def test_trees():
    made = [
        (tree.id, tree.system, tree.opening, [(b.opening, [(t.role, t.content, t.loss) for t in b.turns])])
        for index in range(12)
        for tree in trees(0, index)
        for b in tree.branches
    ]
    assert len(made) > 200
    assert digest(made) == "ca901dd0b7da"
