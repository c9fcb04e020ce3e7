# SPDX-License-Identifier: Apache-2.0
"""A server's feedback in one short line."""

from typing import Any

from agent_planner.scene.plain import plain


def feedback_text(feedback: Any) -> str:
    """Plain fields only, e.g. ``state APPROACHING`` or ``distance_remaining 1.24``; poses and arrays are left out.

    Text is the server's: it is cut and loses its control characters.
    """
    parts = []
    for name in feedback.get_fields_and_field_types():
        value = getattr(feedback, name)
        if isinstance(value, bool):
            parts.append(f"{name} {str(value).lower()}")
        elif isinstance(value, int | float):
            parts.append(f"{name} {value:.3g}")
        elif isinstance(value, str) and value:
            parts.append(f"{name} {plain(value)}")
    return ", ".join(parts)
