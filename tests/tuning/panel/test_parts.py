# SPDX-License-Identifier: Apache-2.0
"""Episodes that are shared out give the lines that they give here, whoever dies."""

import os
import signal

import pytest

from agent_planner.agent.limits import LoopConfig
from agent_planner.llm.scripted import ScriptedModel
from agent_planner.tuning.collect import runners
from agent_planner.tuning.panel.measure import Measurement
from agent_planner.tuning.panel.parts import Part, Worker, in_order, parts_of
from agent_planner.tuning.panel.results import Results, Subject, read_results
from agent_planner.types import Level
from tests.tuning.collect.test_runners import descendants
from tests.tuning.panel.lines import RUN, episode

CONFIG = LoopConfig(level=Level.GRAMMAR, look_ahead=False)
EXPERT = Worker("", "", Subject(model="expert"), "dev", 2)


def parts(seeds, width, *cells):
    return [part for cell in cells for part in parts_of(cell, range(seeds), range(seeds), CONFIG, width)]


def test_a_cell_is_split_into_parts():
    seeds = [1, 2, 5, 7, 8, 9]
    assert [part.seeds for part in parts_of("held_in", seeds, seeds, CONFIG, 1)] == [(1, 2, 5, 7), (8, 9)]
    assert list(parts_of("held_in", seeds, [], CONFIG, 1)) == []
    assert list(parts_of("held_in", range(4), range(4), CONFIG, 1)) == [Part("held_in", (0, 1, 2, 3), CONFIG)]


def test_what_is_left_is_split_as_the_whole_was():
    assert [part.seeds for part in parts_of("held_in", range(10), [3, 8], CONFIG, 1)] == [(0, 1, 2, 3), (8, 9)]


def test_a_part_that_was_broken_off_gives_the_lines_that_it_would_have_given(tmp_path):
    """Even of a model whose answers are swayed by what stands beside a conversation, and by what came before."""

    class Swayed(ScriptedModel):
        def __init__(self):
            super().__init__(lambda request: "goal: none\nHello." if len(self.heard) % 3 else "what?")

    def run(path) -> list[str]:
        one = Measurement(Results(path, RUN), Subject(model="m"), "dev", 3)
        for part in parts_of("held_in", range(16), one.episodes_left("held_in", range(16), CONFIG), CONFIG, 3):
            one.episodes(lambda cases: Swayed(), part.cell, part.seeds, part.config)
        return path.read_text().splitlines()

    whole = run(tmp_path / "whole.jsonl")
    assert len({line.turns for line in read_results([tmp_path / "whole.jsonl"])[1:]}) > 1
    for kept in (1, 4, 9, 14):
        (tmp_path / "broken.jsonl").write_text("".join(f"{line}\n" for line in whole[:kept]))
        assert run(tmp_path / "broken.jsonl") == whole


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
    worker = Worker("", base, Subject(model="tiny"), "dev", 2)
    brief = LoopConfig(level=Level.GRAMMAR, look_ahead=False, max_turns=1)
    shared = [Part("held_in", (seed, seed + 1, seed + 2), brief) for seed in (0, 3, 6)]
    here = list(in_order(shared, runners.runner(worker, 1, "")))
    got = []
    for lines in in_order(shared, runners.runner(worker, 1, "local", with_model=True)):
        if not got:
            victims = descendants(os.getpid(), "ray::_Worker")
            assert len(victims) == min(len(shared), len(os.sched_getaffinity(0)))
            os.kill(victims[0], signal.SIGKILL)
        got.append(lines)
    assert got == here and {line.model for lines in got for line in lines} == {"tiny"}
