# SPDX-License-Identifier: Apache-2.0
"""The steps of the presets."""

from collections import Counter
from pathlib import Path

import pytest

from agent_planner.tuning.mixture.names import GeneralSource
from agent_planner.tuning.panel.cells import CELLS
from agent_planner.tuning.study.config import PRESETS, General, Training, load_study
from agent_planner.tuning.study.places import Places
from agent_planner.tuning.study.plan import plan
from agent_planner.tuning.study.rates import RATES, Work, seconds_of
from agent_planner.tuning.study.steps import needed
from tests.docs.test_commands import parse


def steps_of(name, folder=Path("runs/study"), **chosen):
    return plan(Places(load_study(name), folder, chosen))


def option(step, name):
    return step.words[step.words.index(name) + 1]


@pytest.mark.parametrize("name", PRESETS)
def test_every_command_is_understood(name, tmp_path):
    for step in steps_of(name, tmp_path):
        for path in step.inputs:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        parse(["tune", *step.words])


@pytest.mark.parametrize("name", PRESETS)
def test_a_step_comes_after_what_it_needs(name):
    made: set[Path] = set()
    for step in steps_of(name):
        assert set(step.inputs) <= made, step.name
        assert not made & set(step.outputs), step.name
        made |= set(step.outputs)


def _is_own(step):
    """Not what a main arm is asked for the sake of its ablations."""
    return step.name.split()[0] not in ("extra", "other")


@pytest.mark.parametrize("name", PRESETS)
def test_names_are_unique(name):
    names = Counter(step.name for step in steps_of(name))
    assert set(names.values()) == {1}


def test_the_study_of_two_cores():
    study, steps = load_study("cores"), steps_of("cores")
    trained = [step for step in steps if step.work is Work.TRAIN]
    # Three etas on the first seed, one of them hybrid's; three main arms on three seeds; 8 ablations; 3 rounds.
    assert len(trained) == 3 + (3 * 3 - 1) + 8 + 3
    panels = {(step.arm, step.seed): step for step in steps if step.work is Work.PANEL and _is_own(step)}
    assert len(panels) == 1 + 3 * 3 + 8 + 1 + 3  # the base's, and that of the adapter that the rounds go on from
    assert [option(panels["hybrid", seed], "--seeds") for seed in study.seeds] == ["0:100", "100:200", "200:300"]
    assert option(panels["base", 0], "--seeds") == "0:100" and option(panels["no_twins", 0], "--seeds") == "0:200"
    hours = sum(step.seconds for step in steps) / 3600
    assert 17 < hours < 20


def test_ablations_stand_beside_the_same_training_seed_and_the_same_episodes():
    steps = {step.name: step for step in steps_of("cores")}
    extra = steps["extra arms/agent_only/0"]
    assert option(extra, "--seeds") == "100:200"
    assert {word for word in extra.words if word in CELLS} == {"held_in"}
    other = steps["other arms/agent_only/0"]
    assert option(other, "--seeds") == "0:200"
    assert {word for word in other.words if word in CELLS} == {"failures_seen", "infeasible", "renamed"}
    for step in (extra, other):
        assert option(step, "--model") == option(steps["evaluate arms/agent_only/0"], "--model")
    assert not any(f"{verb} arms/hybrid" in name for name in steps for verb in ("extra", "other"))


def test_the_rounds_are_compared_on_episodes_that_nothing_was_chosen_by():
    steps = {step.name: step for step in steps_of("cores", eta=0.5, best="agent_only")}
    rounds = ("start", "dagger", "self_exploration", "self_exploration_unfiltered")
    panels = [next(s for s in steps.values() if s.arm == arm and s.work is Work.PANEL) for arm in rounds]
    assert {option(step, "--seeds") for step in panels} == {"300:500"}
    assert option(panels[0], "--model") == "runs/study/arms/agent_only/0/model/adapter"


def test_filtered_and_unfiltered_self_exploration_are_of_the_same_episodes():
    steps = {step.name: step for step in steps_of("cores")}
    filtered, unfiltered = (
        steps[f"filter arms/{arm}/agent"] for arm in ("self_exploration", "self_exploration_unfiltered")
    )
    assert filtered.inputs == unfiltered.inputs
    assert "--reward" not in filtered.words and option(unfiltered, "--reward") == "0"
    assert not any("self_exploration_unfiltered/collected" in str(path) for s in steps.values() for path in s.outputs)


def test_rounds_go_on_from_the_adapter_where_it_is_merged():
    study = load_study("cores")
    training = Training(config="default", changes={"merge": True})
    places = Places(study.model_copy(update={"training": training}), Path("x"), {"eta": 0.5, "best": "agent_only"})
    steps = {step.name: step for step in plan(places)}
    assert option(steps["train arms/dagger/0"], "--start") == "x/arms/agent_only/0/model/adapter"
    assert option(steps["evaluate arms/agent_only/0"], "--model") == "x/arms/agent_only/0/model/model"


