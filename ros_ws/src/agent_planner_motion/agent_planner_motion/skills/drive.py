# SPDX-License-Identifier: Apache-2.0
"""Drives the base next to an entity or to a pose."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from agent_planner_motion.base.approach import Approach, approaches
from agent_planner_motion.base.floor import in_the_way, rides
from agent_planner_motion.base.grid import Grid
from agent_planner_motion.base.path import WayField
from agent_planner_motion.base.pose import Pose2
from agent_planner_motion.base.pursuit import DriveLimits, Pursuit
from agent_planner_motion.errors import MissingData, MotionError, NoWay
from agent_planner_motion.skills.base_motion import HELD_UP, PERIOD, BaseMotion
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.robot import Robot

DRIVING = "DRIVING"  # state with which the remaining metres are told
_LOOK_EVERY = 0.4  # seconds between looks at what stands in the way
_AHEAD = 1.2  # metres of the path that are looked at
_STRAYED = 0.30  # metres beside the path
_STALLED = 2.0  # seconds
_SAME_PLACE = 0.05  # metres
_BACK_OFF = 0.2  # metres that the base drives back where the arm has no room to fold
_DRIVE_COST = 0.05  # penalty a metre of way, in choosing among approach poses


@dataclass(frozen=True)
class DriveSettings:
    """How the base is driven.

    Attributes:
        radius: of the footprint with the arm stowed, with some air, metres.
        patience: seconds for which a blocked way is waited for.
    """

    radius: float = 0.27
    patience: float = 4.0
    limits: DriveLimits = DriveLimits()


class _End(Enum):
    """How the following of a way ends."""

    ARRIVED = auto()
    BLOCKED = auto()
    OFF = auto()  # beside the path, or past its end


@dataclass(frozen=True)
class _Way:
    goal: Pose2
    path: np.ndarray  # (n, 2)


class Drive:
    """The skill.

    Args:
        robot: what is driven.
        settings: how.
        stow: brings the arm where it does not stick out; called before the base moves.
    """

    def __init__(self, robot: Robot, settings: DriveSettings, stow: Callable[[Job], None]):
        self._robot = robot
        self._settings = settings
        self._stow = stow
        self._base = BaseMotion(robot, settings.limits)

    def to_entity(self, name: str, job: Job) -> Pose2:
        """Drive to where an entity can be worked at; return where the base came to rest.

        Raises:
            MotionError: with a code of the NavigateTo action.
            CancelRequested: the base is at rest.
        """
        seen = self._robot.world()
        thing = seen.thing(name, "UNKNOWN_TARGET")
        if rides(thing, seen, self._robot.base().pose, self._settings.radius):
            raise MotionError("NO_APPROACH", f"'{name}' lies on the robot itself: wherever it drives, that goes along")

        def options() -> list[Approach]:
            world = self._robot.world()
            # It may have been taken out of sight since; then it is sought where it was.
            return approaches(world, world.things.get(name, thing), self._robot.base().pose)

        return self._run(options, f"'{name}'", job)

    def to_pose(self, pose: Pose2, job: Job) -> Pose2:
        """Drive to a pose in the map; raises as `to_entity` does."""
        return self._run(lambda: [Approach(pose, 0.0)], f"({pose.x:.2f}, {pose.y:.2f})", job)

    def _run(self, options: Callable[[], list[Approach]], what: str, job: Job) -> Pose2:
        self._robot.grid()
        self._robot.base()
        way = self._plan(options, what)
        if self._fold(job):
            way = self._plan(options, what)
        stands: tuple[Pose2, float] | None = None
        ways = 1
        try:
            while (ended := self._follow(way, job)) is not _End.ARRIVED:
                self._base.stop()
                job.check()
                try:
                    way = self._plan(options, what)
                    ways += 1
                    blocked, why = ended is _End.BLOCKED, "each that is found is blocked as soon as it is begun"
                except MotionError as error:
                    blocked, why = True, error.message
                    self._robot.wait(lambda: False, _LOOK_EVERY, job)
                pose, now = self._robot.base().pose, self._robot.now()
                if not blocked:
                    stands = None
                elif stands is None or pose.distance(stands[0].x, stands[0].y) > _SAME_PLACE:
                    stands = pose, now
                elif now - stands[1] >= self._settings.patience:
                    raise MotionError("BLOCKED", f"the way to {what} is blocked: {why}")
        except BaseException as end:  # whatever it is, the base does not drive on without us
            self._base.stop_for(end)
            if isinstance(end, MotionError) and end.code == "TIMEOUT":
                raise MotionError("TIMEOUT", f"{end.message}; {self._standing(way, ways)}") from end
            raise
        self._base.stop()
        return self._robot.base().pose

    def _standing(self, way: _Way, ways: int) -> str:
        try:
            where = f"the base is at {_told(self._robot.base().pose)}"
        except MissingData as error:
            where = f"where the base is, is not known ({error.message})"
        return f"{where}, on way {ways} to {_told(way.goal)}"

    def _fold(self, job: Job, may_back_off: bool = True) -> bool:
        """Stow the arm; tell whether the base had to drive back for that."""
        try:
            self._stow(job)
            return False
        except MotionError as error:
            if error.code != "NOT_REACHED":
                raise
            # Only for lack of a way: an arm that is caught on something must not be torn along.
            if not isinstance(error, NoWay) or not may_back_off or not self._room_behind():
                # A code of the arm's servers; to whoever asked for a drive, something is in the way.
                raise MotionError("BLOCKED", f"the arm cannot be stowed for driving: {error.message}") from error
        # What the arm works at is ahead: a little further back it has room.
        self._base.straight(-_BACK_OFF, job)
        self._fold(job, may_back_off=False)
        return True

    def _room_behind(self) -> bool:
        grid, pose = self._grid(), self._robot.base().pose
        least = min(self._settings.radius, grid.clearance_at(pose.x, pose.y))
        steps = np.linspace(0.0, _BACK_OFF, 6)[1:]
        behind = [(pose.x - s * math.cos(pose.yaw), pose.y - s * math.sin(pose.yaw)) for s in steps]
        return all(grid.clearance_at(*p) >= least for p in behind)

    def _grid(self) -> Grid:
        grid = self._robot.grid()
        try:
            world = self._robot.world()
        except MissingData:
            return grid  # without a scene the map has to do
        return grid.with_boxes(in_the_way(world, grid))

    def _plan(self, options: Callable[[], list[Approach]], what: str) -> _Way:
        start = self._robot.base().pose
        grid = self._grid()
        radius = self._settings.radius
        found = options()
        field = WayField(grid, (start.x, start.y), radius)
        priced = [(a.penalty + _DRIVE_COST * field.cost(a.pose.x, a.pose.y), i) for i, a in enumerate(found)]
        cost, index = min(priced, default=(math.inf, 0))
        path = field.path(found[index].pose.x, found[index].pose.y) if math.isfinite(cost) else None
        if path is not None:
            return _Way(found[index].pose, path)
        rooms = [grid.clearance_at(a.pose.x, a.pose.y) for a in found]
        free = sum(room >= radius for room in rooms)
        if not free:
            raise MotionError(
                "NO_APPROACH" if len(found) > 1 else "NO_PATH",
                f"none of {len(found)} poses at {what} has {radius:.2f} m of room; "
                f"the best has {max(rooms, default=0.0):.3f} m",
            )
        raise MotionError(
            "NO_PATH",
            f"no way leads from ({start.x:.2f}, {start.y:.2f}) to any of {free} free poses at {what} "
            f"with {radius:.2f} m of room to each side",
        )

    def _follow(self, way: _Way, job: Job) -> _End:
        """Drive along a path to its end, or until another one is needed."""
        pursuit = Pursuit(way.path, way.goal.yaw, self._settings.limits, PERIOD)
        look_due, still = self._robot.now(), 0.0
        stepped = self._robot.now() - PERIOD
        while True:
            base = self._robot.base()
            if self._robot.now() >= look_due:
                look_due = self._robot.now() + _LOOK_EVERY
                if not self._clear(way.path, base.pose):
                    return _End.BLOCKED
                if self._strayed(way.path, base.pose):
                    return _End.OFF
                job.tell(DRIVING, pursuit.remaining(base.pose))
            elapsed, stepped = self._robot.now() - stepped, self._robot.now()
            linear, angular = pursuit.step(base.pose_at(stepped), elapsed, stepped - base.stamp)
            self._robot.send_velocity(linear, angular)
            if pursuit.done:
                return _End.ARRIVED
            if pursuit.missed:
                return _End.OFF
            wanted = abs(linear) > 0.03 or abs(angular) > 0.05
            moves = abs(base.linear) > 0.005 or abs(base.angular) > 0.01
            still = 0.0 if moves or not wanted else still + min(elapsed, HELD_UP)
            if still >= _STALLED:
                raise MotionError(
                    "BLOCKED",
                    f"the base does not move although {linear:.2f} m/s and {angular:.2f} rad/s were commanded; "
                    f"something holds it at {_told(base.pose)}",
                )
            due = self._robot.now() + PERIOD
            self._robot.wait(lambda due=due: self._robot.now() >= due, 1.0, job)

    def _clear(self, path: np.ndarray, pose: Pose2) -> bool:
        nearest = int(np.argmin(np.linalg.norm(path - np.array(pose[:2]), axis=1)))
        grid = self._grid()
        # Where it stands it may stand close (it comes from an open drawer, say); ahead there must be room.
        margin = min(self._settings.radius, grid.clearance_at(pose.x, pose.y)) - 0.05
        ahead = path[nearest : nearest + int(_AHEAD / 0.05)]
        return all(grid.clearance_at(*p) >= margin for p in ahead)

    def _strayed(self, path: np.ndarray, pose: Pose2) -> bool:
        return float(np.linalg.norm(path - np.array(pose[:2]), axis=1).min()) > _STRAYED


def _told(pose: Pose2) -> str:
    return f"({pose.x:.2f}, {pose.y:.2f}, {math.degrees(pose.yaw):.0f}°)"
