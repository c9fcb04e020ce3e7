# SPDX-License-Identifier: Apache-2.0
"""What a study may be told."""

import pytest
import yaml

from agent_planner.errors import ConfigError
from agent_planner.tuning.study.config import PRESETS, load_study

SMALL = {
    "data": {"situations": 2, "tasks": 2, "general": [{"source": "generated", "count": 5}]},
    "held_out": {"situations": 1, "tasks": 2, "general": {"source": "sharegpt", "count": 2}},
    "etas": [0.5],
    "samples": 4,
    "seeds": [0, 1],
    "main": {"hybrid": {"eta": "chosen"}, "agent_only": {"eta": 1.0}},
    "ablations": {"no_twins": {"of": "hybrid", "cells": ["held_in"], "changes": {"leave_out": ["twins"]}}},
    "evaluation": {"cells": ["held_in"], "episodes": 2, "extra_episodes": 2, "tasks": 0},
}


def loaded(tmp_path, **changes):
    file = tmp_path / "study.yaml"
    file.write_text(yaml.safe_dump(SMALL | changes, sort_keys=False))
    return load_study(str(file))


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_understood(name):
    study = load_study(name)
    assert set(study.main) == {"agent_only", "hybrid", "general_only"} and study.hybrid == "hybrid"
    assert [study.main[arm].eta for arm in study.main] == [1.0, "chosen", 0.0]


@pytest.mark.parametrize("name", ["cores", "paper"])
def test_the_full_presets_are_the_study(name):
    study = load_study(name)
    assert study.etas == (0.2, 0.5, 0.8) and len(study.seeds) == 3
    assert (study.evaluation.episodes, study.evaluation.extra_episodes) == (100, 200)
    told = [study.recipe(arm).model_dump(exclude_defaults=True) for arm in study.ablations]
    for change in (
        *({"leave_out": (part,)} for part in ("recoveries", "twins", "renamed", "thoughts")),
        {"share": 0.25},
        {"share": 0.5},
        {"forced_weight": 1.0},
    ):
        assert any(change.items() <= one.items() for one in told), change
    assert study.top is not None


def test_an_ablation_is_its_arm_with_one_change(tmp_path):
    changes = {"share": 0.5}
    study = loaded(tmp_path, ablations={"half": {"of": "agent_only", "cells": ["held_in"], "changes": changes}})
    assert study.recipe("half") == study.main["agent_only"].model_copy(update=changes)
    assert study.arms == ("expert", "base", "hybrid", "agent_only", "half")


def test_another_base_stands_above(tmp_path):
    study = load_study("tiny", "some/model")
    assert study.training.resolved().base == "some/model"
    assert study.training.resolved(0.7).forced_weight == 0.7


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"main": {"hybrid": {}, "base": {"eta": 1.0}}}, "'base' is another arm's name"),
        ({"main": {"a/b": {"eta": "chosen"}}, "ablations": {}}, "'a/b' is no name for an arm"),
        ({"main": {"one": {}, "two": {}}, "ablations": {}}, "exactly one arm is to be `chosen`, not of 2"),
        ({"seeds": [1, 1]}, "seeds: the same stands there twice"),
        ({"training": {"config": "tinny"}}, "did you mean 'tiny'"),
        ({"training": {"changes": {"ranc": 3}}}, "ranc: is no field"),
        ({"training": {"changes": {"data": ["x"]}}}, "are what arms differ in"),
        ({"surprise": 1}, "surprise: is no field"),
        ({"evaluation": SMALL["evaluation"] | {"split": "test"}}, r"evaluation\.split: is no field"),
        ({"main": {"hybrid": {}, "start": {"eta": 1.0}}}, "'start' is another arm's name"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, changes, fault):
    with pytest.raises(ConfigError, match=fault):
        loaded(tmp_path, **changes)


@pytest.mark.parametrize(
    ("ablation", "fault"),
    [
        ({"of": "hybrit"}, "there is no main arm 'hybrit'; did you mean 'hybrid'"),
        ({"cells": ["renames"]}, r"ablations\.no_twins\.cells: there is no cell 'renames'; did you mean 'renamed'"),
        ({"changes": {"leave_out": ["twin"]}}, r"ablations\.no_twins\.changes: leave_out"),
        ({"changes": {"shear": 1}}, r"ablations\.no_twins\.changes: shear: is no field"),
    ],
)
def test_what_is_wrong_with_an_ablation_is_told(tmp_path, ablation, fault):
    with pytest.raises(ConfigError, match=fault):
        loaded(tmp_path, ablations={"no_twins": SMALL["ablations"]["no_twins"] | ablation})


def test_a_cell_that_ends_before_is_refused(tmp_path):
    evaluation = SMALL["evaluation"] | {"cells": ["held_in", "written"]}
    loaded(tmp_path, seeds=[0], evaluation=evaluation | {"episodes": 113, "extra_episodes": 113})
    with pytest.raises(ConfigError, match=r"evaluation\.cells: 'written' has 113 cases, and 114 are asked"):
        loaded(tmp_path, evaluation=evaluation | {"episodes": 57})


def test_rounds_on_top_need_an_adapter(tmp_path):
    top = {"situations": 1, "tasks": 1, "samples": 1, "learning_rate": 1e-4, "cells": ["held_in"]}
    with pytest.raises(ConfigError, match="with training `full` there is none"):
        loaded(tmp_path, top=top, training={"changes": {"full": True}})


def test_a_name_that_is_no_preset():
    with pytest.raises(ConfigError, match=r"papers: is neither a file nor a preset; did you mean 'paper'"):
        load_study("papers")
