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

    def __init__(self, topic: str, waited: float):
        super().__init__(
            "NO_DATA", f"nothing came on '{topic}' for {waited:.1f} s; is the robot (or its simulator) running?"
        )
        self.topic = topic
