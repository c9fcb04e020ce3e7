# SPDX-License-Identifier: Apache-2.0
"""What is around the robot, as motion needs it. Frame map; metres and radians."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from agent_planner.errors import did_you_mean
from agent_planner.scene.graph import CONTAINER, GRASPABLE, OPENABLE, SURFACE
from agent_planner_motion.errors import MotionError
from agent_planner_motion.spatial import inverse, yaw_of

DRAWER, DOOR = "drawer", "door"
_REST = 0.03  # metres between an underside and what it rests on
_FLAT = 0.02  # metres; what is flatter and lies on the floor is an area of it, not a body


@dataclass(frozen=True, eq=False)  # arrays have no one truth to compare by
class Thing:
    """A movable object or a place. ``size`` is along its own axes; its pose is that of its middle."""

    name: str
    pose: np.ndarray  # (4, 4)
    size: np.ndarray  # (3,)
    affordances: frozenset[str] = frozenset()
    movable: bool = False
    is_open: bool = True
    opening: float = 0.0
    handle: np.ndarray | None = None  # (4, 4), x along the direction of opening
    travel: float = 0.0
    hinge: np.ndarray | None = None  # (3,)
    mechanism: str = ""

    @property
    def centre(self) -> np.ndarray:
        """Middle, (3,)."""
        return self.pose[:3, 3]

    @property
    def yaw(self) -> float:
        """Heading."""
        return yaw_of(self.pose[:3, :3])

    @cached_property
    def half_height(self) -> float:
        """Half of the vertical extent, however the thing lies."""
        return float(np.abs(self.pose[2, :3]) @ self.size) / 2

    @property
    def top(self) -> float:
        """Height of the highest point."""
        return float(self.centre[2]) + self.half_height

    @property
    def bottom(self) -> float:
        """Height of the lowest point."""
        return float(self.centre[2]) - self.half_height

    @property
    def is_body(self) -> bool:
        """False for an area of the floor."""
        return self.movable or self.top > 2 * _FLAT or float(self.size[2]) > _FLAT

    def can(self, affordance: str) -> bool:
        """Whether the thing has that affordance."""
        return affordance in self.affordances

    def to_local(self, point: np.ndarray) -> np.ndarray:
        """Return a point in the thing's own frame, (3,)."""
        return (inverse(self.pose) @ np.append(point, 1.0))[:3]

    def covers(self, point: np.ndarray, margin: float = 0.005) -> bool:
        """Whether a point is over the footprint."""
        return bool((np.abs(self.to_local(point)[:2]) <= self.size[:2] / 2 + margin).all())


@dataclass(frozen=True)
class World:
    """One observation of the scene.

    Attributes:
        stamp: seconds of ROS time.
        holding: name of the object in the hand, or empty.
        end_effector: pose of the hand as the scene source saw it, (4, 4), or None.
    """

    stamp: float
    objects: tuple[Thing, ...] = ()
    places: tuple[Thing, ...] = ()
    holding: str = ""
    end_effector: np.ndarray | None = field(default=None, compare=False)

    @cached_property
    def things(self) -> dict[str, Thing]:
        """Everything by name."""
        return {t.name: t for t in (*self.places, *self.objects)}

    def thing(self, name: str, code: str, among: Iterable[Thing] | None = None) -> Thing:
        """Return the entity of that name.

        Raises:
            MotionError: with the code given; the message names the nearest names.
        """
        known = {t.name: t for t in among} if among is not None else self.things
        if name not in known:
            raise MotionError(code, f"'{name}' is not in the scene; {did_you_mean(name, known)}")
        return known[name]

    def container_of(self, thing: Thing) -> Thing | None:
        """Return the smallest container whose inside a thing is in."""
        inside = [
            p
            for p in self.places
            if p.can(CONTAINER)
            and p is not thing
            and p.covers(thing.centre)
            and p.bottom - 0.01 <= thing.centre[2] <= p.top
        ]
        return min(inside, key=lambda p: float(np.prod(p.size)), default=None)

    def support_of(self, thing: Thing) -> Thing | None:
        """Return the place that a thing stands on or in, or None (then it is on the floor or in the hand)."""
        container = self.container_of(thing)
        if container is not None:
            return container
        under = [
            p for p in self.places if p.can(SURFACE) and p.covers(thing.centre) and abs(p.top - thing.bottom) <= _REST
        ]
        return max(under, key=lambda p: p.top, default=None)

    def body_of(self, place: Thing) -> Thing:
        """Return the piece that a place is built into or stands on (a drawer's chest, a tray's table), or itself."""
        if place.handle is not None and place.mechanism == DRAWER:
            # The closed drawer's middle lies within the chest.
            shut = place.centre - place.handle[:3, 0] * place.travel * place.opening
            around = [
                p for p in self.places if p is not place and p.is_body and p.covers(shut) and p.top >= place.top - 0.01
            ]
            return min(around, key=lambda p: float(np.prod(p.size)), default=place)
        if place.bottom > 0.3:
            under = [
                p
                for p in self.places
                if p.can(SURFACE) and p.covers(place.centre) and abs(p.top - place.bottom) <= _REST
            ]
            return max(under, key=lambda p: p.top, default=place)
        return place

    def front_of(self, place: Thing) -> np.ndarray | None:
        """Return the horizontal direction in which a drawer or door faces, (2,), or None if it has no front."""
        if place.mechanism == DRAWER and place.handle is not None:
            direction = place.handle[:2, 0]
        elif place.mechanism == DOOR and place.hinge is not None:
            local = place.to_local(place.hinge)
            # The hinge is on an edge of the front; the front is the side (not the edge's other side) it lies in.
            side = np.array([np.sign(local[0]), 0.0, 0.0])
            direction = (place.pose[:3, :3] @ side)[:2]
        else:
            return None
        return direction / max(float(np.linalg.norm(direction)), 1e-9)


__all__ = ["CONTAINER", "DOOR", "DRAWER", "GRASPABLE", "OPENABLE", "SURFACE", "Thing", "World"]
