# SPDX-License-Identifier: Apache-2.0
"""Names that options take, apart from what they stand for, since the command line shows them at once."""

from enum import StrEnum


class LeaveOut(StrEnum):
    """Parts of the training data that an ablation does without; `leave_out.without` says what each is."""

    RECOVERIES = "recoveries"
    TWINS = "twins"
    RENAMED = "renamed"
    THOUGHTS = "thoughts"
