# SPDX-License-Identifier: Apache-2.0
"""Predicates that a scene has without any skill that makes them, with their number of arguments."""

SCENE_PREDICATES = {
    "at": 1,
    "on": 2,
    "in": 2,
    "near": 2,
    "holding": 1,
    "open": 1,
    "closed": 1,
    "explored": 1,
    "hand_free": 0,
}
ACCESSIBLE = "accessible"
# What a skill may need as well, but none can make, and no goal asks for.
NEEDED_PREDICATES = {ACCESSIBLE: 1, "base_moving": 0, "arm_moving": 0}
