# SPDX-License-Identifier: Apache-2.0
"""The learning rate at the corners of a run."""

import pytest

from agent_planner.errors import ConfigError
from agent_planner.tuning.training.config import load_config
from agent_planner.tuning.training.schedule import learning_rate, warmup_steps

RUN = {"learning_rate": 1.0, "final_fraction": 0.1}


def rates(steps, **more):
    config = load_config("default", RUN | more)
    return [learning_rate(config, step, steps) for step in range(steps)]


@pytest.mark.parametrize("warmup", [4, 0.4])
def test_it_rises_linearly_and_falls_as_a_cosine(warmup):
    found = rates(10, warmup=warmup)
    assert found[:5] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert found[7] == pytest.approx(0.55)  # half way down from 1 to 0.1
    # The cosine ends one step after the last: 0.1 + 0.9 * (1 + cos(5/6 pi)) / 2 is left.
    assert found[9] == pytest.approx(0.1603, abs=1e-4)
    assert found[4:] == sorted(found[4:], reverse=True)


def test_without_a_warmup_the_first_step_has_the_highest():
    assert rates(10, warmup=0)[0] == rates(1, warmup=0.4)[0] == 1.0


def test_a_warmup_that_fills_the_run_is_refused():
    assert rates(4, warmup=3) == [1 / 3, 2 / 3, 1.0, 1.0]
    with pytest.raises(ConfigError, match="warmup: is 4 steps, and the run has 4 in all"):
        rates(4, warmup=4)


def test_the_default_models_first_phase_warms_up_as_it_did():
    config = load_config()
    assert (warmup_steps(config, config.seeds.steps), warmup_steps(config, 4)) == (25, 0)
