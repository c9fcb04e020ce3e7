# SPDX-License-Identifier: Apache-2.0
"""What every skill of the arm works with: the arm's model, its planner for the present scene, its motions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from agent_planner.errors import clock_ahead, did_you_mean
from agent_planner_motion.arm.collision import ArmModel, Spheres, held_spheres
from agent_planner_motion.arm.description import RobotDescription
from agent_planner_motion.arm.fingers import Fingers
from agent_planner_motion.arm.grasps import Hand
from agent_planner_motion.arm.ik import IkSolver
from agent_planner_motion.arm.kinematics import Kinematics
from agent_planner_motion.arm.obstacles import Obstacles
from agent_planner_motion.arm.planner import ArmPlanner
from agent_planner_motion.arm.surroundings import obstacles
from agent_planner_motion.arm.trajectory import Limits
from agent_planner_motion.errors import MissingData, MotionError, NoWay
from agent_planner_motion.skills.arm_motion import ArmMotion
from agent_planner_motion.skills.job import Job
from agent_planner_motion.skills.robot import Robot
from agent_planner_motion.skills.ways import CellPlanner, CellWays, Held, OwnWays, Ways
from agent_planner_motion.world import Thing, World

# Opening at which handles are taken, metres.
NARROW = 0.044
_AHEAD = 1.0  # seconds by which a scene may be stamped in the future: clocks are never quite the same


@dataclass(frozen=True)
class ArmSettings:
    """How a robot's arm is called and used.

    Attributes:
        joints: in the order of the trajectory.
        fingers: the joints of the gripper.
        acceleration: largest, a joint (m/s² or rad/s²).
        speed: share of the joints' own velocity limits that is used.
        reach: horizontal distance from the base beyond which nothing is tried, metres.
        carry: posture to drive in.
    """

    base_frame: str
    end_effector: str
    joints: tuple[str, ...]
    fingers: Fingers
    postures: Mapping[str, tuple[float, ...]]
    acceleration: tuple[float, ...]
    speed: float = 0.8
    reach: float = 0.90
    carry: str = "stow"
    hand: Hand = field(default_factory=Hand)


class ArmKit:
    """An arm that is ready for use.

    Args:
        robot: the robot it belongs to.
        description: its URDF, read.
        settings: names, limits, postures.
        cell: a planner with its own knowledge of what stands around; without one, ours finds the ways.

    Attributes:
        ways: ways of the arm through free space.
    """

    def __init__(
        self, robot: Robot, description: RobotDescription, settings: ArmSettings, cell: CellPlanner | None = None
    ):
        self.robot = robot
        self.settings = settings
        self.kinematics = Kinematics(description, settings.base_frame, settings.end_effector, settings.joints)
        self.postures = {name: np.array(values) for name, values in settings.postures.items()}
        wrong = [name for name, q in self.postures.items() if len(q) != self.kinematics.dof]
        if wrong or len(settings.acceleration) != self.kinematics.dof:
            raise MotionError(
                "UNKNOWN", f"postures {wrong} or 'acceleration' do not have {self.kinematics.dof} numbers"
            )
        free = np.array(list(self.postures.values()))
        fingers = settings.fingers
        self._wide, self._narrow = (
            ArmModel(self.kinematics, dict.fromkeys(fingers.joints, fingers.position(opening)), free)
            for opening in (fingers.widest, NARROW)
        )
        self.ik = IkSolver(self.kinematics, self.postures)
        limits = Limits(self.kinematics.velocity, np.array(settings.acceleration))
        self.motion = ArmMotion(robot, limits.scaled(settings.speed), self.kinematics.unwound)
        self._cell = cell
        self.ways: Ways = OwnWays(robot) if cell is None else CellWays(robot, cell)
        self.hand = settings.hand
        # Direction in the hand that pointed up when the thing in it was grasped.
        self.held_up: np.ndarray | None = None

    def posture(self, name: str) -> np.ndarray:
        """Return a named posture.

        Raises:
            MotionError: UNKNOWN_POSTURE.
        """
        if name not in self.postures:
            raise MotionError("UNKNOWN_POSTURE", f"there is no posture '{name}'; {did_you_mean(name, self.postures)}")
        return self.postures[name]

    def planner(self, world: World, base: np.ndarray, without: Sequence[str] = (), narrow: bool = False) -> ArmPlanner:
        """Return a planner for the present scene, with what is in the hand.

        Args:
            world: the scene.
            base: pose of the base, (4, 4).
            without: names of what may be touched.
            narrow: the fingers are `NARROW` apart instead of wide open.
        """
        model = self._narrow if narrow else self._wide
        return ArmPlanner(model, Obstacles(obstacles(world, base, tuple(without))), self.held(world))

    def held(self, world: World) -> Spheres | None:
        """Return the shape of what is in the hand, or None."""
        held = _in_hand(world)
        return None if held is None else held_spheres(held.size, held.pose)

    def in_reach(self, thing: Thing, base: np.ndarray, point: np.ndarray | None = None) -> None:
        """Check a thing's distance before anything is planned.

        Raises:
            MotionError: OUT_OF_REACH, with the distance.
        """
        where = thing.centre if point is None else point
        distance = float(np.linalg.norm(where[:2] - base[:2, 3]))
        if distance > self.settings.reach:
            raise MotionError(
                "OUT_OF_REACH",
                f"'{thing.name}' is {distance:.2f} m from the base, the arm reaches {self.settings.reach:.2f} m; "
                "drive nearer first",
            )

    def fresh_world(self, job: Job, seconds: float = 1.5) -> World:
        """Return a scene observed after this moment; whoever plans ways gets to know what it shows in the hand.

        Raises:
            MissingData: none came, or it is from a clock that is ahead of ours.
        """
        asked = self.robot.now()

        def seen() -> bool:
            return asked < self._stamp() <= self.robot.now() + _AHEAD

        if not self.robot.wait(seen, seconds, job):
            ahead = self._stamp() - self.robot.now()
            raise MissingData("scene_graph", seconds, clock_ahead("scene_graph", ahead) if ahead > _AHEAD else "")
        return self._world()

    def _world(self) -> World:
        world = self.robot.world()
        if self._cell is not None:
            self._cell.show(_in_hand(world))
        return world

    def _stamp(self) -> float:
        try:
            return self.robot.world().stamp
        except MissingData:
            return -1.0

    def carry(self, job: Job, speed: float = 1.0) -> None:
        """Bring the arm to the posture in which the robot drives, around what is there; raises as `go_to` does."""
        self.go_to([self.posture(self.settings.carry)], job, speed)

    def go_to(self, goals: Sequence[np.ndarray], job: Job, speed: float = 1.0) -> None:
        """Move to the first of some joint vectors that can be reached.

        Raises:
            NoWay: no free way was found; nothing has moved.
            MotionError: what `ArmMotion.follow` raises.
        """
        start = self.robot.joints().q
        if any(np.abs(start - goal).max() < 0.02 for goal in goals):
            return
        planner = self.planner(self._world(), self.robot.base().matrix)
        way = self.ways.find(planner, goals, job)
        if way is None:
            raise NoWay(
                f"no free way for the arm was found from where it is; drive elsewhere first{self.ways.why(job)}"
            )
        self.motion.follow(way.path, job, speed)


def _in_hand(world: World) -> Held | None:
    if not world.holding or world.end_effector is None or world.holding not in world.things:
        return None
    thing = world.things[world.holding]
    return Held(thing.name, np.linalg.inv(world.end_effector) @ thing.pose, thing.size)
