# SPDX-License-Identifier: Apache-2.0
"""What may be said to the robot."""

from agent_planner.errors import UserError


def checked(instruction: str) -> str:
    """Return the instruction on one line.

    Raises:
        UserError: it is empty, or longer than the planner takes.
    """
    from agent_planner.agent.conversation import MAX_INSTRUCTION

    text = " ".join(instruction.split())
    if not text:
        raise UserError("the instruction is empty; say what is to be done, e.g. 'put the red cube in the blue bin'")
    if len(text) > MAX_INSTRUCTION:
        raise UserError(
            f"the instruction has {len(text)} characters and at most {MAX_INSTRUCTION} are taken; "
            "give one task at a time"
        )
    return text
