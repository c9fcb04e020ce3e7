# SPDX-License-Identifier: Apache-2.0
"""Errors come out of another process as they went in."""

import pickle
from collections.abc import Iterator

import pytest

from agent_planner.agent.doubts import Doubt, Doubted
from agent_planner.errors import AgentPlannerError, CallRefused, ConfigError
from agent_planner.perception.frame import FrameError
from agent_planner.perception.published import DetectionsError
from agent_planner.scene.meshes import MeshError

# What an error is made of where that is not its text alone.
MADE_OF = {
    CallRefused: ("BAD_FORM", "no call"),
    ConfigError: ("a.yaml:3", "is wrong"),
    Doubted: (Doubt("the cup is not named", wrong=("cup",)),),
}


def below(kind: type[AgentPlannerError]) -> Iterator[type[AgentPlannerError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from below(child)


@pytest.mark.parametrize("kind", list(below(AgentPlannerError)))
def test_an_error_that_was_pickled_says_and_knows_the_same(kind):
    error = kind(*MADE_OF.get(kind, ("the disk is full",)))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


def test_errors_from_all_over_the_package_were_tried():
    assert {FrameError, DetectionsError, MeshError, Doubted} < set(below(AgentPlannerError))
