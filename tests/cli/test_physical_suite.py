# SPDX-License-Identifier: Apache-2.0
"""Instructions about simulated scenes."""

from random import Random

import pytest

from agent_planner.cli.physical_suite import scenario, scene_seed
from agent_planner.errors import InfrastructureError, UserError
from agent_planner.goals import plan, unmet
from agent_planner.scene import SceneGraph
from agent_planner.tuning.scenarios.scenario import default_library
from agent_planner.tuning.scenarios.scenes import observed, random_scene
from agent_planner.tuning.zoo.vocabulary import SEEN


def test_the_seed_of_a_scene_is_the_same_for_ever_and_differs_between_splits():
    assert scene_seed("smoke", "dev", 0) == 335049307
    assert scene_seed("smoke", "test", 0) != scene_seed("smoke", "dev", 0)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_asked_is_feasible_not_done_and_visible(seed):
    seen = observed(random_scene(Random(seed), SEEN))
    library = default_library()
    try:
        task = scenario("smoke", "dev", seed, seen, library)
    except InfrastructureError:
        pytest.skip("this random world has nothing to put anywhere")
    (step,) = task.goal.steps
    assert unmet(step, seen) == step
    assert plan(task.goal, library, seen)
    assert {name for atom in step for name in atom.args} <= seen.entities.keys()
    assert task == scenario("smoke", "dev", seed, seen, library)
    assert any(
        scenario("smoke", "dev", other, seen, library).instruction != task.instruction for other in range(20, 30)
    )


def test_an_empty_world_is_told():
    with pytest.raises(InfrastructureError, match="nothing in the scene"):
        scenario("smoke", "dev", 0, SceneGraph(), default_library())


def test_a_suite_of_the_symbolic_world_is_refused():
    with pytest.raises(UserError, match="'held_in' is not for the simulator; there: smoke"):
        scene_seed("held_in", "dev", 0)
