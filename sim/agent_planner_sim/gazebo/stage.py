# SPDX-License-Identifier: Apache-2.0
"""In which order Gazebo's world services make one scene into another. Knows no ROS."""

import math
from collections.abc import Callable
from typing import Protocol

from agent_planner.errors import InfrastructureError, UserError
from agent_planner_sim.gazebo.sdf import document
from agent_planner_sim.gazebo.sdf_world import models
from agent_planner_sim.robots.description import RobotDescription
from agent_planner_sim.scenes.description import Placement, Scene

_ASIDE = 2.5  # metres beside the scene where the robot unfolds and folds
_FOLDED = 0.05  # rad or m, of every joint
_FOLD_SECONDS = 3.0
_AGAIN_SECONDS = 2 * _FOLD_SECONDS


class World(Protocol):
    """Gazebo's world services; each raises InfrastructureError where Gazebo says no or nothing."""

    def pause(self, paused: bool) -> None:
        """Stop time or let it go on."""

    def spawn(self, name: str, sdf: str) -> None:
        """Add a model where its own pose says."""

    def delete(self, name: str) -> None:
        """Take a model away."""

    def set_pose(self, name: str, placement: Placement) -> None:
        """Put a model somewhere."""


class Folding(Protocol):
    """The robot's arm and hand while the scene is set."""

    def heard(self) -> bool:
        """Whether Gazebo has told of the robot."""
        ...

    def now(self) -> float:
        """Return simulated seconds."""
        ...

    def fold(self, seconds: float) -> None:
        """Send arm and hand to where an episode begins."""

    def error(self) -> float:
        """Return the largest distance of a joint from there, m or rad."""
        ...

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Wait for something, with a limit.

        Raises:
            InfrastructureError: it did not come true in time.
        """


class Stage:
    """Sets scenes. The robot is put aside meanwhile: its joints can only be driven, and it would knock things over.

    A fixed one stays: with all joints at zero, and in the posture that an episode begins in, it is clear of everything.

    Args:
        world: Gazebo's services.
        robot: the robot, which stays the same model throughout.
        folding: its arm and hand.
    """

    def __init__(self, world: World, robot: RobotDescription, folding: Folding):
        self._world = world
        self._robot = robot
        self._folding = folding
        self._there: list[str] = []
        self._start: Placement | None = None

    def begin(self, scene: Scene) -> None:
        """Make the scene ready that Gazebo was started with."""
        self._there = [model.attrib["name"] for model in models(scene)]
        self._start = scene.start
        self._aside(scene)
        self._world.pause(False)
        self._fold_and_place(scene)

    def change(self, scene: Scene) -> None:
        """Take what is there away and set another scene; time goes on. After a failure it can be tried again.

        Raises:
            UserError: the robot is fixed, and would have to stand elsewhere.
            InfrastructureError: Gazebo does not do it.
        """
        self.check(scene)
        if self._robot.base is None:
            self._world.pause(False)
            self._fold_and_place(scene)
        self._aside(scene)
        self._world.pause(True)  # for a while there is no floor
        for name in tuple(self._there):
            self._world.delete(name)
            self._there.remove(name)
        for model in models(scene):
            self._world.spawn(model.attrib["name"], document(model))
            self._there.append(model.attrib["name"])
        self._aside(scene)
        self._world.pause(False)
        self._fold_and_place(scene)

    def check(self, scene: Scene) -> None:
        """Raise UserError where the robot is fixed and would have to stand elsewhere."""
        if self._robot.base is None and scene.start != self._start:
            raise UserError(
                f"'{self._robot.name}' is fixed where Gazebo was started with it; scene '{scene.name}' has it stand "
                "elsewhere; choose 'table_top', or start Gazebo anew"
            )

    def _aside(self, scene: Scene) -> None:
        if self._robot.base is None:
            return
        x, y, _, _ = scene.bounds
        self._world.set_pose(self._robot.name, Placement(x - _ASIDE, y - _ASIDE, 0.0, -3 * math.pi / 4))

    def _fold_and_place(self, scene: Scene) -> None:
        self._folding.wait(self._folding.heard, "the robot's state from Gazebo")
        if self._robot.arm:
            self._fold()
        if self._robot.base is not None:
            self._world.set_pose(self._robot.name, scene.start)

    def _fold(self) -> None:
        """Tell arm and hand until the arm is there.

        Nobody says whether they have heard it, and ros2_control's controllers of both begin after the one that tells of
        the joints.
        """
        sent = -math.inf

        def folded() -> bool:
            nonlocal sent
            now = self._folding.now()
            if now - sent >= _AGAIN_SECONDS:
                self._folding.fold(_FOLD_SECONDS)
                sent = now
            return self._folding.error() <= _FOLDED

        self._folding.wait(folded, "the arm in its start posture")


def refused(what: str) -> InfrastructureError:
    """Return the exception for a service that says no."""
    return InfrastructureError(f"Gazebo did not {what}; its own log has the reason (run it with -v 4)")
