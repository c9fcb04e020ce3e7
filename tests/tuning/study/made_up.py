# SPDX-License-Identifier: Apache-2.0
"""Does the steps of a study without a model: what they make is made up, and in the form of the real thing."""

import json
from collections.abc import Callable
from pathlib import Path

from agent_planner.tuning.data.records import write_records
from agent_planner.tuning.panel.measure import subject, told_apart
from agent_planner.tuning.panel.results import ChoiceLine, LikelihoodLine, Line
from agent_planner.tuning.study.driver import Driver
from agent_planner.tuning.study.steps import Step
from tests.tuning.panel.lines import RUN, episode, task

Succeeds = Callable[[str, str, int], bool]


def options(step: Step, name: str) -> list[str]:
    """The values of an option that may be given several times."""
    return [step.words[place + 1] for place, word in enumerate(step.words) if word == name]


def make(step: Step, succeeds: Succeeds) -> None:
    """Write the outputs of a step; ``succeeds`` says which episodes do, by model, cell and seed."""
    first, *others = step.outputs
    for path in step.outputs:
        path.parent.mkdir(parents=True, exist_ok=True)
    if step.words[0] == "evaluate":
        lines = _measured(step, succeeds)
        write_records(first, ({"type": line.type} | line.model_dump(mode="json") for line in lines))
    elif step.words[0] == "train":
        first.mkdir(exist_ok=True)
        (first / "adapter_model.safetensors").write_text(step.name)
        others[0].write_text("{}")
    else:
        first.write_text(step.name)
        sources = {"agent": {"drawn": 5, "loss_tokens": 70, "epochs": 0.5}, "generated": {"loss_tokens": 9}}
        others[0].write_text(json.dumps({"counts": {"samples": 7, "sources": sources}}))


def _measured(step: Step, succeeds: Succeeds) -> list[Line]:
    lines: list[Line] = [RUN.model_copy(update={"command": step.command})]
    seeds = range(*map(int, options(step, "--seeds")[0].split(":"))) if "--seeds" in step.words else range(0)
    for model in options(step, "--model"):
        who = subject(model, model).model_dump()
        for cell in options(step, "--cell"):
            if cell == "general_tasks":
                lines += [task(**who, seed=seed) for seed in seeds]
            elif cell == "general_likelihood":
                told = {**who, "data": told_apart(Path(options(step, "--data")[0])), "tokens": 9}
                lines += [LikelihoodLine(**told, conversation=str(n), log_likelihood=-2.0 - n / 9) for n in range(3)]
            elif cell == "choice_accuracy":
                right = 80 if "0.8" in model else 60
                data = told_apart(Path(options(step, "--records")[0]))
                lines += [ChoiceLine(**who, data=data, group="one", tokens=100, right=right)]
            else:
                lines += [episode(succeeds(model, cell, s), **who, cell=cell, seed=s) for s in seeds]
    return lines


def do_all(driver: Driver, succeeds: Succeeds = lambda model, cell, seed: seed % 2 == 0) -> list[str]:
    """Do the steps that are left; returns their names."""
    names = []
    while (step := driver.next()) is not None:
        whole = driver.begin(step)
        make(step, succeeds)
        driver.finish(step, 2 * step.seconds, whole)
        names.append(step.name)
    return names
