# SPDX-License-Identifier: Apache-2.0
"""The names of schemas of conversations; apart from what reads them, since the command line shows them at once."""

from enum import StrEnum


class Schema(StrEnum):
    """What conversations are written in."""

    AGENT = "agent"
    SHAREGPT = "sharegpt"
    OPENAI = "openai"
