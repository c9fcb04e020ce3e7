# SPDX-License-Identifier: Apache-2.0
"""What a training run is told, and the presets."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agent_planner.config import parse_yaml, read_text
from agent_planner.errors import ConfigError, did_you_mean, fault_text, faults_text

PRESETS = ("agenttuning-7b", "default", "tiny")

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class Seeds(BaseModel):
    """The symbolic expert's episodes, drawn while training goes on: what is learned from where no data are given.

    Attributes:
        steps: optimizer steps.
        trees: trees (a scene with its instructions) in a step; 2: a scene and its twin.
        branches: instructions in a tree.
        episodes: of them, how many hold a whole episode; the others are goals alone.
        tokens: of a tree; the instructions that go beyond are left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: Count
    trees: Count
    branches: Count
    episodes: Annotated[int, Field(ge=0)]
    tokens: Annotated[int, Field(ge=512)]


class TrainConfig(BaseModel):
    """One training run. The values are in presets/default.yaml.

    ``model_fields_set`` of what `load_config` returns has what a file or a change says, not what a preset does.

    Attributes:
        base: the model to begin with: ``default``, a folder, or a name that Hugging Face knows.
        base_name: what an adapter calls it, so that no path of this machine is saved; None is ``base`` itself. That of
            ``start_adapter`` has to be the same.
        start_adapter: an adapter to go on from, with its own ``rank``, ``alpha``, ``dropout``, ``targets`` and layers:
            another value here is an error where a file or an option says it, and means nothing where a preset does.
        data: files of records, gone through in their order, ``epochs`` times. None: from ``seeds``.
        eval_data: files of records whose loss is computed every ``eval_every`` steps.
        seed: of weights, dropout and ``seeds``.
        steps: optimizer steps at most; None: as many as the data give.
        batch: records in a step.
        max_tokens: of a record; a longer one is an error or, by ``too_long``, left out and counted, and so is one that
            the base's chat template refuses.
        pass_tokens: computed at once, in one forward and backward pass; memory decides, the gradients are the same.
        packing: ``tree`` computes what records share once; ``padded`` takes records of like length together, with the
            model's own attention; ``auto`` is tree for architectures that are known to work with it.
        forced_weight: of the loss on tokens that hold no choice; all others count 1. Those are the ones without a
            letter or digit (brackets, quotes, commas), so also a token that is but a part of a letter (of ü, in many
            vocabularies); and in a robot's thought the needs of the skill that it names, and the call.
        verdict_weight: of *yes* and *no* where a thought of the robot's tells whether a need holds: they decide what is
            called, among many words that are copied.
        full: all weights of the text model are learned, not an adapter's, and ``rank`` to ``first_layer`` mean nothing.
        rank: of the adapter.
        alpha: its scale is alpha / rank.
        dropout: in the adapter.
        targets: names of the linear layers that are adapted; none are all of the text model but the output.
        first_layer: the adapter leaves the layers below alone; 6 in the preset default is for a base of 30.
        dtype: to compute in; ``auto`` is bfloat16 where the processor is faster in it, as measured when a run begins.
        gradient_checkpointing: compute anew in the backward pass instead of keeping: less memory, a third more time.
        merge: write the model with its adapter merged, too.
        learning_rate: the highest; it rises linearly and falls as a cosine.
        final_fraction: of it, where the cosine ends: one step after the last.
        warmup: steps until the highest, fewer than the run has; below 1, their share of all.
        weight_decay: of AdamW; norms and biases do not decay.
        betas: of AdamW.
        epsilon: of AdamW.
        clip: the gradient's largest norm.
        save_every: steps.
        eval_every: steps.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    base_name: str | None = None
    start_adapter: Path | None = None
    data: tuple[Path, ...] = ()
    eval_data: tuple[Path, ...] = ()
    seeds: Seeds
    seed: int
    epochs: Count
    steps: Count | None = None
    batch: Count
    max_tokens: Count
    too_long: Literal["error", "drop"]
    pass_tokens: Count
    packing: Literal["auto", "tree", "padded"]
    forced_weight: Share
    verdict_weight: Annotated[float, Field(ge=0)]
    full: bool
    rank: Count
    alpha: Count
    dropout: Share
    targets: tuple[str, ...] = ()
    first_layer: Annotated[int, Field(ge=0)]
    dtype: Literal["auto", "bfloat16", "float32"]
    gradient_checkpointing: bool
    merge: bool
    learning_rate: Annotated[float, Field(gt=0)]
    final_fraction: Share
    warmup: Annotated[float, Field(ge=0)]
    weight_decay: Annotated[float, Field(ge=0)]
    betas: tuple[Share, Share]
    epsilon: Annotated[float, Field(gt=0)]
    clip: Annotated[float, Field(gt=0)]
    save_every: Count
    eval_every: Count

    @model_validator(mode="after")
    def _fits(self) -> "TrainConfig":
        if self.full and (self.start_adapter is not None or self.merge):
            raise ValueError("full: learns no adapter, so there is none to start from (start_adapter) or to merge")
        return self


def preset_file(name: str) -> Path:
    """Where a preset is."""
    return Path(str(files("agent_planner"))) / "tuning" / "training" / "presets" / f"{name}.yaml"


def load_config(source: str = "default", changes: Mapping[str, Any] | None = None) -> TrainConfig:
    """Read a preset or a file; what it leaves out is as in the preset ``default``.

    Args:
        source: a preset's name or a YAML file.
        changes: values that stand above the file's, a field each; ``seeds`` may be a mapping with some of its fields.

    Raises:
        ConfigError: the file or a change is wrong; names file, line and field.
    """
    path = preset_file(source) if source in PRESETS else Path(source)
    if not path.is_file():
        raise ConfigError(source, f"is neither a file nor a preset; {did_you_mean(source, PRESETS)}")
    start = yaml.safe_load(read_text(preset_file("default")))
    given, lines = parse_yaml(_Given, read_text(path), str(path), "base")
    merged = _merged(start, given.model_extra or {})
    try:
        config = TrainConfig.model_validate(merged)
    except ValidationError as error:
        raise lines.error([(fault["loc"], fault_text(fault)) for fault in error.errors()]) from error
    if changes:
        try:
            config = TrainConfig.model_validate(_merged(merged, changes))
        except ValidationError as error:
            raise ConfigError("training", faults_text(error)) from error
    said = {*(() if source in PRESETS else given.model_extra or ()), *(changes or ())}
    return TrainConfig.model_construct(_fields_set=said, **dict(config))


class _Given(BaseModel):
    """Whatever mapping a file holds."""

    model_config = ConfigDict(extra="allow")


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    seeds = {"seeds": {**below["seeds"], **above["seeds"]}} if isinstance(above.get("seeds"), dict) else {}
    return {**below, **above, **seeds}
