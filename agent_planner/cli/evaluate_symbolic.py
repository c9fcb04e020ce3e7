# SPDX-License-Identifier: Apache-2.0
"""Evaluation in the symbolic world."""

import time
from collections.abc import Sequence

from agent_planner.agent.limits import LoopConfig
from agent_planner.cli.models import checked, loaded
from agent_planner.cli.terminal import Terminal
from agent_planner.tuning.panel.evaluate import Score, run_symbolic
from agent_planner.tuning.scenarios.suites import scenario_of


def run(
    terminal: Terminal, suite: str, split: str, seeds: Sequence[int], model_name: str, config: LoopConfig, width: int
) -> tuple[list[Score], float, str]:
    """Run the suite; returns scores, the seconds that the episodes took, and the model's name."""
    checked(model_name)
    with terminal.busy("drawing the scenarios"):
        scenarios = [scenario_of(suite, split, seed) for seed in seeds]
    with loaded(model_name, terminal) as model:
        began = time.monotonic()
        good = 0
        with terminal.counting(suite, len(scenarios)) as counter:

            def finished(score: Score) -> None:
                nonlocal good
                good += score.success
                counter.advance(f"({good} succeeded)")

            scores = run_symbolic(model, scenarios, config, width, finished)
        return scores, time.monotonic() - began, model.name
