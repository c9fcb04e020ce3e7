# SPDX-License-Identifier: Apache-2.0
"""Every cell: from (cell, split, seed) alone, proved, apart from training and from the other split."""

import os
import subprocess
import sys
from functools import cache

import pytest

from agent_planner.agent.limits import LoopConfig
from agent_planner.errors import UserError
from agent_planner.goals import Goal, plan
from agent_planner.scene import scene_text
from agent_planner.scene.focus import matches
from agent_planner.tuning.panel.case import Case
from agent_planner.tuning.panel.cells import CELLS, case_of, size_of
from agent_planner.tuning.panel.evaluate import run_symbolic
from agent_planner.tuning.panel.reference_models import ExpertModel
from agent_planner.tuning.scenarios.hidden import looked_into
from agent_planner.tuning.scenarios.scenario import Scenario
from agent_planner.tuning.scenarios.scenes import observed
from agent_planner.tuning.scenarios.situations import draw_situations
from agent_planner.tuning.zoo.held_out_wordings import FRAMES_OF, PLACE_ALL_OF, WORDINGS_OF
from agent_planner.tuning.zoo.written_instructions import read_written
from tests.tuning.digest import digest

COUNT = 60
SPLITS = ("dev", "test")


@cache
def cases(cell: str, split: str) -> tuple[Case, ...]:
    return tuple(case_of(cell, split, seed) for seed in range(COUNT))


@pytest.mark.parametrize("cell", CELLS)
def test_every_case_is_proved(cell: str):
    for case in (c for split in SPLITS for c in cases(cell, split)):
        assert case.cell == cell
        scenario, scene = case.scenario, observed(case.scenario.world)
        goal = scenario.goal
        if cell == "looking":
            assert any(not place.explored for place in scene.places)
            scene = observed(looked_into(scenario.world, scenario.library))
        if isinstance(goal, Goal):
            calls = plan(goal, scenario.library, scene)
            assert calls is not None, scenario.id
            assert calls or not case.twin
            assert len(calls) < LoopConfig().max_turns
        elif goal.kind == "missing":
            assert not matches(scene, goal.words) and goal.words in scenario.instruction
        elif goal.kind == "which":
            assert len(goal.options) > 1 and set(goal.options) <= scene.entities.keys()


@pytest.mark.parametrize("cell", CELLS)
def test_the_expert_is_the_upper_bound(cell: str):
    tried = cases(cell, "dev")[:20] + cases(cell, "test")[:20]
    scores = run_symbolic(ExpertModel(tried), tried, LoopConfig())
    failed = [(s.scenario.id, s.error, s.result.summary) for s in scores if not s.success]
    assert len(failed) <= 0.05 * len(tried), failed
    assert [(s.cell, s.pair, s.twin) for s in scores] == [(c.cell, c.pair, c.twin) for c in tried]


def test_a_case_is_the_same_in_a_process_of_its_own():
    code = (
        "from agent_planner.tuning.panel.cells import CELLS, case_of\n"
        "from tests.tuning.digest import digest\n"
        "print(*(digest([case_of(c, s, k) for s in ('dev', 'test') for k in (59, 7, 8)]) for c in CELLS))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "12345"}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    here = [digest([cases(c, s)[k] for s in SPLITS for k in (59, 7, 8)]) for c in CELLS]
    assert told.stdout.split() == here


def scene_of(scenario: Scenario) -> str:
    """As the model reads it."""
    return scene_text(observed(scenario.world))


def said_and_meant(scenario: Scenario) -> str:
    """Instruction and goal; the names of skills apart, which a wording does not hold."""
    return f"{scenario.instruction.lower()} -> {scenario.goal}"


@cache
def panel_and_training() -> tuple[list[Scenario], list[Scenario], list[Scenario]]:
    """The scenarios of dev, of test and of training."""
    dev, test = ([c.scenario for cell in CELLS for c in cases(cell, split)] for split in SPLITS)
    return dev, test, [s for n in range(30) for u in draw_situations("train", 0, n, 24) for s in u.scenarios()]


def test_training_dev_and_test_share_no_scene():
    dev, test, training = (set(map(scene_of, found)) for found in panel_and_training())
    assert min(len(dev), len(test)) > 500 and len(training) > 150
    assert not dev & test and not training & (dev | test)


def test_training_dev_and_test_share_no_instruction_with_its_goal():
    # But for questions about the robot itself, which name nothing that a split could have for itself.
    asked = ([s for s in found if s.kind != "none"] for found in panel_and_training())
    dev, test, training = (set(map(said_and_meant, found)) for found in asked)
    assert min(len(dev), len(test)) > 500 and len(training) > 600
    assert not dev & test and not training & (dev | test)


def test_unknown_names_are_told():
    with pytest.raises(UserError, match="did you mean 'renamed'"):
        case_of("rename", "dev", 0)
    with pytest.raises(UserError, match="did you mean 'test'"):
        case_of("renamed", "tests", 0)


@pytest.mark.parametrize("split", SPLITS)
def test_wordings_are_those_of_the_split(split: str):
    own = [w for words in WORDINGS_OF[split].values() for w in words] + [*FRAMES_OF[split], *PLACE_ALL_OF[split]]
    fixed = [[part.strip(" .,?") for part in w.replace("{", "}").split("}")[::2]] for w in own]
    for case in cases("wordings", split):
        said = case.scenario.instruction.lower()
        assert any(all(part.lower() in said for part in parts) for parts in fixed), said


@pytest.mark.parametrize("split", SPLITS)
def test_what_was_written_comes_once_and_then_there_is_an_end(split: str):
    known = read_written(split)
    assert size_of("written", split) == len(known) > 100 and size_of("wordings", split) is None
    assert [case_of("written", split, seed).scenario.instruction for seed in range(len(known))] == [
        one.say for one in known
    ]
    count = len(known)
    told = rf"written has {count} instructions on {split}, the seeds 0:{count}; leave it out, with --cell .*, or take"
    with pytest.raises(UserError, match=told):
        case_of("written", split, count)
