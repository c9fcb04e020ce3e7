# SPDX-License-Identifier: Apache-2.0
"""What a run tells while it goes: ``log.jsonl``, events for TensorBoard, and ``loss.png``."""

import json
from collections.abc import Mapping
from pathlib import Path

from agent_planner.errors import UserError
from agent_planner.recording.episode import whole_file

try:
    from matplotlib.figure import Figure
    from torch.utils.tensorboard import SummaryWriter
except ImportError as error:
    raise UserError(f"{error.name} is not installed; training needs `pip install '.[tune]'` in the checkout") from error

_LOG = "log.jsonl"
_SMOOTH = 20


class Journal:
    """Writes the figures of each step.

    Args:
        folder: of the run.
        step: the last one that counts; what an earlier process wrote of later ones is taken out.
    """

    def __init__(self, folder: Path, step: int):
        self._folder = folder
        kept = [figures for figures in read_log(folder) if figures["step"] <= step]
        with whole_file(folder / _LOG) as file:
            file.writelines(json.dumps(figures) + "\n" for figures in kept)
        self._events = SummaryWriter(str(folder / "tensorboard"), purge_step=step + 1)

    def add(self, figures: Mapping[str, float]) -> None:
        """Write the figures of a step, at once."""
        with (self._folder / _LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(figures) + "\n")
        for name in figures.keys() - {"step"}:
            self._events.add_scalar(name, figures[name], int(figures["step"]))

    def draw(self) -> None:
        """Draw the losses anew, and bring the events to the disk."""
        self._events.flush()
        _draw(read_log(self._folder), self._folder / "loss.png")

    def close(self) -> None:
        """End the file of events."""
        self._events.close()


def read_log(folder: Path) -> list[dict[str, float]]:
    """The figures of a run's steps; a last line that a kill cut off is left out."""
    file = folder / _LOG
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1]]


def _draw(log: list[dict[str, float]], file: Path) -> None:
    steps, losses = [f["step"] for f in log], [f["loss"] for f in log]
    before = [losses[max(0, place - _SMOOTH + 1) : place + 1] for place in range(len(losses))]
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(steps, losses, color="0.8", linewidth=0.8, label="training")
    axes.plot(steps, [sum(part) / len(part) for part in before], label=f"mean of {_SMOOTH} steps")
    held = [f for f in log if "eval_loss" in f]
    if held:
        axes.plot([f["step"] for f in held], [f["eval_loss"] for f in held], marker="o", label="evaluation")
    axes.set_xlabel("step")
    axes.set_ylabel("loss, a learned token")
    axes.legend()
    partial = file.with_name(f"{file.name}.partial")
    figure.savefig(partial, dpi=120, format="png")
    partial.replace(file)
