# SPDX-License-Identifier: Apache-2.0
"""Scenes and robots written as files for other programs: MJCF, SDF with what the bridge needs, URDF."""

from pathlib import Path
from typing import NamedTuple

from agent_planner.errors import UserError, did_you_mean
from agent_planner_sim.gazebo.bridge import bridge_yaml, controllers_yaml
from agent_planner_sim.gazebo.sdf import document
from agent_planner_sim.gazebo.sdf_robot import GZ_SYSTEMS, ROS2_CONTROL, robot_model
from agent_planner_sim.gazebo.sdf_world import world
from agent_planner_sim.mujoco.model import TIME_STEP, build_spec
from agent_planner_sim.mujoco.simulation import Simulation
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.robots.description import RobotDescription
from agent_planner_sim.robots.urdf import to_urdf
from agent_planner_sim.scenes import Scene, generate

FORMATS = ("sdf", "mjcf", "urdf")


class Gazebo(NamedTuple):
    """How a world for Gazebo is to be; ``namespace`` is that of ros2_control's controller manager."""

    rtf: float = 1.0
    render_engine: str = "ogre2"
    control: str = GZ_SYSTEMS
    namespace: str = ""


_AS_USUAL = Gazebo()


class GazeboFiles(NamedTuple):
    """Where the files are that Gazebo and its bridge read; ``controllers`` is None without ros2_control."""

    world: Path
    bridge: Path
    controllers: Path | None = None


def robot_named(name: str) -> RobotDescription:
    """Return the description of a shipped robot.

    Raises:
        UserError: there is none of that name.
    """
    if name not in ROBOTS:
        raise UserError(f"there is no robot '{name}'; {did_you_mean(name, ROBOTS)}")
    return ROBOTS[name]()


def to_sdf(scene: Scene, robot: RobotDescription, gazebo: Gazebo = _AS_USUAL, controllers_file: str = "") -> str:
    """Return the world with the robot at its start, as SDF."""
    root = world(scene, TIME_STEP, gazebo.rtf, gazebo.render_engine)
    root.append(robot_model(robot, scene.start, gazebo.control, controllers_file, gazebo.namespace))
    return document(root)


def to_mjcf(scene: Scene, robot: RobotDescription) -> str:
    """Return scene and robot as MJCF; its key frame ``start`` has the robot at its start, arm stowed."""
    spec = build_spec(scene, robot)
    start = Simulation(scene, robot).data
    spec.add_key(name="start", qpos=start.qpos, ctrl=start.ctrl)
    spec.compile()
    return spec.to_xml()


def export(scene: str, seed: int, robot: str, kind: str, out: Path) -> list[Path]:
    """Write a scene in a format into a folder; returns the files.

    Raises:
        UserError: scene, robot or format is not known, or the folder cannot be written.
    """
    if kind not in FORMATS:
        raise UserError(f"there is no format '{kind}'; {did_you_mean(kind, FORMATS)}")
    description = robot_named(robot)
    if kind == "urdf":
        return [_written(out, f"{robot}.urdf", to_urdf(description))]
    generated = generate(scene, seed)
    if kind == "mjcf":
        return [_written(out, f"{scene}_{seed}.xml", to_mjcf(generated, description))]
    files = export_gazebo(generated, description, out)
    return [file for file in files if file is not None]


def export_gazebo(scene: Scene, robot: RobotDescription, out: Path, gazebo: Gazebo = _AS_USUAL) -> GazeboFiles:
    """Write the world, the bridge's configuration, and the controllers where ros2_control has them.

    Raises:
        UserError: the folder cannot be written.
    """
    controllers = None
    if gazebo.control == ROS2_CONTROL and robot.arm:
        controllers = _written(out, "controllers.yaml", controllers_yaml(robot))
    text = to_sdf(scene, robot, gazebo, str(controllers or ""))
    return GazeboFiles(
        _written(out, f"{scene.name}_{scene.seed}.sdf", text),
        _written(out, "bridge.yaml", bridge_yaml(robot, gazebo.control)),
        controllers,
    )


def _written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    return path
