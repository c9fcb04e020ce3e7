# SPDX-License-Identifier: Apache-2.0
"""Errors come out of another process as they went in."""

import pickle
from collections.abc import Iterator
from inspect import signature

import pytest

from agent_planner.agent.doubts import Doubt, Doubted
from agent_planner.errors import AgentPlannerError, CallRefused, ConfigError
from agent_planner.perception.frame import FrameError
from agent_planner.perception.published import DetectionsError
from agent_planner.scene.meshes import MeshError

# What an error is made of where that is no text.
MADE_OF = {Doubted: (Doubt("the cup is not named", wrong=("cup",)),)}


def below(kind: type[AgentPlannerError]) -> Iterator[type[AgentPlannerError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from below(child)


@pytest.mark.parametrize("kind", list(below(AgentPlannerError)))
def test_an_error_that_was_pickled_says_and_knows_the_same(kind):
    wants = len(signature(kind.__init__).parameters) - 1 if kind.__init__ is not Exception.__init__ else 1
    error = kind(*MADE_OF.get(kind, tuple(f"text {number}" for number in range(wants))))
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


def test_errors_from_all_over_the_package_were_tried():
    assert {CallRefused, ConfigError, FrameError, DetectionsError, MeshError, Doubted} < set(below(AgentPlannerError))
