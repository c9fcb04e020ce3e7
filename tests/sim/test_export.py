# SPDX-License-Identifier: Apache-2.0
"""The command `agent-planner-sim export`, and the world that is shipped."""

import subprocess
import sys
from pathlib import Path

import mujoco
import pytest

import agent_planner_sim.gazebo
from agent_planner_sim.export import Gazebo, export, export_gazebo, robot_named, to_mjcf, to_sdf
from agent_planner_sim.gazebo.bridge import bridge_yaml
from agent_planner_sim.scenes import generate

pytestmark = pytest.mark.sim
WORLDS = Path(agent_planner_sim.gazebo.__file__).parent / "worlds"


def run(*arguments):
    command = [sys.executable, "-m", "agent_planner_sim.cli", "export", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("kind", "names"),
    [("sdf", ["tidy_3.sdf", "bridge.yaml"]), ("mjcf", ["tidy_3.xml"]), ("urdf", ["mobile_manipulator.urdf"])],
)
def test_a_scene_is_written_and_the_files_are_named(tmp_path, kind, names):
    done = run("--scene", "tidy", "--seed", 3, "--format", kind, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert [Path(line) for line in done.stdout.split()] == [tmp_path / "out" / name for name in names]
    assert all((tmp_path / "out" / name).stat().st_size > 1000 for name in names)


def test_the_same_scene_is_written_alike(tmp_path):
    first, second = (export("apartment", 5, "mobile_manipulator", "sdf", tmp_path / n)[0] for n in "ab")
    assert first.read_text() == second.read_text()


@pytest.mark.parametrize(("robot", "joints"), [("mobile_manipulator", True), ("delivery_base", False)])
def test_only_a_robot_with_joints_has_controllers_of_ros2_control(tmp_path, robot, joints):
    files = export_gazebo(generate("tidy", 0), robot_named(robot), tmp_path, Gazebo(control="ros2_control"))
    assert files.controllers == (tmp_path / "controllers.yaml" if joints else None)
    assert ("controllers.yaml" in files.world.read_text()) is joints


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--scene", "apartmant"), "there is no scene 'apartmant'; did you mean 'apartment'?"),
        (("--robot", "mobil_manipulator"), "did you mean 'mobile_manipulator'?"),
        (("--format", "mjfc"), "there is no format 'mjfc'; did you mean 'mjcf'? known: mjcf, sdf, urdf"),
        (("--out", "/dev/null/x"), "/dev/null/x/tidy_0.sdf cannot be written: Not a directory"),
    ],
)
def test_unknown_names_are_told_with_the_known_ones(arguments, told):
    done = run(*arguments)
    assert done.returncode == 2
    assert told in done.stderr and "Traceback" not in done.stderr


def test_the_mjcf_starts_where_an_episode_does():
    scene, robot = generate("tidy", 0), robot_named("mobile_manipulator")
    model = mujoco.MjModel.from_xml_string(to_mjcf(scene, robot))
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, model.key("start").id)
    assert float(data.joint("base_x").qpos[0]) == pytest.approx(scene.start.x)
    assert [float(data.joint(n).qpos[0]) for n in robot.arm] == pytest.approx(robot.postures["stow"])
    for _ in range(200):
        mujoco.mj_step(model, data)
    assert [float(data.joint(n).qpos[0]) for n in robot.arm] == pytest.approx(robot.postures["stow"], abs=0.01)


def test_the_shipped_world_is_what_is_written_today():
    """When scenes or emitters change: `agent-planner-sim export --out sim/agent_planner_sim/gazebo/worlds`."""
    robot = robot_named("mobile_manipulator")
    world = WORLDS / "tidy_0.sdf"
    assert world.read_text() == to_sdf(generate("tidy", 0), robot)
    assert (WORLDS / "bridge.yaml").read_text() == bridge_yaml(robot)
    assert world.stat().st_size < 200_000
