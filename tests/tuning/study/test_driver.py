# SPDX-License-Identifier: Apache-2.0
"""From the first step to the last, with made-up steps."""

import pytest

from agent_planner.errors import ConfigError, UserError
from agent_planner.tuning.study.config import load_study
from agent_planner.tuning.study.driver import Driver
from agent_planner.tuning.study.rates import Work
from agent_planner.tuning.training.config import load_config
from tests.tuning.study import made_up
from tests.tuning.study.made_up import do_all, make

CORES = load_study("cores")


def begun(folder, study=CORES, only=()):
    driver = Driver(study, folder, only)
    driver.setup()
    return driver


def chosen(driver):
    return {name: choice.value for name, choice in driver.choices.items()}


def better_alone(model, cell, seed):
    return "agent_only" in model


def test_everything_is_done_once_and_choices_are_made_on_the_way(tmp_path):
    driver = begun(tmp_path)
    names = do_all(driver, better_alone)
    assert chosen(driver) == {"eta": 0.8, "best": "agent_only"}
    assert set(driver.choices["best"].figures) == {"agent_only", "hybrid"}
    assert names == [step.name for step in driver.steps] and len(names) == 100
    assert do_all(begun(tmp_path)) == []
    assert driver.left() == 0


def test_what_is_gone_is_made_again_and_nothing_else(tmp_path):
    driver = begun(tmp_path)
    do_all(driver)
    gone = next(step for step in driver.steps if step.name == "train arms/agent_only/1")
    (gone.outputs[0] / "adapter_model.safetensors").unlink()
    assert do_all(begun(tmp_path)) == [gone.name]


def made_otherwise(step, succeeds):
    """From what was mended; the eta that was the best is so no longer."""
    make(step, succeeds)
    out = step.outputs[0]
    if step.name == "read eta":
        out.write_text(out.read_text().replace('"right": 80', '"right": 10'))
    elif step.work is Work.TRAIN:
        (out / "adapter_model.safetensors").write_text(f"{step.name} anew")
    elif step.work in (Work.COLLECT, Work.FILTER, Work.MIX):
        out.write_text(f"{step.name} anew")


def test_a_change_is_followed_up_to_the_choices(tmp_path, monkeypatch):
    driver = begun(tmp_path)
    do_all(driver, better_alone)
    collected = driver.places.data("collected")
    collected.write_text("mended")
    checkpoint = driver.places.arm("agent_only", 0) / "model" / "checkpoint.pt"
    checkpoint.write_text("at its end")

    driver = begun(tmp_path)
    assert not any(step.work is Work.TRAIN for step in driver.done), "what rests on it does not count until then"
    monkeypatch.setattr(made_up, "make", made_otherwise)
    names = do_all(driver, lambda model, cell, seed: "hybrid" in model)
    assert chosen(driver) == {"eta": 0.2, "best": "hybrid"}
    assert names.count("read eta") == 1 and "train arms/agent_only/0" in names and "train arms/hybrid-0.2/2" in names
    assert not checkpoint.exists(), "training would refuse to go on with other data"
    assert collected.with_name("collected.jsonl.changed").read_text() == "mended"
    assert driver.done == driver.steps


def test_some_arms_first_and_the_rest_later(tmp_path):
    first = do_all(begun(tmp_path, only=["agent_only"]))
    assert len(first) == len(set(first)) and not any("hybrid" in name for name in first)
    second = do_all(begun(tmp_path))
    assert not set(first) & set(second)


def test_an_arm_with_one_seed_rests_on_the_choice_of_its_eta(tmp_path):
    study = CORES.model_copy(update={"seeds": (0,), "top": None})
    driver = begun(tmp_path, study, only=["hybrid"])
    do_all(driver)
    assert chosen(driver)["eta"] == 0.8


def test_side_by_side_a_step_begins_when_what_it_rests_on_is_there(tmp_path):
    driver = begun(tmp_path)
    order, made, running = [], set(), []
    produced = {path for step in driver.steps for path in step.outputs}
    while True:
        while len(running) < 3 and (step := driver.next([one.name for one in running])) is not None:
            assert made.issuperset(produced.intersection(step.inputs)), step.name
            assert step.name not in order and not step.waits
            driver.begin(step)
            order.append(step.name)
            running.append(step)
        if not running:
            break
        step = running.pop()  # the last begun ends first
        make(step, better_alone)
        driver.finish(step, 1.0, True)
        made.update(step.outputs)
    assert sorted(order) == sorted(step.name for step in driver.steps)
    assert chosen(driver) == {"eta": 0.8, "best": "agent_only"}


def test_a_step_that_was_broken_off_is_begun_again(tmp_path):
    driver = begun(tmp_path)
    step = driver.next()
    assert step is not None and driver.begin(step)
    make(step, better_alone)
    after = begun(tmp_path).next()
    assert after is not None and after.name == step.name


def test_estimates_follow_what_was_measured(tmp_path):
    driver = begun(tmp_path)
    before = driver.left()
    while (step := driver.next()) is not None:
        whole = driver.begin(step)
        make(step, better_alone)
        driver.finish(step, 3 * step.seconds, whole)
        if step.work is Work.TRAIN:
            break
    assert step is not None
    estimates = {s.name: (s, driver.estimates()[s.name]) for s in driver.steps}
    assert estimates[step.name][1] == pytest.approx(3 * step.seconds, abs=0.1)
    other, seconds = estimates["train arms/agent_only/2"]
    assert seconds == pytest.approx(3 * other.seconds, rel=1e-3)
    panel, seconds = estimates["evaluate arms/agent_only/2"]
    assert seconds == panel.seconds
    assert driver.left() > before


def test_the_configuration_of_the_training_is_written_as_train_reads_it(tmp_path):
    driver = begun(tmp_path)
    step = driver.next()
    assert step is not None
    driver.begin(step)
    found = load_config(str(tmp_path / "training.yaml"))
    assert found == CORES.training.resolved() and found.forced_weight == 0.3
    assert load_config(str(tmp_path / "training-forced-1.yaml")).forced_weight == 1.0


def test_another_configuration_is_refused(tmp_path):
    step = (driver := begun(tmp_path)).next()
    assert step is not None
    driver.begin(step)
    with pytest.raises(ConfigError, match="samples was 600, is 1"):
        begun(tmp_path, CORES.model_copy(update={"samples": 1}))


def test_an_arm_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match="--only hybird: there is no such arm; did you mean 'hybrid'"):
        Driver(CORES, tmp_path, ["hybird"])
