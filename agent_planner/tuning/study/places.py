# SPDX-License-Identifier: Apache-2.0
"""Where everything of a study stands.

``FOLDER/data``                 what all arms learn from, and what none does (held_out*)
``FOLDER/arms/ARM/SEED``        mixture, training run, results (panel.jsonl, tasks.jsonl, extra.jsonl)
``FOLDER/arms/expert``          what the panel asks, and the expert's way
``FOLDER/eta.jsonl``            what eta is chosen by
``FOLDER/top``                  what the rounds on top act in, and how well without them (panel.jsonl)
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent_planner.tuning.study.config import EXPERT, Study

ETA, BEST = "eta", "best"


class Places:
    """Paths, as far as choices are made.

    Args:
        study: the configuration.
        folder: of the study.
        chosen: the choices made so far, `ETA` (a number) and `BEST` (an arm).

    Attributes:
        eta: the chosen one; before, the middle one.
        best: the chosen arm; before, the one whose eta is chosen.
        open: the names of the choices that are not made yet.
    """

    def __init__(self, study: Study, folder: Path, chosen: Mapping[str, Any]):
        self.study = study
        self.folder = folder
        self.training = study.training.resolved()
        etas = study.etas
        self.eta: float = chosen.get(ETA, etas[len(etas) // 2])
        self.best: str = chosen.get(BEST, study.hybrid)
        self.open = {name for name in (ETA, BEST) if name not in chosen} - ({ETA} if len(etas) == 1 else set())

    @property
    def base(self) -> str:
        """The untuned model, as `--model` takes it."""
        return "base" if self.training.base == "default" else self.training.base

    def arm(self, arm: str, seed: int, eta: float | None = None) -> Path:
        """The folder of a training; ``eta``, if not the chosen one, is of the arm whose eta is chosen.

        That arm has a folder for each eta, so that the training with the one that is chosen is not done twice.
        """
        name = f"{arm}-{self.eta if eta is None else eta:g}" if arm == self.study.hybrid else arm
        return self.folder / "arms" / name / str(seed)

    def model(self, arm: str, seed: int, eta: float | None = None) -> Path:
        """What a training makes, as `--model` takes it."""
        return self.made(self.arm(arm, seed, eta))

    def made(self, place: Path) -> Path:
        """The same, from the training's folder."""
        return place / "model" / ("model" if self.training.full or self.training.merge else "adapter")

    def adapter(self, arm: str, seed: int) -> Path:
        """The adapter of a training, merged afterwards or not."""
        return self.arm(arm, seed) / "model" / "adapter"

    def results(self, arm: str, seed: int) -> Path:
        """The episodes of an arm."""
        return self.arm(arm, seed) / "panel.jsonl"

    @property
    def eta_results(self) -> Path:
        """What eta is chosen by."""
        return self.folder / "eta.jsonl"

    @property
    def asked(self) -> Path:
        """All episodes of the panel, with the expert's results."""
        return self.folder / "arms" / EXPERT / "panel.jsonl"

    def data(self, name: str) -> Path:
        """A file of the data that arms share."""
        return self.folder / "data" / f"{name}.jsonl"

    @property
    def held_out(self) -> tuple[Path, Path]:
        """What no arm learns from: conversations, and records of the robot."""
        return self.data("held_out_general"), self.data("held_out_collected")

    def config(self, forced_weight: float | None) -> Path:
        """The configuration of the training."""
        return self.folder / ("training.yaml" if forced_weight is None else f"training-forced-{forced_weight:g}.yaml")
