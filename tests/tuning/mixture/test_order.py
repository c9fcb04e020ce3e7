# SPDX-License-Identifier: Apache-2.0
"""Samples come in the proportions that were asked for, groups stay together, and nothing comes twice before all did."""

from itertools import pairwise

import pytest
from scipy.stats import binomtest

from agent_planner.tuning.data.records import Record
from agent_planner.tuning.mixture.general import general_record
from agent_planner.tuning.mixture.names import Split
from agent_planner.tuning.mixture.order import Source, draw


def source(name: str, count: int, seed: int = 0, groups: int = 0) -> Source:
    made = []
    for n in range(count):
        group = f"g{n % groups}" if groups else f"{name}{n}"
        made.append(general_record(f"{name}{n}", ("q", "a"), name, "f", Split.TRAIN, {"group": group}))
    return Source(name, made, seed)


def group_of(item: Record) -> str:
    return (item.model_extra or {})["group"]


@pytest.mark.parametrize("eta", [0.2, 0.5, 0.8])
def test_proportions_are_within_sampling_error(eta):
    agent, chat, other = source("agent", 100), source("chat", 40), source("other", 40)
    drawn = list(draw([(agent, 1)], [(chat, 4), (other, 1)], eta, 4000, 0))
    assert len(drawn) == 4000 == agent.drawn + chat.drawn + other.drawn
    # Seeded, so this cannot fail by chance; a bound of one in a thousand would be missed by a bias of 3 points.
    assert binomtest(agent.drawn, 4000, eta).pvalue > 0.001
    assert binomtest(chat.drawn, chat.drawn + other.drawn, 0.8).pvalue > 0.001


def test_the_ends_of_eta_draw_one_kind_alone():
    assert {item.id[0] for item in draw([(source("agent", 3), 1)], [(source("chat", 3), 1)], 1.0, 50, 0)} == {"a"}
    assert {item.id[0] for item in draw([], [(source("chat", 3), 1)], 0.0, 50, 0)} == {"c"}


def test_several_files_of_the_robot_share_its_part_by_their_weights():
    agent = [(source("mine", 9), 3.0), (source("agent", 9), 1.0)]
    assert sum(item.id.startswith("chat") for item in draw(agent, [(source("chat", 9), 1)], 0.5, 1000, 0)) in range(
        450, 550
    )
    mine, others = (one.drawn for one, _ in agent)
    assert binomtest(mine, mine + others, 0.75).pvalue > 0.001


def test_each_epoch_has_every_sample_once_in_another_order():
    several = source("agent", 30)
    epochs = [[several.draw().id for _ in range(30)] for _ in range(3)]
    assert all(sorted(epoch) == sorted(epochs[0]) for epoch in epochs)
    assert epochs[0] != epochs[1] != epochs[2]
    assert several.epochs == 3.0


def test_groups_stay_together_in_the_order_of_their_file():
    several = source("agent", 60, groups=6)
    drawn = [several.draw() for _ in range(60)]
    groups = [group_of(item) for item in drawn]
    assert sum(a != b for a, b in pairwise(groups)) == 5
    for (a, b), (one, two) in zip(pairwise(drawn), pairwise(groups), strict=True):
        assert one != two or int(b.id.removeprefix("agent")) - int(a.id.removeprefix("agent")) == 6
    other = source("agent", 60, seed=1, groups=6)
    assert [group_of(other.draw()) for _ in range(60)] != groups


def test_general_samples_in_between_do_not_tear_groups_apart():
    agent = source("agent", 40, groups=4)
    drawn = [item for item in draw([(agent, 1)], [(source("chat", 9), 1)], 0.5, 70, 0) if item.id.startswith("agent")]
    groups = [group_of(item) for item in drawn]
    assert sum(a != b for a, b in pairwise(groups)) <= 4
