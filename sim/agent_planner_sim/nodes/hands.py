# SPDX-License-Identifier: Apache-2.0
"""What a person is asked for by a message, done in the simulation."""

from agent_planner_interfaces.action import AskPerson
from agent_planner_interfaces.srv import HandOver

from agent_planner.errors import UserError
from agent_planner_sim.mujoco.bystander import load, unload
from agent_planner_sim.mujoco.simulation import Simulation

_UNLOAD = (AskPerson.Goal.UNLOAD_ON, AskPerson.Goal.UNLOAD_IN)


def lend_a_hand(sim: Simulation, request: HandOver.Request) -> None:
    """Do it at once.

    Raises:
        UserError: the task is not known, or a person would not do it.
    """
    if request.task == AskPerson.Goal.LOAD:
        load(sim, request.object)
    elif request.task in _UNLOAD:
        unload(sim, request.object, request.target, inside=request.task == AskPerson.Goal.UNLOAD_IN)
    else:
        raise UserError(f"a person knows no task {request.task}; AskPerson has {AskPerson.Goal.LOAD} to {_UNLOAD[-1]}")
