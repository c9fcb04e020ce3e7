# SPDX-License-Identifier: Apache-2.0
"""Names of a scene's bodies, the same in every backend."""


def furniture_body(name: str) -> str:
    """Return the name of a piece's body."""
    return f"furniture/{name}"


def part_body(name: str) -> str:
    """Return the name of a drawer's or door's body (in MuJoCo of its joint too)."""
    return f"part/{name}"


def item_body(name: str) -> str:
    """Return the name of an object's body (in MuJoCo of its joint too)."""
    return f"item/{name}"