@pytest.mark.parametrize("name", ["cores", "paper"])
def test_what_the_base_has_kept_is_measured_by_what_no_program_wrote(name):
    """The splits of generated conversations share their words: they would flatter whoever learns from them."""
    general = next(step for step in steps_of(name) if step.outputs[0].stem == "held_out_general")
    assert (option(general, "--source"), option(general, "--split")) == ("sharegpt", "dev")


def test_what_the_panel_asks_is_not_learned_from():
    steps = steps_of("cores")
    ask = next(step for step in steps if step.work is Work.ASK)
    asked = {option(step, "--seeds") for step in steps if step.work is Work.PANEL}
    assert option(ask, "--seeds") == "0:500" and max(int(seeds.split(":")[1]) for seeds in asked) == 500
    for step in steps:
        if step.work is Work.PANEL:
            assert set(step.words).intersection(CELLS) <= set(ask.words)
        if step.work is Work.MIX:
            against = [step.words[place + 1] for place, word in enumerate(step.words) if word == "--against"]
            assert against == [str(ask.outputs[0]), "runs/study/data/held_out_collected.jsonl"]
            assert {Path(path) for path in against} <= set(step.inputs)


def test_general_data_come_on_top_of_equal_agent_data():
    samples = {}
    for step in steps_of("cores", eta=0.2):
        if step.work is Work.MIX:
            samples[step.arm, option(step, "--eta")] = int(option(step, "--samples"))
    assert samples["agent_only", "1"] == 600
    assert samples["hybrid", "0.2"] == 3000 and samples["hybrid", "0.8"] == 750
    assert samples["general_only", "0"] == 2400
    assert samples["hybrid_in_all", "0.2"] == 600


def test_the_estimate_of_a_training_is_that_of_its_records():
    steps = {step.name: step for step in steps_of("cores")}
    assert steps["train arms/agent_only/0"].seconds == pytest.approx(20 + 600 * 1.4)
    assert steps["train arms/hybrid-0.5/0"].seconds == pytest.approx(20 + 600 * 1.4 + 600 * 0.6)
    assert seconds_of(command=2, episode=10) == pytest.approx(2 * RATES["command"].seconds + 80)


def test_what_waits_for_a_choice_is_planned_anew_with_it():
    before = {step.name: step for step in steps_of("cores")}
    after = {step.name: step for step in steps_of("cores", eta=0.8, best="agent_only")}
    assert before["mix arms/general_only/0/mixture"].waits == ("eta",)
    assert before["train arms/dagger/0"].waits == ("eta", "best")
    assert not any(step.waits for step in after.values())
    assert "train arms/hybrid-0.5/1" in before and "train arms/hybrid-0.8/1" in after
    # What was done before the choice stays done after it.
    settled = {name for name, step in before.items() if not step.waits}
    assert all(after[name].command == before[name].command for name in settled)
    start = next(word for word in after["train arms/dagger/0"].words if word.endswith("adapter"))
    assert start == "runs/study/arms/agent_only/0/model/adapter"
    assert option(after["mix arms/dagger/0/mixture"], "--eta") == "1"


def test_self_exploration_draws_what_it_says():
    steps = {step.arm: step for step in steps_of("cores") if step.work is Work.ACT}
    assert option(steps["self_exploration"], "--temperature") == "0.7"
    assert "--temperature" not in steps["dagger"].words


def test_the_base_that_is_trained_says_what_it_would_say():
    study = load_study("tiny", "some/base")
    own = General(source=GeneralSource.SYNTHESIS, count=30)
    data = study.data.model_copy(update={"general": (own,)})
    held_out = study.held_out.model_copy(update={"general": own})
    steps = plan(Places(study.model_copy(update={"data": data, "held_out": held_out}), Path("x"), {}))
    drawn = [option(step, "--base") for step in steps if step.work is Work.GENERAL]
    assert drawn == ["some/base", "some/base"]
    assert not any("--base" in step.words for step in steps_of("tiny") if step.work is Work.GENERAL)


def test_a_single_eta_needs_no_choice():
    study = load_study("tiny").model_copy(update={"etas": (0.5,)})
    steps = plan(Places(study, Path("x"), {}))
    assert not any(step.waits for step in steps) and not any(step.name == "read eta" for step in steps)


def test_only_some_arms_with_what_they_rest_on():
    steps = steps_of("cores")
    alone = needed(steps, ["agent_only"])
    assert {step.arm for step in alone} == {"", "expert", "agent_only"}
    assert not any("hybrid" in step.name for step in alone)
    hybrid = {step.name for step in needed(steps, ["hybrid"])}
    assert {"train arms/hybrid-0.2/0", "read eta", "train arms/hybrid-0.5/2"} <= hybrid
    assert not any("agent_only" in name for name in hybrid)
    assert any("panel" in str(path) for step in needed(steps, ["dagger"]) for path in step.outputs)
    assert needed(steps, []) == steps
