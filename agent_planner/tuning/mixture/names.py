# SPDX-License-Identifier: Apache-2.0
"""Where general conversations come from, and their splits; apart, since the command line shows these names at once."""

from enum import StrEnum

# Characters of a conversation of ShareGPT, where nothing else is told.
SHAREGPT_LIMIT = 4000


class GeneralSource(StrEnum):
    """What `tune general` makes a data set from."""

    SHAREGPT = "sharegpt"
    SYNTHESIS = "synthesis"
    GENERATED = "generated"


class Split(StrEnum):
    """What a conversation is for: training, choices, or the one test."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"
