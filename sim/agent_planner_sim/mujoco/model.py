# SPDX-License-Identifier: Apache-2.0
# pyright: reportAttributeAccessIssue=false
"""A scene and a robot as a compiled MuJoCo model."""

import mujoco

from agent_planner_sim.mujoco.robot_model import add_robot
from agent_planner_sim.mujoco.scene_model import add_scene
from agent_planner_sim.robots.description import RobotDescription
from agent_planner_sim.scenes.description import Scene

TIME_STEP = 0.002
_OFFSCREEN = (1280, 960)


def build_spec(scene: Scene, robot: RobotDescription) -> mujoco.MjSpec:
    """Return the specification, which can be compiled or written as MJCF."""
    spec = mujoco.MjSpec()
    spec.modelname = f"{scene.name}_{scene.seed}"
    spec.compiler.degree = False
    option = spec.option
    option.timestep = TIME_STEP
    option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    option.impratio = 10.0
    # The sparse Newton solver of 4.0.0 is reported wrong; dense costs nothing at this size.
    option.jacobian = mujoco.mjtJacobian.mjJAC_DENSE
    option.enableflags |= int(mujoco.mjtEnableBit.mjENBL_SLEEP)
    getattr(spec.visual, "global").offwidth, getattr(spec.visual, "global").offheight = _OFFSCREEN
    add_scene(spec, scene)
    add_robot(spec, robot, scene.start)
    return spec


def build_model(scene: Scene, robot: RobotDescription) -> mujoco.MjModel:
    """Return the compiled model."""
    return build_spec(scene, robot).compile()
