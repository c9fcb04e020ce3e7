# SPDX-License-Identifier: Apache-2.0
"""What is believed from one instruction, or call, to the next."""

from dataclasses import fields
from types import SimpleNamespace

import pytest

from agent_planner.agent.autonomy import AutonomySwitch
from agent_planner.agent.limits import LoopConfig
from agent_planner.ros.instruction_runner import InstructionRunner
from agent_planner.ros.instruction_server import Job
from agent_planner.scene import SceneGraph
from agent_planner.types import Atom, Autonomy

DOCKED = (Atom("docked", ()),)


@pytest.fixture
def runner(library):
    """One that has no robot."""
    needless = dict.fromkeys(f.name for f in fields(InstructionRunner) if f.name != "believed")
    parameters = SimpleNamespace(loop_config=lambda autonomy, check_plan: LoopConfig(autonomy=autonomy))
    return InstructionRunner(**needless | {"parameters": parameters, "library": library, "autonomy": AutonomySwitch()})


@pytest.fixture
def begin(runner, scene):
    """Begin an episode; what it believes as it begins."""

    def begin(is_call=True, autonomy=Autonomy.AUTO):
        job = Job()
        job.is_call = is_call
        episode = runner._episode(job, scene, autonomy, SimpleNamespace(event=print))
        return getattr(episode, "believed", runner.believed)

    return begin


def believes(believed):
    return [relation.name for relation in believed.added_to(SceneGraph()).relations]


def test_a_call_believes_what_the_calls_before_it_made(begin):
    begin().note(DOCKED)
    assert believes(begin()) == ["docked"]


def test_what_is_imagined_is_not_believed_afterwards(begin):
    begin(autonomy=Autonomy.PLAN_ONLY).note(DOCKED)
    assert believes(begin()) == []


def test_an_instruction_ends_what_was_believed(begin):
    begin().note(DOCKED)
    assert believes(begin(is_call=False)) == []
    assert believes(begin()) == []
