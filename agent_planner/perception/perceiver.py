# SPDX-License-Identifier: Apache-2.0
"""From pictures to what is known: places, openings, foreground, detectors, tracks, names, in this order."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from agent_planner.perception.body import RobotBody
from agent_planner.perception.chain import Chain, ChainSettings, chain_of
from agent_planner.perception.detection import Detection, Look
from agent_planner.perception.foreground import Foreground, Mask, foreground
from agent_planner.perception.frame import Frame
from agent_planner.perception.naming import Names
from agent_planner.perception.openings import measured_opening
from agent_planner.perception.places import Place, SceneMap, nearest_first, places_of
from agent_planner.perception.rigid import apply, inverse, pose_of
from agent_planner.perception.track import Track
from agent_planner.perception.tracker import Hand, Tracker
from agent_planner.perception.words import wanted_words
from agent_planner.scene.graph import GRASPABLE, Pose, SceneObject, ScenePlace
from agent_planner.skills.library import SkillLibrary

_MARGIN_M = 0.012  # around the robot's own body and around what it holds


class Robot(NamedTuple):
    """The robot at the moment of a picture: poses of its links in the map, (4, 4) each, and its hand."""

    links: Mapping[str, np.ndarray]
    hand: Hand | None = None


class Seen(NamedTuple):
    """What one picture gave, before it was followed over time."""

    foreground: Foreground
    detections: list[Detection]


class Perceiver:
    """Knows the things around a robot from the pictures it is given. Not for two threads at once.

    Args:
        settings: the chain's file.
        scene_map: what stands still, and what people call things.
        body: the robot's solids.
        library: whose skills list objects to look for.

    Raises:
        ConfigError: a file that the chain names is wrong.
    """

    def __init__(
        self,
        settings: ChainSettings,
        scene_map: SceneMap,
        body: RobotBody | None = None,
        library: SkillLibrary | None = None,
    ):
        self._settings = settings
        self._map = scene_map
        self._library = library
        self.body = body or RobotBody()
        self.chain: Chain = chain_of(settings, scene_map.objects)
        self.tracker = Tracker(settings.tracker)
        self.places: tuple[Place, ...] = places_of(scene_map)
        self._names = Names(scene_map.objects, [place.name for place in scene_map.places])
        self._stamp = 0.0

    def look(self, frame: Frame, robot: Robot, free_floor: Mask | None = None, instruction: str = "") -> Seen:
        """Take a picture.

        Args:
            frame: the picture.
            robot: where the robot was then.
            free_floor: tells which points of the map are over floor where nothing stands.
            instruction: what the robot was told last, for detectors that look for words.
        """
        self._stamp = frame.stamp
        self.tracker.hold(robot.hand, frame.stamp)
        own = self._own(robot)
        before = self.places
        self.places = self._opened(frame, own)
        self.tracker.carry(before, self.places)
        things = foreground(frame, self.places, own, free_floor, self._settings.zones)
        words = wanted_words(self._map.objects, self._library, instruction)
        detections = self.chain.detect(Look(frame, things, words))
        self.tracker.update(frame, detections)
        return Seen(things, detections)

    def objects(self) -> tuple[SceneObject, ...]:
        """Every thing that can be told of, with the age of the last sight of it."""
        tracks = self.tracker.tracks
        names = self._names.of(tracks)
        return tuple(self._object(track, names[track.number]) for track in tracks)

    def held(self) -> str:
        """Name of what is in the hand; empty: nothing."""
        held = self.tracker.held
        return self._names.of(self.tracker.tracks).get(held.number, "") if held is not None else ""

    def _object(self, track: Track, name: str) -> SceneObject:
        fits_the_hand = sorted(track.size)[0] <= self._settings.graspable_m
        return SceneObject(
            name=name,
            category=track.kind,
            color=track.color,
            pose=pose_of(track.pose),
            size=track.size,
            affordances=frozenset({GRASPABLE} if fits_the_hand else ()),
            confidence=track.confidence,
            age_s=max(0.0, self._stamp - track.last_seen),
        )

    def _opened(self, frame: Frame, own: Mask) -> tuple[Place, ...]:
        near = {p.name for p in nearest_first(self.places, frame.camera, self._settings.zones.range_m)}
        found = []
        for place in self.places:
            opening = measured_opening(place, frame, own) if place.name in near else None
            found.append(place if opening is None else place.opened(opening))
        return tuple(found)

    def _own(self, robot: Robot) -> Mask:
        held = self.tracker.held
        pose, half = (inverse(held.pose), np.array(held.size) / 2 + _MARGIN_M) if held is not None else (None, None)

        def own(points: np.ndarray) -> np.ndarray:
            covered = self.body.covers(points, robot.links, _MARGIN_M)
            if pose is not None:
                covered |= (np.abs(apply(pose, points)) <= half).all(axis=1)
            return covered

        return own


def scene_place(place: Place) -> ScenePlace:
    """A place as the scene has it."""
    entry = place.entry
    return ScenePlace(
        name=entry.name,
        category=entry.category,
        color=entry.color,
        pose=pose_of(place.pose),
        size=entry.size,
        affordances=entry.affordances,
        explored=place.explored,
        is_open=place.is_open,
        poses={name: Pose(*pose) for name, pose in entry.poses.items()},
    )
