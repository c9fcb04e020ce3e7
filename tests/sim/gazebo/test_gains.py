# SPDX-License-Identifier: Apache-2.0
"""The controllers' gains hold without the motors' inertia, which SDF cannot say: tried in MuJoCo without it."""

import mujoco
import numpy as np
import pytest

from agent_planner_sim.gazebo.sdf_robot import robot_model
from agent_planner_sim.mujoco.model import TIME_STEP, build_spec
from agent_planner_sim.robots import ROBOTS
from agent_planner_sim.scenes import generate
from agent_planner_sim.scenes.description import Placement

pytestmark = pytest.mark.sim
ROBOT = ROBOTS["mobile_manipulator"]()


class Controlled:
    """The robot as Gazebo has it: damping in the joints, taken implicitly; forces by position error, held a step."""

    def __init__(self, gravity, armature=False):
        spec = build_spec(generate("table_top", 0), ROBOT)
        spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
        spec.option.enableflags = 0
        for body in spec.bodies:
            if gravity:
                body.gravcomp = 0.0
        for name in ROBOT.arm:
            joint = spec.joint(name)
            joint.damping = np.array([ROBOT.joint(name).damping, 0.0, 0.0])
            joint.armature = joint.armature if armature else 0.0
            spec.delete(spec.actuator(name))
        self.model = spec.compile()
        self.data = mujoco.MjData(self.model)
        self.qpos = [self.model.joint(n).qposadr[0] for n in ROBOT.arm]
        self.dof = [self.model.joint(n).dofadr[0] for n in ROBOT.arm]
        model = robot_model(ROBOT, Placement())
        (controller,) = (p for p in model.findall("plugin") if p.get("name").endswith("JointTrajectoryController"))
        self.gain, most, limit = (
            np.array([float(element.text) for element in found])
            for found in (
                controller.findall("position_p_gain"),
                controller.findall("position_cmd_max"),
                [model.find(f"joint[@name='{name}']/axis/limit/effort") for name in ROBOT.arm],
            )
        )
        self.force = np.minimum(most, limit)
        self.data.qpos[self.qpos] = ROBOT.postures["stow"]

    def step(self, target):
        error = target - self.data.qpos[self.qpos]
        self.data.qfrc_applied[self.dof] = np.clip(self.gain * error, -self.force, self.force)
        mujoco.mj_step(self.model, self.data)
        return np.abs(error)


@pytest.mark.parametrize("gravity", [False, True])
def test_the_arm_follows_and_holds_every_joint_without_shaking(gravity):
    robot = Controlled(gravity)
    start, end = (np.array(ROBOT.postures[name]) for name in ("stow", "home"))
    seconds = 4.0
    errors = []
    for step in range(int((seconds + 1.5) / TIME_STEP)):
        share = min(step * TIME_STEP / seconds, 1.0)
        errors.append(robot.step(start + share * (end - start)))
    # On the way the drives lag behind by their damping over their stiffness; at rest they do not.
    assert np.max(errors) < 0.06
    assert np.max(errors[-200:]) < 0.02
    assert np.abs(robot.data.qvel[robot.dof]).max() < 0.01


def test_the_arm_keeps_to_its_path_at_the_speed_that_it_is_sent_with():
    robot = Controlled(gravity=False)
    start = np.array(ROBOT.postures["stow"])
    change = np.zeros(len(start))
    change[1] = 2.0
    times = np.arange(0.0, 2.6, TIME_STEP)  # at its middle 1.44 rad/s, nine tenths of what the joint can do
    shares = np.polynomial.Polynomial([0, 0, 0, 10, -15, 6])(times / 2.6)
    errors = [robot.step(start + share * change) for share in shares]
    assert np.max(errors) < 0.07
    assert np.max(errors[-1]) < 0.02
