# SPDX-License-Identifier: Apache-2.0
"""How a motion can fail."""


class MotionError(Exception):
    """A motion that ended without success.

    Attributes:
        code: name of a constant of the action's result, e.g. ``OUT_OF_REACH``.
        message: facts and alternatives, for a person and for the model.
    """

    def __init__(self, code: str, message: str):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class MissingData(MotionError):
    """Something that the robot should publish has not come.

    Attributes:
        topic: what is missing.
    """

    def __init__(self, topic: str, waited: float, message: str = ""):
        told = f"nothing came on '{topic}' for {waited:.1f} s; is the robot (or its simulator) running?"
        super().__init__("NO_DATA", message or told)
        self.topic = topic


class NoServer(MissingData):
    """Nobody serves the action of a controller."""

    def __init__(self, action: str, waited: float):
        told = f"no server for '{action}' for {waited:.1f} s; is what serves it loaded and active?"
        super().__init__(action, waited, told)


class NoAnswer(MotionError):
    """The server of a controller's action says neither yes nor no to a goal."""

    def __init__(self, action: str, waited: float):
        super().__init__("NO_ANSWER", f"'{action}' has not answered the goal in {waited:.1f} s; does its node hang?")


class GoalRejected(MotionError):
    """A controller does not take a goal."""

    def __init__(self, action: str):
        super().__init__(
            "REJECTED", f"'{action}' rejected the goal; is its controller active, and are these its joints?"
        )


class Interrupted(MotionError):
    """A motion that somebody else has ended, such as a stop."""

    def __init__(self, action: str):
        super().__init__("INTERRUPTED", f"the goal of '{action}' was ended from outside: by a stop, or by another goal")


class ControllerFailed(MotionError):
    """A controller that ended a motion before its goal.

    Attributes:
        reason: the controller's own name for why, e.g. ``PATH_TOLERANCE_VIOLATED``.
    """

    def __init__(self, action: str, code: str, reason: str, detail: str):
        super().__init__(code, f"'{action}' ended with {reason}" + (f": {detail}" if detail else ""))
        self.reason = reason


class NoWay(MotionError):
    """A planner has no way of the arm to a goal; it may have one to another, or from elsewhere."""

    def __init__(self, message: str):
        super().__init__("NOT_REACHED", message)
