# SPDX-License-Identifier: Apache-2.0
"""What the planner calls free is free in the simulator, whose shapes are the exact ones."""

import numpy as np
import pytest

mujoco = pytest.importorskip("mujoco")

from agent_planner_motion.skills.kit import ArmKit  # noqa: E402
from agent_planner_sim.mujoco.simulation import Simulation  # noqa: E402
from agent_planner_sim.robots.mobile_manipulator import mobile_manipulator  # noqa: E402
from agent_planner_sim.scenes import generate  # noqa: E402
from tests.motion.simulated_robot import SimulatedRobot  # noqa: E402

pytestmark = pytest.mark.sim
_MARGIN = 0.012  # with which paths are planned
_DEEPEST = 0.004


def penetration(sim, q):
    """How deep the arm is in anything else, metres, for each of some joint vectors (walls are not counted)."""
    model, data = sim.model, mujoco.MjData(sim.model)
    data.qpos[:] = sim.data.qpos
    columns = [model.joint(name).qposadr[0] for name in sim.robot.arm]
    arm = {model.body(link.name).id for link in sim.robot.links[1:]}
    walls = {g for g in range(model.ngeom) if model.geom_bodyid[g] == 0 and model.geom(g).name != "floor"}
    found = np.zeros(len(q))
    for i, row in enumerate(q):
        data.qpos[columns] = row
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_collision(model, data)
        for contact in data.contact[: data.ncon]:
            bodies = {int(model.geom_bodyid[g]) for g in (contact.geom1, contact.geom2)}
            if bodies & arm and not walls & {contact.geom1, contact.geom2}:
                found[i] = max(found[i], -contact.dist)
    return found


@pytest.mark.parametrize(("scene", "seed"), [("table_top", 0), ("table_top", 3), ("tidy", 1)])
def test_what_is_called_free_touches_nothing(description, arm_settings, scene, seed):
    sim = Simulation(generate(scene, seed), mobile_manipulator())
    robot = SimulatedRobot(sim)
    kit = ArmKit(robot, description, arm_settings)
    planner = kit.planner(robot.world(), robot.base().pose.matrix)
    rng = np.random.default_rng(seed)
    low, high = kit.kinematics.lower, kit.kinematics.upper
    around = np.clip(kit.posture("ready") + rng.normal(0, 0.5, (200, len(low))), low, high)
    q = np.concatenate([rng.uniform(low, high, (200, len(low))), around])
    clearance = np.concatenate([planner.clearance(rows) for rows in np.split(q, 8)])
    deep = penetration(sim, q)
    free = clearance >= _MARGIN
    assert deep[free].max() <= _DEEPEST, q[free][deep[free].argmax()]
    # And it is not over-careful: nearly all that touches nothing is called free by a smaller margin.
    assert (clearance[deep == 0.0] >= 0.0).mean() > 0.93
    assert 0.4 < free.mean() < 0.95, "the sample says nothing"
