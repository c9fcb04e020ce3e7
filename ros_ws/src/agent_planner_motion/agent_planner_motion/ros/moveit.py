# SPDX-License-Identifier: Apache-2.0
"""What MoveIt's actions say of their end."""

from typing import Any

from action_msgs.msg import GoalStatus

from agent_planner_motion.errors import ControllerFailed, Interrupted, NoWay
from agent_planner_motion.ros.messages import constant

# Names of moveit_msgs/msg/MoveItErrorCodes. move_group of Jazzy tells FAILURE for whatever its pipeline fails with.
_NO_WAY = (
    "FAILURE",
    "PLANNING_FAILED",
    "INVALID_MOTION_PLAN",
    "TIMED_OUT",
    "GOAL_IN_COLLISION",
    "GOAL_VIOLATES_PATH_CONSTRAINTS",
    "GOAL_CONSTRAINTS_VIOLATED",
    "GOAL_STATE_INVALID",
    "NO_IK_SOLUTION",
)
_CODES = {
    "CONTROL_FAILED": "NOT_REACHED",
    "TIMED_OUT": "NOT_REACHED",
    "MOTION_PLAN_INVALIDATED_BY_ENVIRONMENT_CHANGE": "NOT_REACHED",
    "START_STATE_IN_COLLISION": "NOT_REACHED",
    "START_STATE_VIOLATES_PATH_CONSTRAINTS": "NOT_REACHED",
    "START_STATE_INVALID": "NOT_REACHED",
    "UNABLE_TO_AQUIRE_SENSOR_DATA": "NO_DATA",
    "ROBOT_STATE_STALE": "NO_DATA",
    "SENSOR_INFO_STALE": "NO_DATA",
}


def check_execution(action: str, response: Any) -> None:
    """Check how a goal of ExecuteTrajectory ended.

    Args:
        action: name of the action.
        response: status and result.

    Raises:
        MotionError: it did not succeed; the message has MoveIt's name for why, the code is the nearest of ours.
    """
    reason, detail = _end(response)
    if reason == "PREEMPTED":
        raise Interrupted(action)
    if reason:
        raise ControllerFailed(action, _CODES.get(reason, reason), reason, detail)


def check_planning(action: str, response: Any) -> None:
    """Do the same for a goal of MoveGroup that only plans.

    Raises:
        NoWay: that goal cannot be reached; another may be.
        MotionError: whatever the goal, nothing is planned.
    """
    try:
        check_execution(action, response)
    except ControllerFailed as failure:
        if failure.reason in _NO_WAY:
            raise NoWay(failure.message) from failure
        raise


def _end(response: Any) -> tuple[str, str]:
    """Return MoveIt's name for why a goal failed and its words for it, both empty where it succeeded."""
    error = response.result.error_code
    if error.val != error.SUCCESS:
        return constant(error, error.val), error.message
    return ("", "") if response.status == GoalStatus.STATUS_SUCCEEDED else ("ABORTED", error.message)
