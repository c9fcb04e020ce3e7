# SPDX-License-Identifier: Apache-2.0
"""How fast the symbolic expert's episodes are collected: in one process, in two, on Ray with one worker and with two.

Figures are episodes a minute, and ratios within this run. An episode is a task with all its calls.
"""

import argparse
import time
from collections.abc import Mapping
from functools import partial

from agent_planner.tuning.collect.config import CollectConfig
from agent_planner.tuning.collect.runners import here, in_processes, on_ray
from agent_planner.tuning.collect.trajectories import trajectories
from agent_planner.tuning.collect.work import Runner
from agent_planner.tuning.scenarios.situations import Situation, draw_situations

_WORK = partial(trajectories, config=CollectConfig())


def episodes_a_minute(run: Runner, units: Mapping[str, Situation]) -> float:
    """From the first result on, since starting processes is not what is measured."""
    results = run(units)
    next(results)
    begun = time.monotonic()
    done = sum(len(units[name].tasks) for name, _ in results)
    return 60.0 * done / (time.monotonic() - begun)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--situations", type=int, default=300, help="how many are drawn, each with a twin")
    count = parser.parse_args().situations
    units = {s.id: s for index in range(count) for s in draw_situations("train", 0, index, 24)}
    print(f"{sum(len(s.tasks) for s in units.values())} episodes about {len(units)} situations")
    ways: dict[str, Runner] = {
        "one process": lambda units: here(units, _WORK),
        "two processes": lambda units: in_processes(units, _WORK, 2),
        "Ray, one worker": lambda units: on_ray(units, _WORK, "local", workers=1),
        "Ray, two workers": lambda units: on_ray(units, _WORK, "local", workers=2),
    }
    first = 0.0
    for name, run in ways.items():
        speed = episodes_a_minute(run, units)
        first = first or speed
        print(f"{name:18} {speed:8.0f} episodes/min   {speed / first:.2f}", flush=True)


if __name__ == "__main__":
    main()
