# SPDX-License-Identifier: Apache-2.0
"""Episodes that are shared out give the lines that they give here, whoever dies."""

import os
import signal

import pytest

from agent_planner.agent.limits import LoopConfig
from agent_planner.tuning.collect import runners
from agent_planner.tuning.panel.parts import Part, Worker, in_order, parts_of
from agent_planner.tuning.panel.results import Subject
from agent_planner.types import Level
from tests.tuning.collect.test_runners import descendants
from tests.tuning.panel.lines import episode

CONFIG = LoopConfig(level=Level.GRAMMAR, look_ahead=False)
EXPERT = Worker("", "", Subject(model="expert"), "dev", 2)


def parts(seeds, width, *cells):
    return [part for cell in cells for part in parts_of(cell, range(seeds), CONFIG, width)]


def test_a_cell_is_split_into_parts():
    assert [part.seeds for part in parts_of("held_in", [1, 2, 5, 7, 8, 9], CONFIG, 1)] == [(1, 2, 5, 7), (8, 9)]
    assert list(parts_of("held_in", [], CONFIG, 1)) == []
    assert list(parts_of("held_in", range(4), CONFIG, 1)) == [Part("held_in", (0, 1, 2, 3), CONFIG)]


def test_what_comes_early_is_held_back():
    def backwards(units):
        for name in reversed(units):
            yield name, [episode(seed=int(name))]

    found = list(in_order(parts(12, 1, "held_in"), backwards))
    assert [line.seed for lines in found for line in lines] == [0, 1, 2]


def test_processes_give_the_same_lines():
    shared = parts(16, 2, "held_in", "ambiguous")
    here = list(in_order(shared, runners.runner(EXPERT, 1, "")))
    assert [sorted(line.seed for line in lines) for lines in here] == [[*range(8)], [*range(8, 16)]] * 2
    assert list(in_order(shared, runners.runner(EXPERT, 2, ""))) == here


@pytest.mark.timeout(400)
def test_on_ray_each_worker_opens_the_model_and_one_that_dies_loses_nothing(tmp_path):
    from tests.tuning.training.tiny import tiny_base

    base = str(tiny_base("llama", tmp_path / "tiny"))
    worker = Worker("", base, Subject(model="tiny"), "dev", 1)
    brief = LoopConfig(level=Level.GRAMMAR, look_ahead=False, max_turns=1)
    shared = [Part("held_in", (seed,), brief) for seed in range(3)]
    here = list(in_order(shared, runners.runner(worker, 1, "")))
    got = []
    for lines in in_order(shared, runners.runner(worker, 1, "local", with_model=True)):
        if not got:
            victims = descendants(os.getpid(), "ray::_Worker")
            assert len(victims) == min(len(shared), len(os.sched_getaffinity(0)))
            os.kill(victims[0], signal.SIGKILL)
        got.append(lines)
    assert got == here and {line.model for lines in got for line in lines} == {"tiny"}
