# SPDX-License-Identifier: Apache-2.0
"""What a robot is made of: links and joints as data. Metres, radians, kilograms, newtons."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent_planner_sim.shapes import Solid
from agent_planner_sim.transforms import Vec3


@dataclass(frozen=True)
class Link:
    """A rigid part; a link without mass is a mere frame."""

    name: str
    solids: tuple[Solid, ...] = ()
    mass: float = 0.0


@dataclass(frozen=True)
class Joint:
    """How a link hangs on its parent.

    Attributes:
        kind: ``fixed``, ``revolute`` or ``prismatic``.
        xyz: where the child's frame is in the parent's, at position zero.
        effort: largest force or torque of the drive.
        stiffness: gain of the position loop in the drive.
        damping: gain of its velocity loop.
        armature: inertia of the motor as the joint feels it.
    """

    name: str
    kind: str
    parent: str
    child: str
    xyz: Vec3 = (0.0, 0.0, 0.0)
    rpy: Vec3 = (0.0, 0.0, 0.0)
    axis: Vec3 = (0.0, 0.0, 1.0)
    lower: float = 0.0
    upper: float = 0.0
    velocity: float = 1.0
    effort: float = 100.0
    stiffness: float = 0.0
    damping: float = 0.0
    armature: float = 0.0


@dataclass(frozen=True)
class BaseLimits:
    """What a differential base can do."""

    linear: float = 0.5  # m/s
    angular: float = 1.2  # rad/s
    linear_acceleration: float = 0.8  # m/s²
    linear_braking: float = 1.6  # m/s²
    angular_acceleration: float = 2.5  # rad/s²


@dataclass(frozen=True)
class CameraDescription:
    """A pinhole camera that sits in a frame whose z looks ahead and x to the right."""

    frame: str
    width: int = 320
    height: int = 240
    vertical_fov: float = 0.85  # rad


@dataclass(frozen=True)
class LidarDescription:
    """A scanner that turns in the xy plane of its frame; `scan` is offered by Gazebo alone."""

    frame: str
    rays: int = 360
    reach: tuple[float, float] = (0.1, 8.0)  # m, shortest and longest
    angle: float = 1.8  # rad to each side of straight ahead


@dataclass(frozen=True)
class RobotDescription:
    """A base, and what is on it. The first link is the base; links come before their children.

    Attributes:
        end_effector: frame of what holds things: between the fingertips, or in the middle of the deck, its z up.
        arm: joints that a trajectory moves, in order; none: there is no arm.
        fingers: the two finger joints, if there is a hand; the opening is the sum of their positions.
        grip_force: newtons with which the fingers press.
        postures: named positions of the arm's joints; an episode begins in ``stow``.
        base: what it can do; None: it is fixed where the scene has the robot start.
        deck: depth and width of the flat deck on which a robot without a hand carries things.
        radius: of the footprint with the arm stowed.
    """

    name: str
    links: tuple[Link, ...]
    joints: tuple[Joint, ...]
    camera: CameraDescription
    end_effector: str
    arm: tuple[str, ...] = ()
    fingers: tuple[str, ...] = ()
    postures: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    base: BaseLimits | None = field(default_factory=BaseLimits)
    deck: tuple[float, float] = (0.0, 0.0)
    grip_force: float = 25.0
    radius: float = 0.29
    lidar: LidarDescription | None = None

    def joint(self, name: str) -> Joint:
        """Return a joint by its name."""
        return next(j for j in self.joints if j.name == name)

    @property
    def max_opening(self) -> float:
        """Largest distance between the fingers."""
        return sum(self.joint(name).upper for name in self.fingers)
