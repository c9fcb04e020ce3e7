# SPDX-License-Identifier: Apache-2.0
"""A zero-shot object detector of the Hugging Face hub: it looks for whatever words it is given.

Any model of the task ``zero-shot-object-detection`` will do (OWL-ViT, OWLv2, Grounding DINO …). Its boxes are made
three-dimensional by the depth of what stands in them.
"""

from typing import Any

import numpy as np

from agent_planner.errors import UserError
from agent_planner.perception.clusters import Cluster, clusters
from agent_planner.perception.detection import Detection, Look
from agent_planner.perception.rigid import upright
from agent_planner.perception.shapes import outline

_OVERLAP = 0.5  # share of a thing's pixels that a box must hold


class OpenVocabulary:
    """Finds what words say. The model is loaded at the first picture.

    Args:
        model: name on the hub, or a folder.
        labels: looked for always; what the instruction speaks of comes to them.
        threshold: score below which a box counts for nothing.
        every: looks at one picture in so many; between them it says nothing.
        device: where the model runs, as torch names it.
        name: of the detector.
    """

    def __init__(
        self,
        model: str,
        labels: tuple[str, ...] = (),
        threshold: float = 0.2,
        every: int = 1,
        device: str = "cpu",
        name: str = "open_vocabulary",
    ):
        self.name = name
        self._model = model
        self._labels = labels
        self._threshold = threshold
        self._every = every
        self._device = device
        self._pipeline: Any = None
        self._count = 0

    def detect(self, look: Look) -> list[Detection]:
        """Return a detection for each thing that a box holds, with the words that the boxes on it say.

        Raises:
            UserError: the model cannot be loaded.
        """
        labels = list(dict.fromkeys((*self._labels, *look.words)))
        turn = self._count % self._every == 0
        self._count += 1
        if not labels or not turn:
            return []
        boxes = self._boxes(look.frame.image, labels)
        things = clusters(look.frame, look.foreground)
        found = []
        for cluster in things:
            scores: dict[str, float] = {}
            for label, score, box in boxes:
                if _held(cluster, box) >= _OVERLAP:
                    scores[label] = max(score, scores.get(label, 0.0))
            if scores:
                found.append(self._thing(cluster, scores))
        return found

    def _boxes(self, image: np.ndarray, labels: list[str]) -> list[tuple[str, float, tuple[float, ...]]]:
        from PIL import Image

        if self._pipeline is None:
            self._pipeline = _load(self._model, self._device)
        answers = self._pipeline(Image.fromarray(image), candidate_labels=labels, threshold=self._threshold)
        corners = ("xmin", "ymin", "xmax", "ymax")
        return [(a["label"], float(a["score"]), tuple(float(a["box"][c]) for c in corners)) for a in answers]

    def _thing(self, cluster: Cluster, scores: dict[str, float]) -> Detection:
        seen = outline(cluster)
        height = seen.top - cluster.support
        pose = upright(seen.centre[0], seen.centre[1], cluster.support + height / 2, seen.yaw)
        return Detection(
            self.name,
            pose,
            (seen.sides[0], seen.sides[1], height),
            max(scores.values()),
            scores,
            pixels=len(cluster.rows),
            points=cluster.points,
            # Its extents are those of what is seen; a detector that knows shapes tells them better.
            cut=True,
        )


def _held(cluster: Cluster, box: tuple[float, ...]) -> float:
    """The share of a thing's pixels that a box holds; 0 where the box is far larger than the thing."""
    left, top, right, bottom = box
    inside = (cluster.columns >= left) & (cluster.columns <= right) & (cluster.rows >= top) & (cluster.rows <= bottom)
    own = float(np.ptp(cluster.columns) + 1) * float(np.ptp(cluster.rows) + 1)
    return float(inside.mean()) if (right - left) * (bottom - top) <= 6 * own else 0.0


def _load(model: str, device: str) -> Any:
    from transformers import pipeline

    try:
        return pipeline("zero-shot-object-detection", model=model, device=device)
    except (OSError, ValueError, ImportError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UserError(
            f"the detector '{model}' cannot be loaded as a model for zero-shot-object-detection: {first}"
        ) from error
