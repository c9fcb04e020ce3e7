# SPDX-License-Identifier: Apache-2.0
"""A chain of detectors, chosen in YAML; what several of them see of one thing becomes one detection."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from agent_planner.config import parse_yaml, read_text
from agent_planner.perception.colour_shape import ColourShape
from agent_planner.perception.detection import Detection, Detector, Look, Scores
from agent_planner.perception.foreground import Zones
from agent_planner.perception.open_vocabulary import OpenVocabulary
from agent_planner.perception.places import KnownObject
from agent_planner.perception.published import Published
from agent_planner.perception.tags import Tags
from agent_planner.perception.tracker import TrackerSettings
from agent_planner.perception.vocabulary import DEFAULT_VOCABULARY, Vocabulary

DEFAULT_CHAIN = Path(__file__).parent / "chain.yaml"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TagsEntry(_Entry):
    """ArUco or AprilTag markers; ``names`` beside those that the map gives."""

    type: Literal["tags"]
    dictionary: str = "DICT_4X4_50"
    size_m: float = Field(gt=0.0, le=1.0, description="side of the black square")
    names: dict[int, str] = {}


class ColourShapeEntry(_Entry):
    """Segmentation by colour, shape and depth; ``vocabulary`` is a file beside the chain's, empty: the shipped one."""

    type: Literal["colour_shape"]
    vocabulary: str = ""
    fewest_pixels: int = Field(8, ge=4, le=10000)


class OpenVocabularyEntry(_Entry):
    """A zero-shot object detector of the Hugging Face hub, by its name there or a folder."""

    type: Literal["open_vocabulary"]
    model: str
    labels: tuple[str, ...] = Field((), description="looked for always, beside what the instruction speaks of")
    threshold: float = Field(0.2, ge=0.0, le=1.0)
    every: int = Field(1, ge=1, le=1000, description="looks at one picture in so many")
    device: str = "cpu"


class PublishedEntry(_Entry):
    """Detections of the user's own node."""

    type: Literal["published"]
    topic: str = "detections"
    message: str = "vision_msgs/msg/Detection3DArray"
    within_s: float = Field(0.5, gt=0.0, le=60.0, description="how far their stamp may be from the picture's")


Entry = Annotated[TagsEntry | ColourShapeEntry | OpenVocabularyEntry | PublishedEntry, Field(discriminator="type")]


class ChainSettings(_Entry):
    """What is looked for, and how it is followed; see the classes of the fields."""

    detectors: tuple[Entry, ...] = Field(min_length=1)
    confidence: float = Field(0.2, ge=0.0, le=1.0, description="below it a detection counts for nothing")
    graspable_m: float = Field(0.085, gt=0.0, le=1.0, description="what is wider on every side cannot be grasped")
    zones: Zones = Zones()
    tracker: TrackerSettings = TrackerSettings()
    folder: Path = Field(Path(), exclude=True)

    @classmethod
    def load(cls, path: Path | str = DEFAULT_CHAIN) -> "ChainSettings":
        """Read a chain's file.

        Raises:
            ConfigError: it is missing, is no YAML, or a field is wrong; names file, line and field.
        """
        settings, _ = parse_yaml(cls, read_text(path), str(path), needs="detectors")
        return settings.model_copy(update={"folder": Path(path).resolve().parent})


class Chain:
    """Detectors in the order of the file: of what several see, the first one's pose counts.

    Args:
        detectors: see `chain_of`.
        confidence: below it a detection counts for nothing.
    """

    def __init__(self, detectors: Sequence[Detector], confidence: float = 0.2):
        self.detectors = tuple(detectors)
        self._confidence = confidence

    @property
    def published(self) -> tuple[Published, ...]:
        """Those that somebody else fills."""
        return tuple(d for d in self.detectors if isinstance(d, Published))

    def detect(self, look: Look) -> list[Detection]:
        """Return what all of them see, each thing once."""
        found: list[Detection] = []
        for detector in self.detectors:
            for new in detector.detect(look):
                at = next(
                    (i for i, old in enumerate(found) if new.source not in old.source.split("+") and same(old, new)),
                    None,
                )
                if at is None:
                    found.append(new)
                else:
                    found[at] = merged(found[at], new)
        return [detection for detection in found if detection.confidence >= self._confidence]


def chain_of(settings: ChainSettings, known: Sequence[KnownObject] = ()) -> Chain:
    """Make the detectors of a chain; a model is loaded at its first picture.

    Args:
        settings: the chain's file.
        known: what the map calls things; tells whose tag is whose.

    Raises:
        ConfigError: a vocabulary is wrong.
        UserError: there is no such dictionary of tags.
    """
    return Chain([_detector(entry, settings.folder, known) for entry in settings.detectors], settings.confidence)


def _detector(entry: Entry, folder: Path, known: Sequence[KnownObject]) -> Detector:
    match entry:
        case TagsEntry():
            things = {k.tag: k for k in known if k.tag is not None}
            names = {number: thing.name for number, thing in things.items()} | entry.names
            sizes = {number: thing.size for number, thing in things.items() if thing.size is not None}
            return Tags(entry.dictionary, entry.size_m, names, sizes)
        case ColourShapeEntry():
            path = folder / entry.vocabulary if entry.vocabulary else DEFAULT_VOCABULARY
            return ColourShape(Vocabulary.load(path), fewest_pixels=entry.fewest_pixels)
        case OpenVocabularyEntry():
            return OpenVocabulary(entry.model, entry.labels, entry.threshold, entry.every, entry.device)
        case PublishedEntry():
            return Published(entry.topic, entry.message, entry.within_s)


def same(a: Detection, b: Detection) -> bool:
    """Whether two detections are of one thing: the middle of one lies in the other, or nearly."""
    apart = float(np.linalg.norm(a.centre - b.centre))
    return apart <= max(0.03, 0.6 * max(*a.size, *b.size))


def merged(first: Detection, second: Detection) -> Detection:
    """One detection of two: the pose of the first, unless it shows a part only and the second the whole."""
    base, other = (second, first) if first.cut and not second.cut and second.pixels else (first, second)
    return Detection(
        f"{first.source}+{second.source}",
        base.pose,
        base.size,
        1 - (1 - first.confidence) * (1 - second.confidence),
        _both(first.kinds, second.kinds),
        _both(first.colors, second.colors),
        first.name or second.name,
        base.cut,
        max(first.pixels, second.pixels),
        base.points if len(base.points) else other.points,
    )


def _both(a: Scores, b: Scores) -> Scores:
    if not a or not b:
        return a or b
    return {word: math.fsum((a.get(word, 0.0), b.get(word, 0.0))) / 2 for word in dict.fromkeys((*a, *b))}
